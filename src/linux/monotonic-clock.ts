// The host's CLOCK_MONOTONIC, which no clock step moves and a suspend stops, and beside it the
// wall clock, for display.

import { type Instant, instant } from '#lib/time';
import type { Clock } from '#ports/clock';

export class MonotonicClock implements Clock {
  now(): Instant {
    const [seconds, nanoseconds] = process.hrtime();
    return instant(seconds * 1e3 + nanoseconds / 1e6);
  }

  wall(): number {
    return Date.now();
  }
}
