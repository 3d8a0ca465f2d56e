// A place in TOML text, and the words of TOML that tell where a key begins and a value ends: blanks,
// comments, quoted strings, keys. What a value means is the parser's business.

const escapes: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
  e: '\u001b',
};

export class TomlCursor {
  at = 0;
  line = 1;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.at >= this.#text.length;
  }

  next(): void {
    if (this.#text[this.at] === '\n') this.line += 1;
    this.at += 1;
  }

  take(word: string): boolean {
    if (!this.#sees(word)) return false;
    for (const _ of word) this.next();
    return true;
  }

  skipSpace(): void {
    while (this.#isOneOf(' \t\uFEFF')) this.next();
  }

  /** Space, ends of lines, comments. */
  skipBlank(): void {
    for (;;) {
      while (this.#isOneOf(' \t\r\n\uFEFF')) this.next();
      if (!this.#sees('#')) return;
      while (!this.done && !this.#sees('\n')) this.next();
    }
  }

  /** The parts of a dotted key, unquoted. */
  keys(): string[] {
    const keys: string[] = [];
    do {
      this.skipSpace();
      keys.push(this.#key());
      this.skipSpace();
    } while (this.take('.'));
    return keys;
  }

  /** A string, number, date or boolean. */
  skipScalar(): void {
    if (this.#isOneOf('"\'')) {
      this.#string();
      return;
    }
    while (!this.done && !this.#isOneOf(',]}#\n')) this.next();
  }

  #key(): string {
    if (this.#sees('"')) return unescaped(this.#string());
    if (this.#sees("'")) return this.#string();
    const start = this.at;
    while (!this.done && /[A-Za-z0-9_-]/.test(this.#text[this.at] ?? '')) this.next();
    return this.#text.slice(start, this.at);
  }

  /** What stands between the quotes, as it is written. */
  #string(): string {
    const mark = this.#text[this.at] ?? '';
    const fence = this.#sees(mark.repeat(3)) ? mark.repeat(3) : mark;
    this.take(fence);
    const start = this.at;
    while (!this.done && !this.#sees(fence)) {
      if (mark === '"' && this.#sees('\\')) this.next();
      this.next();
    }
    const end = this.at;
    this.take(fence);
    // A long string may end in up to two quotes of its own before the three that close it.
    if (fence.length === 3 && this.take(mark)) this.take(mark);
    return this.#text.slice(start, end);
  }

  #sees(word: string): boolean {
    return this.#text.startsWith(word, this.at);
  }

  #isOneOf(characters: string): boolean {
    return !this.done && characters.includes(this.#text[this.at] ?? '');
  }
}

function unescaped(text: string): string {
  return text.replaceAll(
    /\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))/gsu,
    (_, x?: string, u?: string, U?: string, plain = '') => {
      const code = x ?? u ?? U;
      return code === undefined ? (escapes[plain] ?? plain) : codePoint(Number.parseInt(code, 16));
    },
  );
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
