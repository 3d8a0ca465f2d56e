// On which line each key of a TOML file stands: the parser gives values without their places. It
// reads text that the parser has accepted, so it judges nothing; whatever it is given, it ends.

import type { KeyPath } from './finding.ts';
import { TomlCursor } from './toml-cursor.ts';

export interface KeyLines {
  /** The line of the key; else of the nearest table or array around it; else 1. */
  readonly lineOf: (path: KeyPath) => number;
}

export function locateKeys(text: string): KeyLines {
  const scan = new KeyScan(text);
  scan.document();
  return { lineOf: (path) => nearestLine(scan.lines, path) };
}

function nearestLine(lines: ReadonlyMap<string, number>, path: KeyPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const line = lines.get(name(path.slice(0, length)));
    if (line !== undefined) return line;
  }
  return 1;
}

class KeyScan {
  /** BOUNDED by the text: an entry for each key, element and table. */
  readonly lines = new Map<string, number>();
  /** How many elements each array of tables has so far. */
  readonly #counts = new Map<string, number>();
  readonly #cursor: TomlCursor;

  constructor(text: string) {
    this.#cursor = new TomlCursor(text);
  }

  document(): void {
    const cursor = this.#cursor;
    let table: KeyPath = [];
    for (cursor.skipBlank(); !cursor.done; cursor.skipBlank()) {
      const before = cursor.at;
      if (cursor.take('[')) table = this.#header();
      else this.#assignment(table);
      // Text that is not TOML must not hold the scan up.
      if (cursor.at === before) cursor.next();
    }
  }

  #header(): KeyPath {
    const cursor = this.#cursor;
    const { line } = cursor;
    const isArray = cursor.take('[');
    const keys = cursor.keys();
    let path: KeyPath = [];
    for (const [i, key] of keys.entries()) {
      path = [...path, key];
      const isLast = i === keys.length - 1;
      if (isLast && isArray) this.#counts.set(name(path), (this.#counts.get(name(path)) ?? 0) + 1);
      this.#note(path, line);
      // The name of an array of tables stands for its newest element.
      const count = this.#counts.get(name(path));
      if (count !== undefined) path = [...path, count - 1];
    }
    // The table's own header says more than a longer one that implied it before.
    this.lines.set(name(path), line);
    cursor.take(']');
    cursor.take(']');
    return path;
  }

  #assignment(table: KeyPath): void {
    const { line } = this.#cursor;
    let path = table;
    for (const key of this.#cursor.keys()) {
      path = [...path, key];
      this.#note(path, line);
    }
    this.#cursor.skipSpace();
    this.#cursor.take('=');
    this.#cursor.skipSpace();
    this.#value(path);
  }

  #value(path: KeyPath): void {
    if (this.#cursor.take('[')) {
      this.#items(']', (i) => {
        const element = [...path, i];
        this.#note(element, this.#cursor.line);
        this.#value(element);
      });
    } else if (this.#cursor.take('{')) {
      this.#items('}', () => this.#assignment(path));
    } else {
      this.#cursor.skipScalar();
    }
  }

  #items(close: string, item: (i: number) => void): void {
    const cursor = this.#cursor;
    cursor.skipBlank();
    for (let i = 0; !cursor.done && !cursor.take(close); i += 1) {
      const before = cursor.at;
      item(i);
      cursor.skipBlank();
      cursor.take(',');
      cursor.skipBlank();
      if (cursor.at === before) cursor.next();
    }
  }

  #note(path: KeyPath, line: number): void {
    if (!this.lines.has(name(path))) this.lines.set(name(path), line);
  }
}

function name(path: KeyPath): string {
  return JSON.stringify(path);
}
