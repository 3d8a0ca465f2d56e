// Columns of text for people: widths from the contents, the last column wrapped to what is left of the
// line, cells of several lines. What the columns mean is absent on purpose.

export type Tint = 'good' | 'bad' | 'odd' | 'faint' | 'bold';

export interface Cell {
  readonly lines: readonly string[];
  readonly tint?: Tint | undefined;
}

const codes: Readonly<Record<Tint, string>> = { good: '32', bad: '31', odd: '33', faint: '2', bold: '1' };
const gap = '  ';
/** The last column is wrapped to no less than this; else columns go below their row. */
const narrowest = 24;
const indent = '    ';

export function tinted(text: string, tint: Tint | undefined, colour: boolean): string {
  return colour && tint !== undefined && text !== '' ? `\u001B[${codes[tint]}m${text}\u001B[0m` : text;
}

export function cell(text: string, tint?: Tint): Cell {
  return { lines: [text], tint };
}

/** Lines of the table; `width` null means that lines may be as long as they like. */
export function tableLines(
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  options: { readonly width: number | null; readonly colour: boolean },
): string[] {
  const { colour } = options;
  const width = options.width ?? Number.POSITIVE_INFINITY;
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.flatMap((row) => lengths(row[i]))));
  const beside = columnsBeside(widths, width);
  const last = heads.length - 1;
  const lastWidth = width - start(widths, last);
  const lines = [tinted(padded(heads.slice(0, beside), widths).trimEnd(), 'faint', colour)];
  for (const row of rows) {
    const cells = row.slice(0, beside).map((one, x) => (x === last ? wrapped(one, lastWidth) : one));
    lines.push(...rowLines(cells, widths, colour));
    for (const one of row.slice(beside)) {
      const below = wrapped(one, Math.max(narrowest, width - indent.length));
      lines.push(...below.lines.map((line) => `${indent}${tinted(line, one.tint, colour)}`));
    }
  }
  return lines;
}

/** How many columns stand side by side; the others go below their row, each on lines of its own. */
function columnsBeside(widths: readonly number[], width: number): number {
  const last = widths.length - 1;
  const lastNeeds = Math.min(widths[last] ?? 0, narrowest);
  if (start(widths, last) + lastNeeds <= width) return widths.length;
  let count = last;
  while (count > 1 && start(widths, count) - gap.length > width) count -= 1;
  return count;
}

/** Where a column begins. */
function start(widths: readonly number[], column: number): number {
  return widths.slice(0, column).reduce((total, width) => total + width + gap.length, 0);
}

function lengths(one: Cell | undefined): number[] {
  return one?.lines.map((line) => line.length) ?? [];
}

function wrapped(one: Cell, width: number): Cell {
  return { ...one, lines: one.lines.flatMap((line) => wrap(line, width)) };
}

function rowLines(cells: readonly Cell[], widths: readonly number[], colour: boolean): string[] {
  const height = Math.max(1, ...cells.map((one) => one.lines.length));
  return Array.from({ length: height }, (_, y) => {
    let line = '';
    let column = 0;
    let length = 0;
    for (const [x, one] of cells.entries()) {
      const text = one.lines[y] ?? '';
      if (text !== '') {
        line += ' '.repeat(column - length) + tinted(text, one.tint, colour);
        length = column + text.length;
      }
      column += (widths[x] ?? 0) + gap.length;
    }
    return line;
  });
}

function padded(texts: readonly string[], widths: readonly number[]): string {
  return texts.map((text, i) => text.padEnd(widths[i] ?? 0)).join(gap);
}

/** Breaks at spaces; a word longer than the line is left whole, for it may be an address to copy. */
export function wrap(text: string, width: number): string[] {
  if (text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
