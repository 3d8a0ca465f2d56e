// Datagrams that one look of the event loop into the sockets brings go on together, in their order, before the loop looks
// at anything else that could wait: what they say is decided on once. A table of many groups comes in many datagrams, and
// a node that takes all of those groups over should say so once and ask the kernel once.
// BOUNDED by what the loop reads in one turn: 32 datagrams of each socket.

import type { PathName } from '#model/names';
import type { Packet } from '#ports/adverts';

export class GatheredPackets {
  readonly #offer: (packets: readonly Packet[]) => void;
  #packets: Packet[] = [];
  #next: NodeJS.Immediate | null = null;

  constructor(offer: (packets: readonly Packet[]) => void) {
    this.#offer = offer;
  }

  add(path: PathName, from: string, bytes: Uint8Array): void {
    this.#packets.push({ path, from, bytes });
    this.#next ??= setImmediate(() => this.flush());
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
}
