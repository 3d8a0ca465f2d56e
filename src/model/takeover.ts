// How the last takeover of a group went, step by step, in instants of this host's monotonic clock. Groups that were
// decided on in one step share one of these.

import type { Instant } from '#lib/time';

export interface Takeover {
  /** The core decided to claim. */
  readonly decided: Instant;
  /** The other nodes were told: the advert is with the sockets. Null here and below: it did not come to that. */
  readonly said: Instant | null;
  /** The kernel's gate lets the addresses through; null where there is no gate. */
  readonly opened: Instant | null;
  /** The kernel has confirmed every address. */
  readonly confirmed: Instant | null;
  /** The others were told that this node holds. */
  readonly active: Instant | null;
  /** The first address is about to be announced, and every one has been once. What is announced again comes later. */
  readonly firstAnnounced: Instant | null;
  readonly lastAnnounced: Instant | null;
}
