// Datagrams that one look of the event loop into the sockets brings go on together, in their order, before the loop looks
// at anything else that could wait: what they say is decided on once. A table of many groups comes in many datagrams, and
// a node that takes all of those groups over should say so once and ask the kernel once. So whoever wakes with the first
// ones of a table waits for a moment for the last.
// BOUNDED by what the loop reads in one turn, 32 datagrams of each socket, and by the turns of `longestMs`.

import { earliest, type Instant, later, longAgo } from '#lib/time';
import type { PathName } from '#model/names';
import type { Packet } from '#ports/adverts';
import type { Clock } from '#ports/clock';

/** What is as long was filled up, and goes on in another datagram: every one of a table but the last. */
const full = 1200;
/** Between two datagrams of one table lie some microseconds, unless its sender is held up. */
const gapMs = 1;
const longestMs = 5;

export class GatheredPackets {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #offer: (packets: readonly Packet[]) => void;
  #packets: Packet[] = [];
  #next: NodeJS.Immediate | null = null;
  #firstAt: Instant = longAgo;
  #lastAt: Instant = longAgo;

  constructor(clock: Pick<Clock, 'now'>, offer: (packets: readonly Packet[]) => void) {
    this.#clock = clock;
    this.#offer = offer;
  }

  add(path: PathName, from: string, bytes: Uint8Array): void {
    this.#packets.push({ path, from, bytes });
    this.#lastAt = this.#clock.now();
    if (this.#next !== null) return;
    this.#firstAt = this.#lastAt;
    this.#next = setImmediate(this.#look);
  }

  /** For whoever must know that everything read so far was offered. */
  flush(): void {
    if (this.#next === null) return;
    clearImmediate(this.#next);
    this.#next = null;
    const packets = this.#packets;
    this.#packets = [];
    this.#offer(packets);
  }

  readonly #look = (): void => {
    const goesOn = (this.#packets.at(-1)?.bytes.length ?? 0) >= full;
    if (goesOn && this.#clock.now() < this.#patientUntil) this.#next = setImmediate(this.#look);
    else this.flush();
  };

  get #patientUntil(): Instant {
    return earliest(later(this.#lastAt, gapMs), later(this.#firstAt, longestMs));
  }
}
