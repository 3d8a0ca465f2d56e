// One alarm on the event loop, never early, and the answer to "has everything that waited been
// offered?". The loop runs timers before it reads sockets, so a late alarm comes before the packets
// that waited for it: whoever judges silence asks here first. What waits is asked of the sockets. How late
// alarms were is counted, for people.

import { Histogram } from '#lib/histogram';
import { type Instant, never } from '#lib/time';
import type { Clock } from '#ports/clock';
import type { Timer } from '#ports/timer';

/** The longest delay that setTimeout keeps; above it, it would fire at once. */
const LONGEST_DELAY_MS = 2 ** 31 - 1;

export interface LoopTimerOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly wake: () => void;
  readonly polled: (begun: Instant) => void;
  /** The result turns true once everything that waits at the time of the call has been offered. */
  readonly waiting: () => () => boolean;
}

/** Short ones are questions to the wire, and a client waits for the answer: down, and the rest in turns of the loop. */
const SHORT_DELAY_MS = 5;

function roundedMs(delayMs: number): number {
  return delayMs < SHORT_DELAY_MS ? Math.floor(delayMs) : Math.ceil(delayMs);
}

interface Poll {
  readonly begun: Instant;
  readonly drained: () => boolean;
}

export class LoopTimer implements Timer {
  /** How much later than asked for the loop came to what was due. */
  readonly late = new Histogram();
  readonly #options: LoopTimerOptions;
  #at: Instant = never;
  #timeout: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  /** BOUNDED: the poll that runs and the newest one after it, which answers for those between. */
  readonly #polls: Poll[] = [];
  #round: NodeJS.Immediate | null = null;
  #closed = false;

  constructor(options: LoopTimerOptions) {
    this.#options = options;
  }

  wakeAt(at: Instant): void {
    if (this.#closed || at === this.#at) return;
    // A packet came first and its step did what was due: that was late all the same.
    if (this.#at !== never) this.#countIfDue();
    this.#disarm();
    this.#at = at;
    if (at !== never) this.#arm();
  }

  poll(): void {
    if (this.#closed) return;
    this.#polls.splice(1, 1, { begun: this.#options.clock.now(), drained: this.#options.waiting() });
    this.#round ??= setImmediate(this.#look);
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
    this.#polls.length = 0;
    if (this.#round !== null) clearImmediate(this.#round);
    this.#round = null;
  }

  #arm(): void {
    const delayMs = this.#at - this.#options.clock.now();
    // An alarm in the past comes after the sockets were read once, so that alarms never starve them. The last millisecond
    // is spent in turns of the loop too: its timers would make two of it.
    if (delayMs < 1) this.#immediate = setImmediate(this.#ring);
    else this.#timeout = setTimeout(this.#ring, Math.min(roundedMs(delayMs), LONGEST_DELAY_MS));
  }

  #disarm(): void {
    if (this.#timeout !== null) clearTimeout(this.#timeout);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timeout = null;
    this.#immediate = null;
    this.#at = never;
  }

  readonly #ring = (): void => {
    // The loop counts whole milliseconds from its own, older reading of the clock: it may be early.
    if (!this.#countIfDue()) {
      this.#timeout = null;
      this.#immediate = null;
      this.#arm();
      return;
    }
    this.#disarm();
    this.#options.wake();
  };

  /** False: it is not due yet, and nothing was counted. */
  #countIfDue(): boolean {
    const now = this.#options.clock.now();
    const lateMs = now - this.#at;
    if (lateMs < 0) return false;
    // "At once" is no instant that could be missed.
    if (Number.isFinite(lateMs)) this.late.add(lateMs, now);
    return true;
  }

  /** Runs after the loop has read the sockets; between two looks the loop serves its timers too. */
  readonly #look = (): void => {
    this.#round = null;
    while (this.#polls[0]?.drained() === true) {
      const poll = this.#polls.shift();
      if (poll !== undefined) this.#options.polled(poll.begun);
    }
    if (this.#polls.length > 0) this.#round ??= setImmediate(this.#look);
  };
}
