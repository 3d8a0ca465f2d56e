// The values of TOML that are not JavaScript's own, told apart from each other.

export type Table = Readonly<Record<string, unknown>>;

/** A date or time in its own notation. The parser would give some of them as strings. */
export class TomlDate {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof TomlDate);
}
