// Tells the segment where addresses live now: gratuitous ARP as whole frames, one request and one
// reply for each IPv4 address, and an unsolicited neighbour advertisement for each IPv6 one. How often,
// is decided elsewhere. What cannot be sent is counted and said once, never thrown.

import { readFileSync } from 'node:fs';
import { addressKey } from '#lib/ip';
import type { AddressKey } from '#model/input';
import type { InterfaceName } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import type { AnnouncePort } from '#ports/kernel';
import { parseEthernetAddress } from '#wire/ethernet-address';
import { gratuitousArp } from '#wire/gratuitous-arp';
import { allNodes, unsolicitedNeighbourAdvertisement } from '#wire/neighbour-advertisement';
import { type HostState, linksByName } from './address-mirror.ts';
import { impossible, nowhere } from './address-rehearsal.ts';
import { NeighbourSender } from './announce-neighbour.ts';
import { closePacketSocket, openPacketSocket, packetAddress, sendFrame } from './ffi-packet.ts';
import type { KernelLink } from './link-message.ts';
import { SaidOnce } from './said-once.ts';

const ETHERTYPE_ARP = 0x0806;
/** Between two rounds, and how many addresses are in each of them. */
const AGAIN_MS = 5;
const SLICE = 64;
/** Of one address, whatever is asked for. */
const MOST_AGAIN = 100;
/** So many are sent between two looks at the clock. */
const CHUNK = 32;
/** What has its turn after a pause: adverts and the renewal of the lease come before it, and so does the kernel's part. */
const PAUSE_MS = 1;

/** A quarter of an interval: with small ones the lease is short. */
export function announceSliceMs(intervalMs: number): number {
  return Math.min(20, Math.max(2, intervalMs / 4));
}

type Announcement = 'request' | 'reply';

interface Waiting {
  readonly address: VirtualAddress;
  readonly what: Announcement;
  /** With it every address that came together has been announced once. */
  readonly sent: (() => void) | null;
}

export class Announcer implements AnnouncePort {
  readonly #watch: { readonly state: HostState };
  /** Where neighbour advertisements go. */
  readonly #to: string;
  readonly #packetSocket: number;
  /** BOUNDED by the interfaces of the configuration. */
  readonly #neighbours = new Map<InterfaceName, NeighbourSender>();
  readonly #said: SaidOnce;
  /** BOUNDED, both, by the addresses of the configuration. */
  readonly #recent = new Set<AddressKey>();
  readonly #again = new Map<AddressKey, { readonly address: VirtualAddress; readonly times: number }>();
  /** What is left of first announcements; an IPv6 address has one only, with the requests. BOUNDED by the same addresses, twice. */
  #waiting: Waiting[] = [];
  readonly #sliceMs: number;
  #slice: NodeJS.Timeout | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** Announces nothing to anybody, for `rehearse`. */
  #stage: Announcer | null = null;
  #sent = 0;
  #failed = 0;

  /**
   * Throws where the process may not open a packet socket: then it could never announce. For no longer than `sliceMs` at a
   * time are addresses announced, however many they are: the lease of what was just opened has to be renewed meanwhile.
   */
  constructor(watch: { readonly state: HostState }, warn: (words: string) => void, sliceMs: number, to = allNodes) {
    this.#watch = watch;
    this.#to = to;
    this.#sliceMs = sliceMs;
    this.#said = new SaidOnce(warn);
    this.#packetSocket = openPacketSocket();
  }

