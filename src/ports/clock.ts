// What time it is: the monotonic clock that decides, and the wall clock that people read.

import type { Instant } from '#lib/time';

export interface Clock {
  now(): Instant;
  /**
   * How long this host was suspended since it booted, while its monotonic clock stood still. It never
   * shrinks, and grows for no other reason, however late this process runs.
   */
  suspendedMs(): number;
  /** Milliseconds since 1970. For display only: it may be set at any time. */
  wall(): number;
}
