// The parser's complaint in words for people. It lists every character that could have come next;
// what helps is what was being read there, what stands there, and how that is usually mended.

import { quote, sentence } from './wording.ts';

export interface SyntaxFault {
  readonly line: number;
  readonly message: string;
}

/** What the parser throws: the grammar's errors have the first two, the rest line alone. */
interface Complaint {
  readonly expected: readonly { readonly text?: unknown }[] | null;
  readonly offset: number | null;
  readonly line: number;
  readonly message: string;
}

export function syntaxError(error: unknown, text: string): SyntaxFault {
  const complaint = read(error);
  const { line } = complaint;
  if (complaint.expected === null || complaint.offset === null) return { line, message: byMessage(complaint.message) };
  const what = awaited(new Set(complaint.expected.map((each) => each.text)));
  const before = text.slice(text.lastIndexOf('\n', complaint.offset - 1) + 1, complaint.offset);
  const rest = text.slice(complaint.offset);
  const touching = /[^\s,=[\]{}"'#]+$/.exec(before)?.[0] ?? '';
  const found = what === number && touching !== '' ? quote(touching + bareWord(rest)) : standing(rest);
  return { line, message: sentence(`expected ${what}, found ${found}`, hint(what, touching, rest)) };
}

function read(error: unknown): Complaint {
  const thrown = (typeof error === 'object' && error !== null ? error : {}) as Record<string, unknown>;
  const location = thrown['location'] as { start?: { line?: unknown; offset?: unknown } } | undefined;
  const line = location?.start?.line ?? thrown['line'];
  const offset = location?.start?.offset;
  return {
    expected: Array.isArray(thrown['expected']) ? (thrown['expected'] as { text?: unknown }[]) : null,
    offset: typeof offset === 'number' ? offset : null,
    line: typeof line === 'number' ? line : 1,
    message: error instanceof Error ? error.message : String(error),
  };
}

const value = 'a value';
const equals = '"=" after the key';
const key = 'a key';
const statement = 'a key, a [table] or a comment';
const closingQuote = 'the quote that closes the text';
const bracket = 'the "]" that closes the name of the table';
const nextInArray = '"," or "]"';
const nextInTable = '"," or "}"';
const endOfLine = 'the end of the line';
const number = 'a number as TOML writes it';

/** What the grammar was in the middle of, told by the words that it would have taken. */
function awaited(words: ReadonlySet<unknown>): string {
  if (words.has('true')) return value;
  if (words.has('=')) return equals;
  if (words.has('"') && words.has("'")) return words.has('[') ? statement : key;
  if (words.has('"') || words.has("'") || words.has('"""') || words.has("'''")) return closingQuote;
  if (words.has(',')) return words.has('}') ? nextInTable : nextInArray;
  if (words.has(']')) return bracket;
  return words.has('#') ? endOfLine : number;
}

function standing(rest: string): string {
  if (rest === '') return 'the end of the file';
  if (/^[\r\n]/.test(rest)) return 'the end of the line';
  return quote(/^(?:[\p{L}\p{N}_./-]+|.)/su.exec(rest)?.[0] ?? '');
}

/** `touching` is what stands right before the place, without a space between. */
function hint(what: string, touching: string, rest: string): string {
  const word = touching + bareWord(rest);
  if (what === equals) return rest.startsWith(':') ? 'TOML puts "=" between key and value.' : '';
  if (what === value) return valueHint(rest);
  if (what === number) return /^[+-]?0\d/.test(word) ? 'A number does not begin with 0.' : quotesHint(word);
  if (what !== endOfLine && what !== nextInArray && what !== nextInTable) return '';
  if (touching !== '') return quotesHint(word);
  if (!/^[A-Za-z0-9_."'-]+[ \t]*=/.test(rest)) return '';
  return what === endOfLine
    ? 'Each key needs a line of its own.'
    : 'Is the bracket that closes the value before it missing?';
}

function valueHint(rest: string): string {
  if (/^[“”„‘’]/.test(rest)) return 'Use straight quotes: "…".';
  const word = bareWord(rest);
  return /^(true|false)$/i.test(word) ? `Did you mean ${word.toLowerCase()}?` : quotesHint(word);
}

/** For words that cannot have been meant as numbers: `10s`, `eth0`, `192.0.2.1`, `/bin/true`. */
function quotesHint(word: string): string {
  return /[\p{L}/:]|\..*\./u.test(word) ? `Text needs quotes: ${quote(word)}.` : '';
}

function bareWord(rest: string): string {
  return /^[^\s,=[\]{}"'#]*/.exec(rest)?.[0] ?? '';
}

/** The errors that are not of the grammar come with a sentence of the parser's own. */
function byMessage(message: string): string {
  const name = quote(/'(.*)'/s.exec(message)?.[1] ?? '');
  if (message.startsWith('Cannot redefine')) return `${name} is given twice. Keep one of them.`;
  if (message.startsWith('Cannot append'))
    return `${name} is an array already; [[…]] cannot add to it. Use one of the two forms.`;
  if (message.startsWith('Cannot extend') || message.startsWith('Cannot use dotted')) {
    return `${name} is a table that is complete already. Write its keys in one place.`;
  }
  if (message.startsWith('Invalid escape')) {
    return 'expected an escape that TOML knows, found another after "\\". Write "\\\\" for a backslash, or use single quotes.';
  }
  if (message.startsWith('Integer')) return 'expected a number of at most 64 bits, found a larger one.';
  if (message.startsWith('Maximum nesting'))
    return 'expected tables and arrays nested a few deep, found more than 32 in one another.';
  return `this is not TOML: ${quote(message)}.`;
}
