// What comes back from a disk, where we wrote it ourselves: read as that or refused, with the place of the first
// thing that is wrong. Every key must be there and no other. Nothing is loaded for it: a start waits for this.

/** Thrown with words that begin with the place: `addresses.0.prefix: expected a whole number from 0 to 128`. */
export class NotWritten extends Error {}

/** Gives the value back as what it is, or throws `NotWritten`. */
export type Written<T> = (value: unknown, at: string) => T;

/** What such a reader gives. */
export type WrittenAs<R> = R extends Written<infer T> ? T : never;

type Fields = Readonly<Record<string, Written<unknown>>>;
type Table<F extends Fields> = { readonly [K in keyof F]: WrittenAs<F[K]> };

function refuse(at: string, what: string): never {
  throw new NotWritten(`${at === '' ? 'the top' : at}: expected ${what}`);
}

export const text: Written<string> = (value, at) => (typeof value === 'string' ? value : refuse(at, 'a text'));

export function number(least: number, most = Number.MAX_VALUE): Written<number> {
  return (value, at) =>
    typeof value === 'number' && value >= least && value <= most
      ? value
      : refuse(at, `a number from ${least} to ${most}`);
}

export const positive: Written<number> = (value, at) =>
  typeof value === 'number' && value > 0 ? value : refuse(at, 'a number above 0');

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Written<number> {
  return (value, at) =>
    Number.isSafeInteger(value) && Number(value) >= least && Number(value) <= most
      ? Number(value)
      : refuse(at, `a whole number from ${least} to ${most}`);
}

export function oneOf<const T extends string | number>(...all: readonly T[]): Written<T> {
  return (value, at) =>
    all.find((one) => one === value) ?? refuse(at, all.map((one) => JSON.stringify(one)).join(' or '));
}

export function orNull<T>(inner: Written<T>): Written<T | null> {
  return (value, at) => (value === null ? null : inner(value, at));
}

export function list<T>(most: number, inner: Written<T>): Written<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value) || value.length > most) return refuse(at, `a list of ${most} at most`);
    return value.map((one: unknown, i) => inner(one, place(at, String(i))));
  };
}

export function table<F extends Fields>(fields: F): Written<Table<F>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(at, 'an object');
    const strange = Object.keys(value).find((key) => !Object.hasOwn(fields, key));
    if (strange !== undefined) return refuse(place(at, strange), 'nothing of this name');
    const known = new Map(Object.entries(value));
    const read = Object.entries(fields).map(([key, field]) => [key, field(known.get(key), place(at, key))] as const);
    return Object.fromEntries(read) as Table<F>;
  };
}

/** One of several tables, told apart by the value of `kind`. */
export function byKind<F extends Readonly<Record<string, Written<unknown>>>>(kinds: F): Written<WrittenAs<F[keyof F]>> {
  return (value, at) => {
    const kind: unknown = typeof value === 'object' && value !== null && 'kind' in value ? value.kind : null;
    const inner = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (inner === undefined) return refuse(place(at, 'kind'), Object.keys(kinds).join(', '));
    return inner(value, at) as WrittenAs<F[keyof F]>;
  };
}

function place(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}
