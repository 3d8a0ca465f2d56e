// How tables are put together from kinds: which keys there are, which must be written, what holds
// when they are not. An unknown key is a problem. Checks between keys come after, in resolve-*.ts:
// so one wrong key never hides what is wrong with another.

import type { KeyPath, Report } from './finding.ts';
import type { Kind } from './kinds.ts';
import { didYouMean } from './near-miss.ts';
import { isTable } from './toml-values.ts';
import { expected, quote, sentence } from './wording.ts';

export interface Field<T> {
  read(value: unknown, at: KeyPath, report: Report): T | undefined;
  absent(at: KeyPath, report: Report): T | undefined;
}

type Shape = Readonly<Record<string, Field<unknown>>>;

/** What was written or stands in for it; undefined where it was wrong, which is reported already. */
export type Fields<S extends Shape> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T | undefined : never;
};

export function required<T>(kind: Kind<T>): Field<T> {
  return {
    read: (value, at, report) => kind.read(value, at, report),
    absent: (at, report) => report.problem(at, sentence(`expected ${kind.what}, found nothing`, '')),
  };
}

export function optional<T>(kind: Kind<T>, fallback: T): Field<T> {
  return { read: (value, at, report) => kind.read(value, at, report), absent: () => fallback };
}

/** Null where it is not written: the default depends on something else, or there is none. */
export function ifWritten<T>(kind: Kind<T>): Field<T | null> {
  return { read: (value, at, report) => kind.read(value, at, report), absent: () => null };
}

/** A key of the contract that this version does not carry out, whatever its value. */
export function unsupported(what: string): Field<null> {
  return {
    read: (_, at, report) => report.problem(at, `${what} is not supported yet. Leave it out.`),
    absent: () => null,
  };
}

export function list<T>(each: Kind<T>, { atLeastOne = false } = {}): Kind<readonly (T | undefined)[]> {
  return {
    what: `an array, each element ${each.what}`,
    read(value, at, report) {
      if (!Array.isArray(value)) {
        const hint = typeof value === 'string' ? `Write [${quote(value)}].` : '';
        return report.problem(at, expected('an array', value, hint));
      }
      if (atLeastOne && value.length === 0)
        return report.problem(at, expected(`at least one element, ${each.what}`, value));
      return value.map((element: unknown, i) => each.read(element, [...at, i], report));
    },
  };
}

/** A list in which nothing stands twice; a second one counts as wrong. */
export function distinct(each: Kind<string>, limits = {}): Kind<readonly (string | undefined)[]> {
  const elements = list(each, limits);
  return {
    what: elements.what,
    read(value, at, report) {
      const seen = new Set<string>();
      return elements.read(value, at, report)?.map((element, i) => {
        if (element === undefined || !seen.has(element)) {
          if (element !== undefined) seen.add(element);
          return element;
        }
        return report.problem([...at, i], `${quote(element)} is given twice. Keep one of them.`);
      });
    },
  };
}

/** A table; what is missing in one that is not written counts as missing too. */
export function table<S extends Shape>(shape: S): Field<Fields<S>> {
  return {
    read: (value, at, report) => readTable(shape, value, at, report),
    absent: (at, report) => readTable(shape, {}, at, report),
  };
}

/** An array of tables, `[[name]]`; the places of wrong ones are kept. */
export function tables<S extends Shape>(shape: S): Field<readonly (Fields<S> | undefined)[]> {
  return {
    read(value, at, report) {
      const name = String(at.at(-1));
      if (Array.isArray(value)) return value.map((each: unknown, i) => readTable(shape, each, [...at, i], report));
      const hint = isTable(value) ? `Write [[${name}]] with two brackets.` : '';
      return report.problem(at, expected(`an array of tables, each begun by [[${name}]]`, value, hint));
    },
    absent: () => [],
  };
}

export function readTable<S extends Shape>(
  shape: S,
  value: unknown,
  at: KeyPath,
  report: Report,
): Fields<S> | undefined {
  if (!isTable(value)) return report.problem(at, expected('a table', value));
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(shape, key)) report.problem([...at, key], unknownKey(key, Object.keys(shape)));
  }
  const fields = Object.entries(shape).map(([key, field]) => {
    const path = [...at, key];
    return [key, Object.hasOwn(value, key) ? field.read(value[key], path, report) : field.absent(path, report)];
  });
  return Object.fromEntries(fields) as Fields<S>;
}

function unknownKey(key: string, known: readonly string[]): string {
  const guess = didYouMean(key, known);
  return `unknown key. ${guess === '' ? `Known here: ${known.join(', ')}.` : guess}`;
}

/** A value whose parts are all right, or undefined. Null is a part like any other. */
export function complete<T extends object>(parts: { readonly [K in keyof T]: T[K] | undefined }): T | undefined {
  return Object.values(parts).includes(undefined) ? undefined : (parts as T);
}

/** The elements, if every one of them is right. */
export function completeAll<T>(elements: readonly (T | undefined)[]): readonly T[] | undefined {
  return elements.includes(undefined) ? undefined : (elements as readonly T[]);
}
