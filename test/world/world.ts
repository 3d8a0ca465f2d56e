// A virtual cluster: hosts on segments that delay, cut and lose. It watches who would answer for each
// group's addresses, at every change, whatever the daemons believe.

import { addressKey } from '#lib/ip';
import type { DaemonEvent } from '#model/event';
import type { VirtualAddress } from '#model/settings';
import type { Message } from '#ports/speaker';
import { Events } from './events.ts';
import { Host, type Making, type Parcel, type Surroundings } from './host.ts';
import { settingsFor, type Wish } from './settings.ts';
import { FakeWire } from './wire.ts';

export interface Transition {
  readonly at: number;
  readonly host: string;
  readonly event: Extract<DaemonEvent, { code: 'group' }>;
}

export class World implements Surroundings {
  readonly events = new Events();
  readonly hosts = new Map<string, Host>();
  readonly transitions: Transition[] = [];
  readonly heard: { at: number; host: string; event: DaemonEvent }[] = [];
  /** How long, in ms, more than one host would have answered for the first group. */
  overlapMs = 0;
  /** Every change of the set of hosts that would answer for the first group. */
  readonly answers: { readonly at: number; readonly hosts: readonly string[] }[] = [];
  readonly announcements: { readonly at: number; readonly host: string }[] = [];
  readonly turnedOff: { readonly at: number; readonly host: string }[] = [];
  datagrams = 0;
  bytes = 0;
  /** `from>to@path` or `from>to`: nothing gets through. */
  readonly cuts = new Set<string>();
  /** As `cuts`, but for adverts alone: a switch that filters multicast passes ARP. */
  readonly filtered = new Set<string>();
  readonly wire = new FakeWire(this);
  /** How long the next datagram takes: with a varying answer they overtake each other. */
  delay: () => number = () => 0.2;
  /** How many copies of the next datagram arrive. */
  copies: () => number = () => 1;
  #notedAt = 0;
  protected stirred = true;
  /** Sees every datagram; may keep it away from one host. */
  tap: (from: string, to: string, path: string, bytes: Uint8Array) => 'pass' | 'drop' = () => 'pass';

  constructor() {
    this.events.watch = () => this.happened();
  }

  /** Called after everything that happened. */
  protected happened(): void {
    if (!this.stirred) return;
    this.stirred = false;
    this.noteAnswers();
  }

  /** Two hosts may bear one node name; here they need two. */
  add(wish: Wish, making: Making = {}): Host {
    const host = new Host(settingsFor(wish), this.hosts.size, this, making);
    this.hosts.set(host.name, host);
    return host;
  }

  host(name: string): Host {
    const host = this.hosts.get(name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  startAll(): void {
    for (const host of this.hosts.values()) host.start();
  }

  run(ms: number): void {
    this.noteAnswers();
    this.events.runUntil(this.events.now + ms);
    this.noteAnswers();
  }

  /** Hosts that would answer for a group: the kernel has the address and the link is up. */
  answering(group = 0): string[] {
    return [...this.hosts.values()]
      .filter((host) => {
        const address = host.settings.groups[group]?.addresses[0];
        if (address === undefined || host.clock.paused || host.down.has(address.interface)) return false;
        return host.kernel.answersFor(addressKey(address));
      })
      .map((host) => host.name);
  }

  state(name: string, group = 0): string {
    return this.host(name).daemon?.view()?.groups[group]?.state ?? 'dead';
  }

  send(from: Host, messages: readonly Message[]): void {
    for (const { path, datagrams } of messages) {
      for (const bytes of datagrams) {
        const parcel = { from, life: from.life, sentAt: this.events.now, path, bytes };
        if (!from.down.has(path)) {
          this.datagrams += 1;
          this.bytes += bytes.length;
        }
        for (const to of this.hosts.values()) if (to !== from) this.#carry(parcel, to);
      }
    }
  }

  turnOff(target: string): void {
    this.turnedOff.push({ at: this.events.now, host: target });
    for (const host of this.hosts.values()) if (host.settings.node === target) host.powerCut();
  }

  announced(host: Host, addresses: readonly VirtualAddress[]): void {
    this.announcements.push({ at: this.events.now, host: host.name });
    this.wire.announce(host, addresses);
  }

  ask(host: Host, addresses: readonly VirtualAddress[]): void {
    this.wire.ask(host, addresses);
  }

  askGateways(host: Host): void {
    this.wire.askGateways(host);
  }

  /** Whether a frame gets from one host to another on this interface. */
  connects(from: Host, to: Host, path: string): boolean {
    if (from.down.has(path) || to.down.has(path)) return false;
    if (this.cuts.size === 0) return true;
    const route = `${from.name}>${to.name}`;
    return !this.cuts.has(route) && !this.cuts.has(`${route}@${path}`);
  }

  told(host: Host, event: DaemonEvent): void {
    this.heard.push({ at: this.events.now, host: host.name, event });
    if (event.code === 'group') this.transitions.push({ at: this.events.now, host: host.name, event });
  }

  moved(): void {
    this.stirred = true;
  }

  took(_host: Host, _parcel: Parcel): void {}

  lost(_parcel: Parcel, _to: Host): void {}

  /** From now on: the most hosts that answered at once, after any event. */
  countAnswering(): () => number {
    let most = 0;
    const noted = this.events.watch;
    this.events.watch = () => {
      noted();
      most = Math.max(most, this.answering().length);
    };
    return () => most;
  }

  protected noteAnswers(): void {
    const last = this.answers.at(-1);
    if (last !== undefined && last.hosts.length > 1) this.overlapMs += this.events.now - this.#notedAt;
    this.#notedAt = this.events.now;
    const hosts = this.answering();
    if (last?.hosts.join() !== hosts.join()) this.answers.push({ at: this.events.now, hosts });
  }

  #carry(parcel: Parcel, to: Host): void {
    const { from, path, bytes } = parcel;
    if (
      !this.connects(from, to, path) ||
      this.#filters(from, to, path) ||
      this.tap(from.name, to.name, path, bytes) === 'drop'
    ) {
      this.lost(parcel, to);
      return;
    }
    for (let copies = this.copies(); copies > 0; copies -= 1) {
      this.events.at(this.arrivalOf(parcel, to), () => this.arrive(parcel, to));
    }
  }

  #filters(from: Host, to: Host, path: string): boolean {
    if (this.filtered.size === 0) return false;
    const route = `${from.name}>${to.name}`;
    return this.filtered.has(route) || this.filtered.has(`${route}@${path}`);
  }

  protected arrivalOf(_parcel: Parcel, _to: Host): number {
    return this.events.now + this.delay();
  }

  arrive(parcel: Parcel, to: Host): void {
    if (to.down.has(parcel.path)) this.lost(parcel, to);
    else if (to.listensOn(parcel.path)) to.receive(parcel);
  }
}
