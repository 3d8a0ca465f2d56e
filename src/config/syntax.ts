// TOML text to plain values, with the types of TOML kept apart: integers are bigint, floats are
// numbers, dates are TomlDate. A syntax error ends the reading; its wording is syntax-error.ts'.

import { parse, type ParseOptions } from 'toml';
import { syntaxError, type SyntaxFault } from './syntax-error.ts';
import { type Table, TomlDate } from './toml-values.ts';

type Parsed =
  | { readonly kind: 'table'; readonly root: Table }
  | { readonly kind: 'fault'; readonly fault: SyntaxFault };

const dates = { from: (text: string): TomlDate => new TomlDate(text.replace(/\[.*\]$/, '')) };

const options: ParseOptions = {
  // No key of ours is deeper than four.
  maxDepth: 32,
  bigint: true,
  useTemporal: true,
  temporal: { ZonedDateTime: dates, PlainDateTime: dates, PlainDate: dates, PlainTime: dates },
};

export function parseToml(text: string): Parsed {
  try {
    return { kind: 'table', root: parse(text, options) as Table };
  } catch (error) {
    return { kind: 'fault', fault: syntaxError(error, text) };
  }
}
