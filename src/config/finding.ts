// What is wrong or doubtful in a configuration, as values with file, line and key, and the place
// where the readers put them. Nothing stops at the first one. Printing is the command line's.

import type { KeyLines } from './key-lines.ts';
import { quote } from './wording.ts';

export interface Finding {
  readonly file: string;
  /** The line of the key, or of the table that lacks it; 1 where neither is written. */
  readonly line: number;
  /** `group[0].addresses[1]`, counted from 0; empty for a syntax error. */
  readonly key: string;
  readonly message: string;
}

/** Keys and array positions from the root of the file. */
export type KeyPath = readonly (string | number)[];

export function formatFinding({ file, line, key, message }: Finding): string {
  return `${file}:${line}: ${key === '' ? '' : `${key}: `}${message}`;
}

export function keyText(path: KeyPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += (text === '' ? '' : '.') + (/^[A-Za-z0-9_-]+$/.test(part) ? part : quote(part));
  }
  return text;
}

/** BOUNDED by the file: at most a few findings for each key that is written. */
export class Report {
  readonly #problems: Finding[] = [];
  readonly #warnings: Finding[] = [];
  readonly #file: string;
  readonly #lines: KeyLines;

  constructor(file: string, lines: KeyLines) {
    this.#file = file;
    this.#lines = lines;
  }

  problem(at: KeyPath, message: string): undefined {
    this.#problems.push(this.#finding(at, message));
  }

  warn(at: KeyPath, message: string): void {
    this.#warnings.push(this.#finding(at, message));
  }

  lineOf(at: KeyPath): number {
    return this.#lines.lineOf(at);
  }

  get problems(): readonly Finding[] {
    return inFileOrder(this.#problems);
  }

  get warnings(): readonly Finding[] {
    return inFileOrder(this.#warnings);
  }

  #finding(at: KeyPath, message: string): Finding {
    return { file: this.#file, line: this.#lines.lineOf(at), key: keyText(at), message };
  }
}

function inFileOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((a, b) => a.line - b.line);
}
