// One alarm, and the question whether anything waits in the sockets.

import type { Instant } from '#lib/time';

export interface Timer {
  /** Offer `wake` at this instant. Replaces the alarm set before. */
  wakeAt(at: Instant): void;
  /** Offer every packet that waits now, then `polled` with the instant of this call. */
  poll(): void;
  close(): void;
}
