// The file of the cluster's keys: one to a line in hexadecimal, `#` comments and blank lines
// allowed. The first key signs, all of them verify. Refused while anybody but its owner may
// touch it. What a key says never appears in a message.

import { randomBytes } from 'node:crypto';
import { closeSync, fchmodSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { keyIdOf } from './keyed-hash.ts';

interface KeyFileProblem {
  /** Null where the whole file is meant. */
  readonly line: number | null;
  readonly message: string;
}

export type KeyFile =
  | { readonly kind: 'keys'; readonly keys: readonly Uint8Array[] }
  | { readonly kind: 'wrong'; readonly problems: readonly KeyFileProblem[] };

const shortestKeyBytes = 16;
const newKeyBytes = 32;
/** A rotation needs two; more than this is not a key file. */
const mostKeys = 16;
const largestFileBytes = 65_536;

export function readKeyFile(path: string): KeyFile {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return wrong([{ line: null, message: unreadable(path, error) }]);
  }
  try {
    const { mode, size } = fstatSync(fd);
    const refusal = refusalOf(path, mode, size);
    return refusal === null ? parseKeys(path, readFileSync(fd, 'utf8')) : wrong([{ line: null, message: refusal }]);
  } catch (error) {
    return wrong([{ line: null, message: `cannot read ${path}: ${wordsOf(error)}` }]);
  } finally {
    closeSync(fd);
  }
}

/** Writes a new key, for its owner only. Null when that worked, otherwise why not. */
export function createKeyFile(path: string): string | null {
  const key = randomBytes(newKeyBytes).toString('hex');
  const text = `# A key of a locum cluster: the same file on every node, mode 0600. The first key signs, all verify.\n${key}\n`;
  try {
    // `wx` creates or fails: a key that is there stays, and a link is not followed.
    const fd = openSync(path, 'wx', 0o600);
    try {
      fchmodSync(fd, 0o600);
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    return null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return `${path} is there already and was not touched: write the new key elsewhere and add its line, or move the old file away`;
    }
    return `cannot write ${path}: ${wordsOf(error)}`;
  }
}

function refusalOf(path: string, mode: number, size: number): string | null {
  if ((mode & 0o170000) !== 0o100000) return `expected a file with keys, found that ${path} is not a regular file`;
  if ((mode & 0o077) !== 0) {
    const found = (mode & 0o777).toString(8).padStart(4, '0');
    return `expected mode 0600, found ${found}, so others may use the key: chmod 600 ${path}`;
  }
  if (size > largestFileBytes) return `expected at most ${largestFileBytes} bytes in ${path}, found ${size}`;
  return null;
}

function parseKeys(path: string, text: string): KeyFile {
  const problems: KeyFileProblem[] = [];
  const lineOfId = new Map<number, number>();
  const keys: Uint8Array[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = index + 1;
    const word = raw.replace(/#.*/, '').trim();
    if (word === '') continue;
    const key = parseKey(word);
    if (typeof key === 'string') {
      problems.push({ line, message: key });
      continue;
    }
    const id = keyIdOf(key);
    const before = lineOfId.get(id);
    if (before !== undefined)
      problems.push({ line, message: `expected each key once, found that of line ${before} again` });
    lineOfId.set(id, line);
    keys.push(key);
  }
  if (keys.length === 0 && problems.length === 0) {
    problems.push({ line: null, message: `expected a key in ${path}, found none: "locum keygen FILE" writes one` });
  }
  if (keys.length > mostKeys) {
    problems.push({ line: null, message: `expected at most ${mostKeys} keys in ${path}, found ${keys.length}` });
  }
  return problems.length > 0 ? wrong(problems) : { kind: 'keys', keys };
}

function parseKey(word: string): Uint8Array | string {
  const expected = `expected a key of at least ${shortestKeyBytes * 2} hexadecimal digits`;
  if (!/^[0-9a-fA-F]*$/.test(word)) return `${expected}, found other characters`;
  if (word.length % 2 !== 0) return `${expected}, found an odd number of them (${word.length})`;
  if (word.length < shortestKeyBytes * 2) return `${expected}, found ${word.length}`;
  return Uint8Array.from(Buffer.from(word, 'hex'));
}

function unreadable(path: string, error: unknown): string {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return missing
    ? `expected a key file at ${path}, found none: "locum keygen ${path}" writes one, and every node needs the same`
    : `cannot read ${path}: ${wordsOf(error)}`;
}

function wrong(problems: readonly KeyFileProblem[]): KeyFile {
  return { kind: 'wrong', problems };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
