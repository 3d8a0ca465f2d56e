// How long the host was suspended: CLOCK_BOOTTIME goes on in a suspend, CLOCK_MONOTONIC does not, and
// nothing else moves them apart. The two cannot be read at one moment, so each reading bounds their
// distance from both sides, and only a bound that an older reading excludes counts as a suspend: a
// process that was stopped between two readings sees none.

import koffi from 'koffi';

export interface Distance {
  readonly leastMs: number;
  readonly mostMs: number;
}

/** From the kernel's generic ABI. */
const CLOCK_MONOTONIC = 1;
const CLOCK_BOOTTIME = 7;
const firstReadings = 8;
/** No host sleeps for less; the bounds themselves may be off by a rounding. */
const shortestMs = 1;

const libc = koffi.load(null);
const clockGettime = libc.func('int clock_gettime(int clock, void *time)');
/** `struct timespec`: seconds and nanoseconds. */
const time = koffi.sizeof('long') === 8 ? new BigInt64Array(2) : new Int32Array(2);

export class SuspendClock {
  readonly #read: () => Distance;
  #suspendedMs: number;
  /** The tightest that is known since the last suspend. */
  #mostMs = Number.POSITIVE_INFINITY;

  constructor(read: () => Distance = readDistance) {
    this.#read = read;
    for (let i = 0; i < firstReadings; i += 1) this.#mostMs = Math.min(this.#mostMs, read().mostMs);
    this.#suspendedMs = this.#mostMs;
  }

  suspendedMs(): number {
    const { leastMs, mostMs } = this.#read();
    if (leastMs - this.#mostMs >= shortestMs) {
      this.#suspendedMs += leastMs - this.#mostMs;
      this.#mostMs = mostMs;
    } else if (mostMs < this.#mostMs) this.#mostMs = mostMs;
    return this.#suspendedMs;
  }
}

function readDistance(): Distance {
  const before = clockMs(CLOCK_MONOTONIC);
  const boot = clockMs(CLOCK_BOOTTIME);
  const after = clockMs(CLOCK_MONOTONIC);
  return { leastMs: boot - after, mostMs: boot - before };
}

function clockMs(clock: number): number {
  if (clockGettime(clock, time) !== 0) throw new Error(`clock_gettime(${clock}) failed`);
  const [seconds = 0, nanoseconds = 0] = time;
  return Number(seconds) * 1e3 + Number(nanoseconds) / 1e6;
}
