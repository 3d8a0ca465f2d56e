// The path of a unicast peer list: sends to each listed address, hears only those. It depends on
// no interface; the routes of the host decide which one is taken.

import { canonicalIp } from '#lib/ip';
import type { PathName } from '#model/names';
import type { Transport } from '#model/settings';
import type { Drain } from './advert-socket.ts';
import { openUnicast } from './advert-socket-descriptor.ts';
import { type Family, FamilySockets, type PathNeeds } from './advert-socket-path.ts';
import { allKnown, type Soon, whenKnown } from './soon.ts';

export class PeersPath {
  readonly #peers: readonly string[];
  readonly #sockets: FamilySockets;
  readonly #descriptor: (family: Family) => number;

  /** `unlisted` is told of each datagram from an address that is not on the list; it goes no further. */
  constructor(path: PathName, transport: Transport, needs: PathNeeds, unlisted: () => void) {
    this.#peers = transport.peers;
    this.#descriptor = (family) => openUnicast(family, transport.port);
    const listed = new Set(transport.peers);
    const families = [...new Set(transport.peers.map(writtenFamily))];
    const packet: PathNeeds['packet'] = (family, from, bytes) => {
      // The kernel's spelling is the canonical one but for a few embedded IPv4 addresses.
      const known = listed.has(from) || listed.has(canonicalIp(from) ?? from);
      if (known) needs.packet(family, from, bytes);
      else unlisted();
    };
    this.#sockets = new FamilySockets(path, families, { ...needs, packet });
    this.#sockets.openAll(this.#descriptor);
  }

  get open(): boolean {
    return this.#sockets.open;
  }

  /** Routes may have changed with the links; the sockets have not. */
  linksChanged(): void {
    this.#sockets.openAll(this.#descriptor);
  }

  send(datagrams: readonly Uint8Array[]): Soon<string | null> {
    this.#sockets.retry(this.#descriptor);
    const outcomes = allKnown(datagrams.map((bytes) => this.#sendToEach(bytes)));
    return whenKnown(outcomes, (all) => all.find((outcome) => outcome !== null) ?? null);
  }

  drains(): Drain[] {
    return this.#sockets.drains();
  }

  async close(): Promise<void> {
    await this.#sockets.close();
  }

  /** Null when it left for at least one peer. */
  #sendToEach(bytes: Uint8Array): Soon<string | null> {
    const outcomes = this.#peers.map((peer) => {
      const family = writtenFamily(peer);
      const socket = this.#sockets.get(family);
      const sent = socket === null ? this.#sockets.fault(family) : socket.send(bytes, peer);
      return whenKnown(sent, (words) => (words === null ? null : `${peer}: ${words}`));
    });
    return whenKnown(allKnown(outcomes), (all) =>
      all.includes(null) ? null : `sending to every peer failed: ${all.join('; ')}`,
    );
  }
}

function writtenFamily(address: string): Family {
  return address.includes(':') ? 6 : 4;
}
