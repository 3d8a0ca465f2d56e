// How a value that was found is named to people. Control characters never reach a terminal.

import { isTable, TomlDate } from './toml-values.ts';

const longestQuote = 60;

export function quote(text: string): string {
  const short = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return JSON.stringify(short).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
}

function described(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'bigint' || typeof value === 'number') return `the number ${numberText(value)}`;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof TomlDate) return `the date or time ${value.text}`;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
  return isTable(value) ? 'a table' : 'something else';
}

export function expected(what: string, value: unknown, hint = ''): string {
  return sentence(`expected ${what}, found ${described(value)}`, hint);
}

export function sentence(text: string, hint: string): string {
  return hint === '' ? `${text}.` : `${text}. ${hint}`;
}

/** A path as one word of a shell command, for hints that people paste. */
export function shellWord(text: string): string {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Quoted and joined for people: `"a", "b" or "c"`. */
export function alternatives(names: readonly string[]): string {
  const quoted = names.map(quote);
  const last = quoted.pop() ?? '';
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

function numberText(value: bigint | number): string {
  const isWholeFloat = typeof value === 'number' && Number.isInteger(value);
  const text = `${value}${isWholeFloat ? '.0' : ''}`;
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
}
