// The gate in front of a host's addresses: open for those that are named, until the one lease of the daemon ends.
// Once it lapsed with something behind it, it cannot be renewed, only opened anew.

import type { HostClock } from './clock.ts';

export class FakeGate {
  /** How late the gate shuts. */
  lateMs = 0;
  /**
   * What passes between turning the next deadline into a time to live and the kernel: so much later it ends. What took
   * longer than the port allows never counts there.
   */
  conversionMs: () => number = () => 0;
  readonly #open = new Set<string>();
  #until = Number.NEGATIVE_INFINITY;
  #watching = false;
  /** All that is open was opened by an earlier life, and stays so for as long as that one's lease runs. */
  #isLeft = false;
  readonly #clock: HostClock;
  readonly #moved: () => void;
  /** Called when it ends at another instant than before. */
  onRenewed: () => void = () => {};

  constructor(clock: HostClock, moved: () => void) {
    this.#clock = clock;
    this.#moved = moved;
  }

  get lapsed(): boolean {
    return !this.#isLeft && this.#open.size > 0 && !this.#isInTime();
  }

  isOpenFor(key: string): boolean {
    return this.#open.has(key) && this.#isInTime();
  }

  open(key: string, until: number): void {
    // The first word of a life lays the gate anew.
    if (this.#isLeft) this.clear();
    if (this.#open.size === 0) this.#until = until;
    this.#open.add(key);
    this.renew(until);
  }

  /** When the kernel shuts it, by the clock of its host. */
  get until(): number {
    return this.#until;
  }

  shut(key: string): void {
    this.#open.delete(key);
  }

  /** A new life begins. What an earlier one opened and is not there any more is behind nothing. */
  keep(left: readonly string[]): void {
    for (const key of this.#open) if (!left.includes(key)) this.#open.delete(key);
    this.#isLeft = true;
  }

  clear(): void {
    this.#open.clear();
    this.#isLeft = false;
  }

  renew(until: number): void {
    if (this.#isLeft || this.#open.size === 0) return;
    this.#until = Math.max(this.#until, until + this.lateMs + this.conversionMs());
    this.onRenewed();
    if (!this.#watching) this.#watch();
  }

  #isInTime(): boolean {
    return this.#until > this.#clock.now();
  }

  #watch(): void {
    if (!Number.isFinite(this.#until)) return;
    this.#watching = true;
    this.#clock.at(this.#until, () => {
      this.#watching = false;
      if (this.#isInTime()) this.#watch();
      else this.#moved();
    });
  }
}
