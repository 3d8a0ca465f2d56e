// The monotonic clock of one host: it runs at a rate of its own from an offset of its own, and stands still while
// the host is paused. What waits for an instant of it waits longer then, as a timer of that kernel would.

import type { Events } from './events.ts';

/** Less than any duration that matters, more than rounding. */
const rounding = 1e-6;

export class HostClock {
  readonly rate: number;
  /** How much of the time in which it stood still the host knows of. */
  suspendedMs = 0;
  /** Somebody set the wall clock by so much. */
  wallOffsetMs = 0;
  readonly #events: Events;
  #atTrue: number;
  #atLocal: number;
  #pausedAt: number | null = null;
  /** An instant that came is never read as still to come. */
  #floor = Number.NEGATIVE_INFINITY;
  #parked: { readonly local: number; readonly run: () => void }[] = [];

  constructor(events: Events, rate = 1, offset = 0) {
    this.#events = events;
    this.rate = rate;
    this.#atTrue = events.now;
    this.#atLocal = events.now + offset;
  }

  get paused(): boolean {
    return this.#pausedAt !== null;
  }

  get wall(): number {
    return this.#events.now + this.wallOffsetMs;
  }

  now(): number {
    const local = this.#pausedAt ?? this.#atLocal + (this.#events.now - this.#atTrue) * this.rate;
    return local > this.#floor ? local : this.#floor;
  }

  at(local: number, run: () => void): void {
    const trueAt = this.#pausedAt === null ? this.#atTrue + (local - this.#atLocal) / this.rate : this.#events.now;
    this.#events.at(trueAt, () => this.#come(local, run));
  }

  after(ms: number, run: () => void): void {
    this.at(this.now() + ms, run);
  }

  pause(): void {
    this.#pausedAt ??= this.now();
  }

  resume(): void {
    if (this.#pausedAt === null) return;
    this.#atLocal = this.#pausedAt;
    this.#atTrue = this.#events.now;
    this.#pausedAt = null;
    const parked = this.#parked;
    this.#parked = [];
    for (const { local, run } of parked) this.at(local, run);
  }

  #come(local: number, run: () => void): void {
    if (this.#pausedAt !== null) {
      this.#parked.push({ local, run });
      return;
    }
    if (this.now() < local - rounding) {
      this.at(local, run);
      return;
    }
    if (local > this.#floor) this.#floor = local;
    run();
  }
}
