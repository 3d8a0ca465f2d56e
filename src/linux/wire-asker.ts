// Asks segments who has an address, as whole frames: ARP for IPv4, neighbour solicitation for IPv6. The answers
// are heard elsewhere. Of many questions some go at once and the rest in slices, so that no advert waits.

import type { InterfaceName } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import { arpProbe, arpRequest } from '#wire/arp-question';
import { parseEthernetAddress } from '#wire/ethernet-address';
import { type NeighbourQuestion, neighbourSolicitation } from '#wire/neighbour-solicitation';
import { type HostState, linksByName } from './address-mirror.ts';
import { impossible, nowhere } from './address-rehearsal.ts';
import { closePacketSocket, openPacketSocket, packetAddress, sendFrame } from './ffi-packet.ts';
import type { KernelLink } from './link-message.ts';
import { SaidOnce } from './said-once.ts';

const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV6 = 0x86dd;
/** A question takes 5 to 20 µs, so a slice stays below a millisecond. */
const SLICE = 32;

export class WireAsker {
  readonly #host: HostState;
  readonly #said: SaidOnce;
  readonly #fd = openPacketSocket();
  /** BOUNDED: each address of the configuration once. */
  readonly #waiting = new Set<VirtualAddress>();
  #next: NodeJS.Immediate | null = null;
  /** Asks nobody, for `rehearse`. */
  #stage: WireAsker | null = null;

  /** Throws where the process may not open a packet socket. */
  constructor(host: HostState, warn: (words: string) => void) {
    this.#host = host;
    this.#said = new SaidOnce(warn);
  }

  /** Questions that change no table: ARP probes, and solicitations from the link-local address. */
  ask(addresses: readonly VirtualAddress[]): void {
    for (const address of addresses) this.#waiting.add(address);
    if (this.#next === null) this.#slice();
  }

  /** Runs all the code of a first question on interfaces that do not exist. Nothing leaves the host. */
  rehearse(addresses: readonly VirtualAddress[]): void {
    // Kept: the kernel makes a process wait that closes such a socket.
    this.#stage ??= new WireAsker(nowhere(this.#host), () => undefined);
    this.#stage.ask(impossible(addresses));
  }

  /** An ordinary question from an address of the host, or from none over IPv6 where there is no link-local one. */
  request(link: KernelLink, source: string | null, target: string): void {
    const family = target.includes(':') ? 6 : 4;
    if (!this.#speaks(link.name, link)) return;
    if (family === 6) this.#send(link, ETHERTYPE_IPV6, neighbourSolicitation({ mac: link.mac, source, target }));
    else if (source !== null) this.#send(link, ETHERTYPE_ARP, arpRequest(link.mac, source, target));
  }

  linkLocalOf(index: number): string | null {
    for (const found of this.#host.addresses.values()) {
      if (found.index === index && !found.unproven && /^fe[89ab]/.test(found.address)) return found.address;
    }
    return null;
  }

  close(): void {
    if (this.#next !== null) clearImmediate(this.#next);
    this.#waiting.clear();
    closePacketSocket(this.#fd);
    this.#stage?.close();
  }

  #slice(): void {
    this.#next = null;
    const slice = [...this.#waiting].slice(0, SLICE);
    for (const address of slice) this.#waiting.delete(address);
    const links = linksByName(this.#host);
    for (const name of new Set(slice.map((address) => address.interface))) {
      const link = links.get(name);
      if (!this.#speaks(name, link)) continue;
      this.#probe(
        link,
        slice.filter((address) => address.interface === name),
      );
    }
    if (this.#waiting.size > 0) this.#next = setImmediate(() => this.#slice());
  }

  #probe(link: KernelLink, addresses: readonly VirtualAddress[]): void {
    const { mac } = link;
    const source = addresses.some(({ family }) => family === 6) ? this.linkLocalOf(link.index) : null;
    for (const { family, address: target } of addresses) {
      if (family === 4) this.#send(link, ETHERTYPE_ARP, arpProbe(mac, target));
      else for (const probes of [false, true]) this.#ask6(link, { mac, source, target, probes });
    }
  }

  #ask6(link: KernelLink, question: NeighbourQuestion): void {
    this.#send(link, ETHERTYPE_IPV6, neighbourSolicitation(question));
  }

  /** A link that is down is no news: the core knows it. */
  #speaks(name: InterfaceName, link: KernelLink | undefined): link is KernelLink {
    const words = link === undefined ? 'it does not exist' : unaskable(link);
    this.#said.told(subjectOf(name), words);
    return words === null && link?.up === true;
  }

  #send(link: KernelLink, etherType: number, frame: Uint8Array): void {
    const error = sendFrame(this.#fd, frame, packetAddress(link.index, etherType));
    this.#said.told(`${subjectOf(link.name)} by ${etherType === ETHERTYPE_ARP ? 'ARP' : 'solicitation'}`, error);
  }
}

function subjectOf(name: InterfaceName): string {
  return `the wire cannot be asked on ${name}`;
}

function unaskable(link: KernelLink): string | null {
  if (link.noArp) return 'it speaks no ARP';
  const bytes = parseEthernetAddress(link.mac);
  return bytes === null || bytes.every((byte) => byte === 0) ? 'it has no Ethernet address' : null;
}
