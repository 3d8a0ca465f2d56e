// The life of one daemon as its host sees it: inputs wait while it is frozen, stalls in a call, or its host is
// paused; what it does takes effect when it gets to it. It may die at any of its calls.

import type { Packet } from '#ports/adverts';
import type { HostClock } from './clock.ts';

/** Packets that a socket keeps for a process that does not read. */
const longestBacklog = 1000;
/** What the event loop reads of a socket in one turn. */
const mostRead = 32;

export interface Life {
  /** Its alarm went off. */
  readonly wake: () => void;
  readonly hear: (packets: readonly Packet[]) => void;
  readonly ended: () => void;
}

/** What a socket keeps, and what becomes of it: everything that waits in a row is read together. */
interface Arrived {
  readonly packet: Packet;
  readonly read: () => void;
}

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
  #waiting: (Arrived | (() => void))[] = [];
  /** What is left of the step that stalled. */
  #unfinished: (() => void)[] = [];
  #stalledUntil: number | null = null;
  /** It was to go on when something else still kept it from that. */
  #isOwed = false;
  readonly #clock: HostClock;
  readonly #wake: () => void;
  readonly #hear: (packets: readonly Packet[]) => void;
  readonly #ended: () => void;

  constructor(clock: HostClock, { wake, hear, ended }: Life) {
    this.#clock = clock;
    this.#wake = wake;
    this.#hear = hear;
    this.#ended = ended;
  }

  get blocked(): boolean {
    return this.frozen || this.#stalledUntil !== null || this.#clock.paused;
  }

  get backlog(): number {
    return this.#waiting.length;
  }

  /** Goes on by itself as soon as nothing blocks it. */
  get isRunnable(): boolean {
    return this.#isOwed || this.#waiting.length > 0;
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

  /** A datagram: read at once, or with all that wait beside it. */
  hear(arrived: Arrived): void {
    if (!this.alive) return;
    if (this.blocked) {
      if (this.#waiting.length < longestBacklog) this.#waiting.push(arrived);
    } else this.#run(() => this.#read([arrived]));
  }

  /** A call of the process into its kernel. */
  act(run: () => void): void {
    this.actAfter(0, run);
  }

  /** What it does without a call of its own: behind the one that stalls. */
  afterCalls(run: () => void): void {
    if (!this.alive) return;
    if (this.#stalledUntil === null) run();
    else this.#unfinished.push(run);
  }

  /** As `act`, for one that blocks for so long besides. */
  actAfter(moreMs: number, run: () => void): void {
    if (!this.alive) return;
    if (this.killIn !== null) {
      this.killIn -= 1;
      if (this.killIn <= 0) {
        this.end();
        throw new Killed();
      }
    }
    const ms = this.slowness() + moreMs;
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
    if (!this.alive) return;
    this.#isOwed = this.blocked;
    if (this.blocked) return;
    this.#run(this.#wake);
    while (!this.blocked) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      if (typeof next === 'function') this.#run(next);
      else this.#run(() => this.#read([next, ...this.#restOfPackets()]));
    }
  }

  /** As many as the loop reads in one turn. */
  #restOfPackets(): Arrived[] {
    const end = this.#waiting.slice(0, mostRead - 1).findIndex((one) => typeof one === 'function');
    const count = end < 0 ? mostRead - 1 : end;
    return this.#waiting.splice(0, count).filter((one) => typeof one !== 'function');
  }

  #read(arrived: readonly Arrived[]): void {
    this.#hear(arrived.map(({ packet }) => packet));
    for (const { read } of arrived) read();
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
