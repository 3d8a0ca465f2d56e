// Single answers joined to intervals in which a host answered, and how long two hosts did so at the same time.

export interface Interval {
  readonly fromMs: number;
  toMs: number;
}

/** Bounded: a host that flaps more often than this in one measurement has failed it anyway. */
const kept = 10_000;

/** Silence is counted in questions without an answer and not in time: an instrument that stood still heard nothing. */
export class Intervals {
  readonly list: Interval[] = [];
  private open = false;
  private unanswered = 0;
  private readonly patience: number;
  private readonly begins: (atMs: number) => void;
  private readonly ends: (atMs: number) => void;

  constructor(patience: number, begins = (_atMs: number) => {}, ends = (_atMs: number) => {}) {
    this.patience = patience;
    this.begins = begins;
    this.ends = ends;
  }

  /** One question more; too many of them since the last answer end the interval there. */
  asked(): void {
    this.unanswered += 1;
    const last = this.list.at(-1);
    if (!this.open || last === undefined || this.unanswered <= this.patience) return;
    this.open = false;
    this.ends(last.toMs);
  }

  answered(nowMs: number): void {
    this.unanswered = 0;
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
