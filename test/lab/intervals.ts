// Single answers joined to intervals in which a host answered, and how long two hosts did so at the same time.

export interface Interval {
  readonly fromMs: number;
  toMs: number;
}

/** Bounded: a host that flaps more often than this in one measurement has failed it anyway. */
const kept = 10_000;

export class Intervals {
  readonly list: Interval[] = [];
  private open = false;
  private readonly joinMs: number;
  private readonly begins: (atMs: number) => void;
  private readonly ends: (atMs: number) => void;

  constructor(joinMs: number, begins = (_atMs: number) => {}, ends = (_atMs: number) => {}) {
    this.joinMs = joinMs;
    this.begins = begins;
    this.ends = ends;
  }

  add(nowMs: number): void {
    this.rest(nowMs);
    const last = this.list.at(-1);
    if (this.open && last !== undefined) {
      last.toMs = nowMs;
      return;
    }
    if (this.list.length >= kept) throw new Error(`more than ${kept} intervals: this host flaps`);
    this.list.push({ fromMs: nowMs, toMs: nowMs });
    this.open = true;
    this.begins(nowMs);
  }

  /** Closes the interval when the last answer is too long ago. */
  rest(nowMs: number): void {
    const last = this.list.at(-1);
    if (!this.open || last === undefined || nowMs - last.toMs <= this.joinMs) return;
    this.open = false;
    this.ends(last.toMs);
  }
}

/** Milliseconds in which both lists have an interval. Both are sorted and free of overlap in themselves. */
export function overlapOf(a: readonly Interval[], b: readonly Interval[]): number {
  let total = 0;
  for (const left of a) {
    for (const right of b) {
      total += Math.max(0, Math.min(left.toMs, right.toMs) - Math.max(left.fromMs, right.fromMs));
    }
  }
  return total;
}
