// What is mostly known at once, and sometimes only later: a promise would make everybody wait for turns of the microtask
// queue, in which other words overtake it.

export type Soon<T> = T | Promise<T>;

export function whenKnown<T, R>(value: Soon<T>, conclude: (value: T) => R): Soon<R> {
  return value instanceof Promise ? value.then(conclude) : conclude(value);
}

export function allKnown<T>(values: readonly Soon<T>[]): Soon<T[]> {
  const known = values.filter((value): value is T => !(value instanceof Promise));
  return known.length === values.length ? known : Promise.all(values);
}
