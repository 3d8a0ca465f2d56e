// The life of one daemon as its host sees it: inputs wait while it is frozen, stalls in a call, or its host is
// paused; what it does takes effect when it gets to it. It may die at any of its calls.

import type { HostClock } from './clock.ts';

/** Packets that a socket keeps for a process that does not read. */
const longestBacklog = 1000;

/** Unwinds the step in which a process was killed. */
class Killed extends Error {}

export class Process {
  frozen = false;
  alive = true;
  stopAsked = false;
  /** Calls until it is killed; null for never. */
  killIn: number | null = null;
  /** How long the next call blocks before it does anything. */
  slowness: () => number = () => 0;
  /** Of packets and answers, in order of arrival. BOUNDED by `longestBacklog`. */
  #waiting: (() => void)[] = [];
  /** What is left of the step that stalled. */
  #unfinished: (() => void)[] = [];
  #stalledUntil: number | null = null;
  readonly #clock: HostClock;
  readonly #wake: () => void;
  readonly #ended: () => void;

  constructor(clock: HostClock, wake: () => void, ended: () => void) {
    this.#clock = clock;
    this.#wake = wake;
    this.#ended = ended;
  }

  get blocked(): boolean {
    return this.frozen || this.#stalledUntil !== null || this.#clock.paused;
  }

  get backlog(): number {
    return this.#waiting.length;
  }

  /** The clock as the process reads it: in a step that stalls, later calls read what it will be then. */
  now(): number {
    return this.#stalledUntil ?? this.#clock.now();
  }

  /** Something for the process: at once, or when it runs again. */
  enter(run: () => void): void {
    if (!this.alive) return;
    if (this.blocked) {
      if (this.#waiting.length < longestBacklog) this.#waiting.push(run);
    } else this.#run(run);
  }

  /** A call of the process into its kernel. */
  act(run: () => void): void {
    if (!this.alive) return;
    if (this.killIn !== null) {
      this.killIn -= 1;
      if (this.killIn <= 0) {
        this.end();
        throw new Killed();
      }
    }
    const ms = this.slowness();
    if (ms > 0) this.#stall(ms);
    if (this.#stalledUntil === null) run();
    else this.#unfinished.push(run);
  }

  end(): void {
    if (!this.alive) return;
    this.alive = false;
    this.#waiting = [];
    this.#unfinished = [];
    this.#ended();
  }

  /** As in libuv: the alarm first, then the packets that wait. */
  goOn(): void {
    if (!this.alive || this.blocked) return;
    this.#run(this.#wake);
    while (!this.blocked) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      this.#run(next);
    }
  }

  #run(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (!(error instanceof Killed)) throw error;
    }
  }

  #stall(ms: number): void {
    const until = this.now() + ms;
    this.#stalledUntil = until;
    this.#clock.at(until, () => this.#endStall(until));
  }

  #endStall(until: number): void {
    if (!this.alive || this.#stalledUntil !== until) return;
    // A call is in the kernel already, a frozen process has left for the next one when it goes on.
    this.#stalledUntil = null;
    const unfinished = this.#unfinished;
    this.#unfinished = [];
    for (const run of unfinished) run();
    this.goOn();
  }
}
