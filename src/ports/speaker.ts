// Says an advert on all of its paths at once. What became of it comes back as the input `sent`.

import type { Instant } from '#lib/time';
import type { EffectId, PathName } from '#model/names';

export interface Speaker {
  /** Every datagram is with the sockets when this returns; `at` is the clock just before the first, `last` the number of the last. */
  speak(id: EffectId, at: Instant, last: number, messages: readonly Message[]): void;
}

export interface Message {
  readonly path: PathName;
  readonly datagrams: readonly Uint8Array[];
}
