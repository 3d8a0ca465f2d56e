// A path over multicast on one interface: hears both groups, sends to the IPv4 group where the
// interface has an IPv4 address and to the IPv6 one otherwise. Follows the interface as it comes,
// goes and comes back under another index. Watching links is absent: it is told about them.

import type { LinkFacts } from '#model/input';
import type { PathName } from '#model/names';
import type { Transport } from '#model/settings';
import type { Drain } from './advert-socket.ts';
import { openMulticast, sendFrom } from './advert-socket-descriptor.ts';
import { type Family, FamilySockets, type PathNeeds } from './advert-socket-path.ts';
import { allKnown, type Soon, whenKnown } from './soon.ts';

export class MulticastPath {
  readonly #interface: string;
  readonly #transport: Transport;
  readonly #sockets: FamilySockets;
  #link: LinkFacts | null = null;

  constructor(path: PathName, interfaceName: string, transport: Transport, needs: PathNeeds) {
    this.#interface = interfaceName;
    this.#transport = transport;
    this.#sockets = new FamilySockets(path, [4, 6], needs);
  }

  get open(): boolean {
    return this.#sockets.open;
  }

  linksChanged(links: readonly LinkFacts[]): void {
    const before = this.#link;
    const link = links.find(({ name }) => name === this.#interface) ?? null;
    this.#link = link;
    if (link === null) {
      void this.#sockets.closeAll(`there is no interface ${this.#interface} now; waiting for it`);
      return;
    }
    if (before !== null && before.index !== link.index) void this.#sockets.closeAll(null);
    this.#sockets.openAll(this.#descriptor);
    if (before?.primary4 !== link.primary4) this.#sendFromPrimary(link);
  }

  send(datagrams: readonly Uint8Array[]): Soon<string | null> {
    const link = this.#link;
    if (link === null) return `there is no interface ${this.#interface}`;
    this.#sockets.retry(this.#descriptor);
    const family = sendingFamily(link);
    if (family === null) return `${link.name} has neither an IPv4 nor an IPv6 link-local address to send from`;
    const socket = this.#sockets.get(family);
    if (socket === null) return this.#sockets.fault(family);
    const group = family === 4 ? this.#transport.multicast4 : this.#transport.multicast6;
    return whenKnown(allKnown(datagrams.map((bytes) => socket.send(bytes, group))), (outcomes) => {
      const words = outcomes.find((outcome) => outcome !== null);
      if (words !== undefined && words !== null) return `sending to ${group} on ${link.name}: ${words}`;
      // Without a carrier the kernel takes datagrams and throws them away.
      return link.up ? null : `the link of ${link.name} is down`;
    });
  }

  drains(): Drain[] {
    return this.#sockets.drains();
  }

  async close(): Promise<void> {
    await this.#sockets.close();
  }

  readonly #descriptor = (family: Family): number => {
    const link = this.#link;
    if (link === null) throw new Error(`there is no interface ${this.#interface}`);
    const group = family === 4 ? this.#transport.multicast4 : this.#transport.multicast6;
    const place = { family, group, port: this.#transport.port, interface: link.name, index: link.index };
    const fd = openMulticast(place);
    if (family === 4 && link.primary4 !== null) sendFrom(fd, link.primary4, link.index);
    return fd;
  };

  #sendFromPrimary({ primary4, index }: LinkFacts): void {
    if (primary4 !== null) this.#sockets.get(4)?.setUp((fd) => sendFrom(fd, primary4, index));
  }
}

function sendingFamily(link: LinkFacts): Family | null {
  if (link.primary4 !== null) return 4;
  return link.linkLocal6 === null ? null : 6;
}
