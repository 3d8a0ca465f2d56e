// How often a duration fell between fixed bounds, with sum and greatest. Taking one in costs the same always and
// makes no garbage. Bounded: the counts are all there is. Who measures what, and who shows it, is absent on purpose.

import { type Instant, longAgo } from './time.ts';

/** Upper bounds in milliseconds, about three for each factor of two around the intervals that locum knows. */
export const boundsMs: readonly number[] = [
  0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 75, 100, 200, 500, 1000, 5000,
];

export class Histogram {
  /** One for each bound, the bound included, and one for what lies beyond the last. */
  readonly #counts = new Float64Array(boundsMs.length + 1);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;
  #maxAt: Instant = longAgo;

  /** What is less than nothing counts as nothing. */
  add(ms: number, at: Instant): void {
    const late = Math.max(0, ms);
    let slot = 0;
    while (slot < boundsMs.length && late > (boundsMs[slot] ?? 0)) slot += 1;
    this.#counts[slot] = (this.#counts[slot] ?? 0) + 1;
    this.#count += 1;
    this.#sumMs += late;
    if (late <= this.#maxMs && this.#count > 1) return;
    this.#maxMs = late;
    this.#maxAt = at;
  }

  get count(): number {
    return this.#count;
  }

  get sumMs(): number {
    return this.#sumMs;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  /** When the greatest one came; `longAgo` where none did. */
  get maxAt(): Instant {
    return this.#maxAt;
  }

  /** How many fell into each: those up to a bound and above the one before it, and at the end those beyond all. */
  counts(): readonly number[] {
    return [...this.#counts];
  }

  /** Estimated: spread evenly within a bucket, and never more than the greatest that came. Null where none did. */
  quantileMs(share: number): number | null {
    if (this.#count === 0) return null;
    const rank = share * this.#count;
    let below = 0;
    for (const [slot, count] of this.#counts.entries()) {
      if (count > 0 && below + count >= rank) {
        const from = slot === 0 ? 0 : (boundsMs[slot - 1] ?? 0);
        const to = Math.min(boundsMs[slot] ?? this.#maxMs, this.#maxMs);
        return from + Math.max(0, to - from) * Math.max(0, (rank - below) / count);
      }
      below += count;
    }
    return this.#maxMs;
  }
}
