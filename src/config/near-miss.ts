// Which known word somebody meant. Absent on purpose: guessing across more than a slip or two,
// because a wrong suggestion is worse than none.

import { quote } from './wording.ts';

/** `Did you mean "x"?`, or nothing when no word is near. */
export function didYouMean(written: string, words: Iterable<string>): string {
  const word = nearest(written, words);
  return word === null ? '' : `Did you mean ${quote(word)}?`;
}

export function nearest(written: string, words: Iterable<string>): string | null {
  let best: { word: string; distance: number } | null = null;
  for (const word of words) {
    const distance = isStart(fold(written), fold(word)) ? 0.5 : slips(fold(written), fold(word));
    if (distance > slipsAllowed(word) || (best !== null && distance >= best.distance)) continue;
    best = { word, distance };
  }
  return best?.word ?? null;
}

/** Case and the kind of dash are slips of no weight: `Key-File` is `key_file`. */
function fold(word: string): string {
  return word.trim().toLowerCase().replaceAll('-', '_');
}

/** `warn` is `warning`, though three letters are missing. */
function isStart(written: string, word: string): boolean {
  return written.length >= 3 && written.length < word.length && word.startsWith(written);
}

function slipsAllowed(word: string): number {
  if (word.length <= 2) return 0;
  if (word.length <= 4) return 1;
  return word.length <= 8 ? 2 : 3;
}

/** Letters added, left out, changed, or two neighbours swapped (optimal string alignment). */
function slips(a: string, b: string): number {
  const far = Math.abs(a.length - b.length);
  if (far > 3) return far;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swap = swapped ? (beforeLast[j - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed, swap));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
