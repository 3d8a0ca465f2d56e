// The kinds of value that any key can have. A kind reads one value: what it returns is right, or
// undefined after a problem was reported. What the keys mean to each other is absent here.

import type { KeyPath, Report } from './finding.ts';
import { formatDuration, nearDuration, parseDuration } from './duration.ts';
import { didYouMean } from './near-miss.ts';
import { alternatives, expected, quote } from './wording.ts';

export interface Kind<T> {
  /** With its article: `a duration`. */
  readonly what: string;
  read(value: unknown, at: KeyPath, report: Report): T | undefined;
}

export const flag: Kind<boolean> = {
  what: 'true or false',
  read(value, at, report) {
    if (typeof value === 'boolean') return value;
    const isQuoted = typeof value === 'string' && /^(true|false)$/i.test(value);
    return report.problem(
      at,
      expected(this.what, value, isQuoted ? `Write ${value.toLowerCase()} without quotes.` : ''),
    );
  },
};

export function integer(min: number, max: number): Kind<number> {
  return {
    what: `a whole number from ${min} to ${max}`,
    read(value, at, report) {
      if (typeof value === 'bigint' && value >= min && value <= max) return Number(value);
      const isQuoted = typeof value === 'string' && /^-?\d+$/.test(value);
      return report.problem(at, expected(this.what, value, isQuoted ? `Write ${value} without quotes.` : ''));
    },
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Kind<T> {
  return oneOfNow(words, []);
}

/** One of the words, and others that are right but that this version does not carry out. */
function oneOfNow<const T extends string>(words: readonly T[], later: readonly string[]): Kind<T> {
  return {
    what: alternatives(words),
    read(value, at, report) {
      const right = words.find((each) => each === value);
      if (right !== undefined) return right;
      if (typeof value !== 'string') return report.problem(at, expected(this.what, value));
      if (later.includes(value)) return report.problem(at, `${quote(value)} is not supported yet. Use ${this.what}.`);
      return report.problem(at, expected(this.what, value, didYouMean(value, [...words, ...later])));
    },
  };
}

export function duration(minMs: number, maxMs: number): Kind<number> {
  return {
    what: `a duration from ${quote(formatDuration(minMs))} to ${quote(formatDuration(maxMs))}`,
    read(value, at, report) {
      const ms = typeof value === 'string' ? parseDuration(value) : null;
      if (ms === null) return report.problem(at, noDuration(value));
      return ms >= minMs && ms <= maxMs ? ms : report.problem(at, expected(this.what, value));
    },
  };
}

export function noDuration(value: unknown, orElse = ''): string {
  const near = typeof value === 'string' || typeof value === 'bigint' ? nearDuration(String(value)) : null;
  if (near !== null && near === value) return expected('a duration in whole milliseconds', value);
  const hint = near === null ? '' : `Did you mean ${quote(near)}?`;
  return expected(`${orElse}a duration with a unit (ms, s, m or h), such as "250ms" or "3s"`, value, hint);
}

/** The names that travel in adverts, logs and metrics. */
export const word: Kind<string> = {
  what: 'a name of 1 to 63 letters, digits, ".", "_" or "-"',
  read(value, at, report) {
    return typeof value === 'string' && isWord(value) ? value : report.problem(at, expected(this.what, value));
  },
};

export function isWord(text: string): boolean {
  return /^[A-Za-z0-9._-]{1,63}$/.test(text);
}

/** The kernel's own rule (dev_valid_name), and no names that only look different. */
export const interfaceName: Kind<string> = {
  what: 'an interface name that the kernel accepts (1 to 15 characters, no space, "/" or ":", not "." or "..")',
  read(value, at, report) {
    if (typeof value !== 'string') return report.problem(at, expected(this.what, value));
    const isRight = /^[\x21-\x7e]{1,15}$/.test(value) && !/[/:]/.test(value) && value !== '.' && value !== '..';
    return isRight ? value : report.problem(at, expected(this.what, value));
  },
};

export const userName: Kind<string> = {
  what: "a user's name",
  read(value, at, report) {
    const isRight = typeof value === 'string' && /^[\x21-\x7e]{1,255}$/.test(value) && !/[:/]/.test(value);
    return isRight ? value : report.problem(at, expected(this.what, value));
  },
};

export const absolutePath: Kind<string> = {
  what: 'an absolute path',
  read(value, at, report) {
    const isRight = typeof value === 'string' && value.startsWith('/') && !value.includes('\0');
    return isRight ? value : report.problem(at, expected(this.what, value));
  },
};

/** The program and its arguments, run as they are: no shell reads them. */
export const command: Kind<readonly string[]> = {
  what: 'a program and its arguments, such as ["/usr/bin/test", "-e", "/run/fit"]',
  read(value, at, report) {
    if (!Array.isArray(value) || value.length === 0)
      return report.problem(at, expected(this.what, value, asList(value)));
    const words = value.map((each: unknown, i) => argument.read(each, [...at, i], report));
    const program = words[0] === undefined ? undefined : absolutePath.read(words[0], [...at, 0], report);
    return program === undefined || words.includes(undefined) ? undefined : (words as string[]);
  },
};

const argument: Kind<string> = {
  what: 'text',
  read(value, at, report) {
    const isRight = typeof value === 'string' && !value.includes('\0');
    return isRight ? value : report.problem(at, expected('text without a NUL character', value));
  },
};

function asList(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') return '';
  return `No shell reads it; write [${value.trim().split(/\s+/).map(quote).join(', ')}].`;
}
