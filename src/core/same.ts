// Whether a plain value says the same as another one. A look at a thousand groups in which nothing
// changed must leave the state as it was, or each of them would be copied and compared in every step.

/** Compares fields, not what is inside them. */
export function sameFacts<T extends object>(a: T, b: T): boolean {
  return a === b || (Object.keys(a).length === Object.keys(b).length && changesNothing(a, b));
}

export function changesNothing<T extends object>(value: T, change: Partial<T>): boolean {
  for (const key of Object.keys(change) as (keyof T)[]) if (value[key] !== change[key]) return false;
  return true;
}

/** Of the values, too, only whether they are the same objects. */
export function sameEntries<K, V>(a: ReadonlyMap<K, V>, b: ReadonlyMap<K, V>): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of b) if (a.get(key) !== value) return false;
  return true;
}
