// What is said of several numbers: their median, least and greatest. `null` is "it never ended while we watched" and
// counts as longer than anything.

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly greatest: number;
  readonly count: number;
}

export function spreadOf(values: readonly (number | null)[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.map((value) => value ?? Number.POSITIVE_INFINITY).toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
  return {
    // Two that never ended have no sum that could be halved into another number.
    median: upper === lower ? upper : (upper + lower) / 2,
    least: sorted[0] ?? Number.NaN,
    greatest: sorted.at(-1) ?? Number.NaN,
    count: sorted.length,
  };
}

/** Of two medians; null where either never ended, or nothing was there to divide by. */
export function ratioOf(ours: Spread | null, theirs: Spread | null): number | null {
  if (ours === null || theirs === null) return null;
  if (!Number.isFinite(ours.median) || !Number.isFinite(theirs.median) || theirs.median <= 0) return null;
  return ours.median / theirs.median;
}
