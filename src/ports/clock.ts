// What time it is: the monotonic clock that decides, and the wall clock that people read.

import type { Instant } from '#lib/time';

export interface Clock {
  now(): Instant;
  /** Milliseconds since 1970. For display only: it may be set at any time. */
  wall(): number;
}
