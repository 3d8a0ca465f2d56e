// The sockets of all paths, behind the advert port. Nothing here authenticates, orders or decides:
// each datagram goes to the sink as it came. What the kernel holds back in a flood is bounded by
// its receive buffers, and the event loop takes a few dozen datagrams before it looks at timers.

import type { LinkFacts } from '#model/input';
import type { PathName } from '#model/names';
import type { PathSettings, Transport } from '#model/settings';
import type { AdvertPort, PacketSink } from '#ports/adverts';
import type { Clock } from '#ports/clock';
import type { Drain } from './advert-socket.ts';
import { MulticastPath } from './advert-socket-multicast.ts';
import type { PathNeeds, PathReport } from './advert-socket-path.ts';
import { PeersPath } from './advert-socket-peers.ts';

export interface AdvertSocketsOptions {
  readonly transport: Transport;
  readonly clock: Pick<Clock, 'now'>;
  readonly sink: PacketSink;
  readonly report: PathReport;
}

export class AdvertSockets implements AdvertPort {
  /** Why a datagram went no further than this, and how often. BOUNDED: one name. */
  readonly refused = { 'unlisted-sender': 0 };
  readonly #paths: ReadonlyMap<PathName, MulticastPath | PeersPath>;

  constructor(options: AdvertSocketsOptions) {
    this.#paths = new Map(options.transport.paths.map((path) => [path.name, this.#path(path, options)]));
  }

  /** The paths that can carry something now. */
  get openPaths(): PathName[] {
    return [...this.#paths].filter(([, path]) => path.open).map(([name]) => name);
  }

  /** All links of the host, at the start and at each change: paths open and close with them. */
  linksChanged(links: readonly LinkFacts[]): void {
    for (const path of this.#paths.values()) path.linksChanged(links);
  }

  send(path: PathName, datagrams: readonly Uint8Array[]): string | null | Promise<string | null> {
    const known = this.#paths.get(path);
    return known === undefined ? `there is no path ${path}` : known.send(datagrams);
  }

  /** The result turns true once everything that waits in the sockets now has been offered. */
  drain(): Drain {
    let left = [...this.#paths.values()].flatMap((path) => path.drains());
    return () => {
      left = left.filter((drained) => !drained());
      return left.length === 0;
    };
  }

  /** Nothing is offered any more once this is called. */
  async close(): Promise<void> {
    await Promise.all([...this.#paths.values()].map((path) => path.close()));
  }

  #path({ name, interface: interfaceName }: PathSettings, options: AdvertSocketsOptions): MulticastPath | PeersPath {
    const { transport, clock, sink, report } = options;
    const needs: PathNeeds = {
      clock,
      port: transport.port,
      report,
      packet: (_family, from, bytes) => sink(name, from, bytes),
    };
    if (interfaceName !== null) return new MulticastPath(name, interfaceName, transport, needs);
    return new PeersPath(name, transport, needs, () => {
      this.refused['unlisted-sender'] += 1;
    });
  }
}