  /** Packets that left, and those that could not. */
  get counts(): { readonly sent: number; readonly failed: number } {
    return { sent: this.#sent, failed: this.#failed };
  }

  /** Some have not been announced for the first time yet. */
  get isBusy(): boolean {
    return this.#waiting.length > 0;
  }

  /** What was announced a moment ago is announced again a little later: others may wait for their first time. */
  announce(addresses: readonly VirtualAddress[], sent: () => void): void {
    const first = addresses.filter((address) => {
      const key = addressKey(address);
      if (!this.#recent.has(key)) {
        this.#recent.add(key);
        return true;
      }
      this.#again.set(key, { address, times: Math.min(MOST_AGAIN, (this.#again.get(key)?.times ?? 0) + 1) });
      return false;
    });
    this.#timer ??= setTimeout(this.#repeat, AGAIN_MS);
    // Either of the two turns most clients: so every address once before any of them again.
    const last = first.at(-1);
    for (const what of ['request', 'reply'] as const)
      for (const address of first) {
        if (what === 'reply' && address.family === 6) continue;
        this.#waiting.push({ address, what, sent: what === 'request' && address === last ? sent : null });
      }
    if (this.#slice === null) this.#sendSlice();
  }

  /** These are let go of: not a frame more for them. */
  cease(addresses: readonly VirtualAddress[]): void {
    if (this.#again.size === 0 && this.#waiting.length === 0) return;
    const leaving = new Set(addresses.map(addressKey));
    for (const key of leaving) this.#again.delete(key);
    this.#waiting = this.#waiting.filter(({ address }) => !leaving.has(addressKey(address)));
  }

  readonly #sendSlice = (): void => {
    this.#slice = null;
    const end = performance.now() + this.#sliceMs;
    while (this.#waiting.length > 0 && performance.now() < end) {
      const some = this.#waiting.splice(0, CHUNK);
      for (const what of ['request', 'reply'] as const) {
        const alike = some.filter((one) => one.what === what);
        if (alike.length > 0)
          this.#send(
            alike.map(({ address }) => address),
            [what],
          );
      }
      for (const { sent } of some) sent?.();
    }
    if (this.#waiting.length > 0) this.#slice = setTimeout(this.#sendSlice, PAUSE_MS);
  };

  readonly #repeat = (): void => {
    this.#timer = null;
    if (this.#waiting.length > 0) {
      this.#timer = setTimeout(this.#repeat, AGAIN_MS);
      return;
    }
    this.#recent.clear();
    const some = [...this.#again].slice(0, SLICE);
    for (const [key, { address, times }] of some) {
      this.#again.delete(key);
      if (times > 1) this.#again.set(key, { address, times: times - 1 });
      this.#recent.add(key);
    }
    if (some.length === 0) return;
    this.#timer = setTimeout(this.#repeat, AGAIN_MS);
    this.#send(
      some.map(([, { address }]) => address),
      ['request', 'reply'],
    );
  };

  #send(addresses: readonly VirtualAddress[], what: readonly Announcement[]): void {
    const links = linksByName(this.#watch.state);
    for (const name of new Set(addresses.map((address) => address.interface))) {
      const own = addresses.filter((address) => address.interface === name);
      const link = links.get(name);
      const words = link === undefined ? 'it does not exist' : unannounceable(link);
      if (link === undefined || words !== null) {
        if (what.includes('request')) this.#failed += own.length;
        this.#say(name, words);
        continue;
      }
      this.#say(name, null);
      this.#announceArp(link, own, what);
      if (what.includes('request')) this.#announceNeighbour(link, own);
    }
  }

  /**
   * Opens what a first announcement would have to open, and runs all of its code on a stage of its own: interfaces that do
   * not exist, and a destination that cannot be reached through them. Nothing leaves the host.
   */
  rehearse(addresses: readonly VirtualAddress[]): void {
    for (const link of this.#watch.state.links.values()) {
      const own = addresses.filter((address) => address.interface === link.name);
      if (own.some(({ family }) => family === 6) && unannounceable(link) === null) this.#openNeighbour(link);
    }
    // Kept: the kernel makes a process wait that closes such a socket.
    this.#stage ??= new Announcer({ state: nowhere(this.#watch.state) }, () => undefined, this.#sliceMs, '::1');
    const few = impossible(addresses);
    this.#stage.cease(few);
    for (let times = 0; times < 2; times += 1) this.#stage.announce(few, () => undefined);
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#slice !== null) clearTimeout(this.#slice);
    closePacketSocket(this.#packetSocket);
    for (const sender of this.#neighbours.values()) sender.close();
    this.#neighbours.clear();
    this.#stage?.close();
  }

  #announceArp(link: KernelLink, addresses: readonly VirtualAddress[], what: readonly Announcement[]): void {
    const own = addresses.filter(({ family }) => family === 4);
    if (own.length === 0) return;
    const destination = packetAddress(link.index, ETHERTYPE_ARP);
    const errors = what.flatMap((operation) =>
      own.map(({ address }) => sendFrame(this.#packetSocket, gratuitousArp(operation, link.mac, address), destination)),
    );
    this.#count(`${link.name} over IPv4`, errors);
  }

  #announceNeighbour(link: KernelLink, addresses: readonly VirtualAddress[]): void {
    const own = addresses.filter(({ family }) => family === 6);
    if (own.length === 0) return;
    const what = `${link.name} over IPv6`;
    const sender = this.#openNeighbour(link);
    if (typeof sender === 'string') {
      this.#failed += own.length;
      this.#say(what, sender);
      return;
    }
    const router = forwards(link.name);
    const source = this.#linkLocalOf(link);
    const errors = own.map(({ address: target }) => {
      // The kernel chooses the source, and with it the checksum: the link-local address where there is one.
      return sender.send(
        unsolicitedNeighbourAdvertisement({ source: source ?? target, target, mac: link.mac, router }),
      );
    });
    this.#count(what, errors);
  }

  /** The open socket for the link, or why there is none. */
  #openNeighbour(link: KernelLink): NeighbourSender | string {
    try {
      return this.#neighbourSender(link);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #neighbourSender(link: KernelLink): NeighbourSender {
    const old = this.#neighbours.get(link.name);
    // An interface that was away and came back is another one, under another index.
    if (old !== undefined && old.works && old.index === link.index) return old;
    old?.close();
    this.#neighbours.delete(link.name);
    const sender = new NeighbourSender(link.name, link.index, this.#to);
    this.#neighbours.set(link.name, sender);
    return sender;
  }

  #linkLocalOf(link: KernelLink): string | null {
    for (const found of this.#watch.state.addresses.values()) {
      if (found.index === link.index && found.family === 6 && /^fe[89ab]/.test(found.address)) return found.address;
    }
    return null;
  }

  #count(what: string, errors: readonly (string | null)[]): void {
    const error = errors.find((candidate) => candidate !== null) ?? null;
    const sent = errors.filter((candidate) => candidate === null).length;
    this.#sent += sent;
    this.#failed += errors.length - sent;
    this.#say(what, error);
  }

  #say(what: string, error: string | null): void {
    this.#said.told(`addresses cannot be announced on ${what}`, error);
  }
}

function unannounceable(link: KernelLink): string | null {
  const bytes = parseEthernetAddress(link.mac);
  // The loopback interface has one of zeros.
  return bytes === null || bytes.every((byte) => byte === 0) ? 'it has no Ethernet address' : null;
}

/** Whether this host routes what comes in there; a host without IPv6 routes nothing. */
function forwards(name: string): boolean {
  try {
    return readFileSync(`/proc/sys/net/ipv6/conf/${name}/forwarding`, 'latin1').trim() !== '0';
  } catch {
    return false;
  }
}
