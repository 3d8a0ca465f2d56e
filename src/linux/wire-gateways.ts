// Asks gateways for a sign of life, and knows one when it comes. A gateway on a segment of ours is asked by ARP or
// solicitation, each gateway also by ICMP echo: whatever is answered first will do. Only an answer to this
// host counts, since what a gateway says to all proves no way to it.

import type { Input } from '#model/input';
import type { InterfaceName } from '#model/names';
import { parseIp } from '#lib/ip';
import type { Voice } from '#wire/voice';
import type { HostState } from './address-mirror.ts';
import { OUR_TAG } from './address-message.ts';
import type { KernelAddress } from './address-message.ts';
import { GatewayEcho } from './gateway-echo.ts';
import type { KernelLink } from './link-message.ts';
import { SaidOnce } from './said-once.ts';
import type { WireAsker } from './wire-asker.ts';

export interface WireGatewaysOptions {
  readonly gateways: readonly string[];
  /** Those with addresses or adverts of ours: only their segments are asked. */
  readonly interfaces: readonly InterfaceName[];
  readonly host: HostState;
  readonly asker: WireAsker;
  readonly offer: (input: Input) => void;
  readonly warn: (words: string) => void;
}

export class WireGateways {
  readonly #options: WireGatewaysOptions;
  readonly #echo: GatewayEcho;
  readonly #said: SaidOnce;

  constructor(options: WireGatewaysOptions) {
    this.#options = options;
    this.#said = new SaidOnce(options.warn);
    this.#echo = new GatewayEcho(options.gateways, (gateway) => this.#answered(gateway), options.warn);
  }

  ask(): void {
    const { gateways, host } = this.#options;
    const own = new Set([...host.addresses.values()].map(({ address }) => address));
    for (const gateway of gateways) {
      // It would answer itself, whatever became of the network.
      const isOwn = own.has(gateway);
      this.#said.told(`gateway ${gateway} is not asked`, isOwn ? 'it is an address of this host' : null);
      if (isOwn) continue;
      this.#askSegments(gateway);
      this.#echo.ask(gateway);
    }
  }

  /** A voice on one of the interfaces; `own` are the MACs of this host. */
  heard({ address, answers }: Voice, own: ReadonlySet<string>): void {
    if (answers !== null && own.has(answers) && this.#options.gateways.includes(address)) this.#answered(address);
  }

  close(): void {
    this.#echo.close();
  }

  #answered(gateway: string): void {
    this.#options.offer({ kind: 'gateway-answered', gateway });
  }

  #askSegments(gateway: string): void {
    const { host, interfaces, asker } = this.#options;
    const links = [...host.links.values()].filter(({ name }) => interfaces.includes(name));
    for (const link of links) {
      const near = sourceTowards(gateway, link, host);
      if (near === null) continue;
      asker.request(link, gateway.includes(':') ? asker.linkLocalOf(link.index) : near, gateway);
    }
  }
}

/** An address of the host whose subnet on this link has the gateway in it; null where there is none. */
function sourceTowards(gateway: string, link: KernelLink, host: HostState): string | null {
  const wanted = parseIp(gateway);
  if (wanted === null) return null;
  for (const found of host.addresses.values()) {
    if (found.index === link.index && isPlain(found) && isInSubnet(wanted, found)) return found.address;
  }
  return null;
}

/** Never a virtual address, ours or another agent's: those are deprecated, so that nobody takes them as a source. */
function isPlain(address: KernelAddress): boolean {
  return !address.deprecated && !address.unproven && !address.hostScope && address.tag !== OUR_TAG;
}

function isInSubnet(wanted: Uint8Array, { address, prefix }: KernelAddress): boolean {
  const bytes = parseIp(address);
  if (bytes?.length !== wanted.length) return false;
  return wanted.every((byte, i) => {
    const bits = Math.min(8, Math.max(0, prefix - i * 8));
    return (byte ^ (bytes[i] ?? 0)) >> (8 - bits) === 0;
  });
}
