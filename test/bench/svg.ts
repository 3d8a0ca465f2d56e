// Marks of a chart as SVG text, in few words: axes with round ticks, labels, lines, dots. Colours follow the reader's light or
// dark setting and are told apart without colour too: our lines are solid and our dots full, the other's are not.

export type Series = 'locum' | 'keepalived';

export interface Scale {
  readonly ticks: readonly number[];
  readonly at: (value: number) => number;
}

const style = `
  text { font: 12px system-ui, sans-serif; fill: #1f2328 }
  .title { font-size: 14px; font-weight: 600 }
  .faint { fill: #59636e }
  .grid { stroke: #d1d9e0; stroke-width: 1 }
  .line { fill: none; stroke-width: 2 }
  .thin { fill: none; stroke-width: 1 }
  .locum { stroke: #0969da; fill: #0969da }
  .keepalived { stroke: #bc4c00; fill: #ffffff }
  .line.locum, .line.keepalived { fill: none }
  .line.keepalived { stroke-dasharray: 6 3 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 } .faint { fill: #9198a1 } .grid { stroke: #3d444d }
    .locum { stroke: #4493f8; fill: #4493f8 } .keepalived { stroke: #f0883e; fill: #0d1117 }
  }`;

const escaped = (words: string): string => words.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
const at = (value: number): string => String(Math.round(value * 10) / 10);

export function text(x: number, y: number, words: string, anchor = 'start', kind = ''): string {
  return `<text x="${at(x)}" y="${at(y)}" text-anchor="${anchor}"${kind && ` class="${kind}"`}>${escaped(words)}</text>`;
}

export const upright = (x: number, y: number, words: string): string =>
  `<text transform="translate(${at(x)} ${at(y)}) rotate(-90)" text-anchor="middle" class="faint">${escaped(words)}</text>`;

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
}

export const path = (points: readonly (readonly [number, number])[], series: Series): string =>
  `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')}" class="line ${series}"/>`;

export const dot = (x: number, y: number, series: Series): string =>
  `<circle cx="${at(x)}" cy="${at(y)}" r="4" stroke-width="2" class="${series}"/>`;

/** From zero to a round number above the greatest. */
export function linear(greatest: number, from: number, to: number): Scale {
  const rough = Math.max(greatest, Number.MIN_VALUE) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10) * power;
  const count = Math.max(1, Math.ceil(greatest / step));
  const ticks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)));
  return { ticks, at: (value) => from + (value / (count * step)) * (to - from) };
}

/** Whole powers of ten around the values, which must be above zero. */
export function logarithmic(least: number, greatest: number, from: number, to: number): Scale {
  const low = Math.floor(Math.log10(least));
  const high = Math.max(low + 1, Math.ceil(Math.log10(greatest)));
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => Number((10 ** (low + i)).toPrecision(3)));
  return { ticks, at: (value) => from + ((Math.log10(value) - low) / (high - low)) * (to - from) };
}

/** Which mark is whose, from the right edge on. */
export function legend(right: number, y: number): string[] {
  const entry = (x: number, series: Series): string[] => [dot(x, y - 4, series), text(x + 10, y, series)];
  return [...entry(right - 170, 'locum'), ...entry(right - 90, 'keepalived')];
}

export function drawing(width: number, height: number, title: string, marks: readonly string[]): string {
  const head = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`;
  const all = [
    `<title>${escaped(title)}</title>`,
    `<style>${style}\n</style>`,
    text(16, 24, title, 'start', 'title'),
    ...marks,
  ];
  return `${head}\n${all.join('\n')}\n</svg>\n`;
}
