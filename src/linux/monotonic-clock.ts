// The host's CLOCK_MONOTONIC, which no clock step moves and a suspend stops, the time that such
// suspends took, and beside it the wall clock, for display.

import { type Instant, instant } from '#lib/time';
import type { Clock } from '#ports/clock';
import { SuspendClock } from './suspend-clock.ts';

export class MonotonicClock implements Clock {
  readonly #suspends = new SuspendClock();

  now(): Instant {
    const [seconds, nanoseconds] = process.hrtime();
    return instant(seconds * 1e3 + nanoseconds / 1e6);
  }

  suspendedMs(): number {
    return this.#suspends.suspendedMs();
  }

  wall(): number {
    return Date.now();
  }
}
