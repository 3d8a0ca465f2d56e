// The `netlink` package calls back from native code, where an exception aborts the process without a
// word about where it came from. Behind this guard it is thrown in a turn of its own, with its stack.

export function guarded<Arguments extends readonly unknown[]>(
  handler: (...args: Arguments) => void,
): (...args: Arguments) => void {
  return (...args) => {
    try {
      handler(...args);
    } catch (error) {
      setImmediate(() => {
        throw error;
      });
    }
  };
}
