// The path of a unicast peer list: sends to each listed address, hears only those. It depends on
// no interface; the routes of the host decide which one is taken.

import { canonicalIp } from '#lib/ip';
import type { PathName } from '#model/names';
import type { Transport } from '#model/settings';
import type { Drain } from './advert-socket.ts';
import { openUnicast } from './advert-socket-descriptor.ts';
import { type Family, FamilySockets, type PathNeeds } from './advert-socket-path.ts';

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

  async send(datagrams: readonly Uint8Array[]): Promise<string | null> {
    this.#sockets.retry(this.#descriptor);
    const outcomes = await Promise.all(datagrams.map((bytes) => this.#sendToEach(bytes)));
    return outcomes.find((outcome) => outcome !== null) ?? null;
  }

  drains(): Drain[] {
    return this.#sockets.drains();
  }

  async close(): Promise<void> {
    await this.#sockets.close();
  }

  /** Null when it left for at least one peer. */
  async #sendToEach(bytes: Uint8Array): Promise<string | null> {
    const outcomes = await Promise.all(
      this.#peers.map(async (peer) => {
        const family = writtenFamily(peer);
        const socket = this.#sockets.get(family);
        const words = socket === null ? this.#sockets.fault(family) : await socket.send(bytes, peer);
        return words === null ? null : `${peer}: ${words}`;
      }),
    );
    return outcomes.includes(null) ? null : `sending to every peer failed: ${outcomes.join('; ')}`;
  }
}

function writtenFamily(address: string): Family {
  return address.includes(':') ? 6 : 4;
}
