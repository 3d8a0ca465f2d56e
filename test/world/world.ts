// A virtual cluster: hosts on segments that delay, cut and lose. It watches who would answer for each
// group's addresses, at every change, whatever the daemons believe.

import { addressKey } from '#lib/ip';
import type { DaemonEvent } from '#model/event';
import type { Message } from '#ports/speaker';
import { Events } from './events.ts';
import { Host, type Surroundings } from './host.ts';
import { settingsFor, type Wish } from './settings.ts';

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
  datagrams = 0;
  bytes = 0;
  /** `from>to@path` or `from>to`: nothing gets through. */
  readonly cuts = new Set<string>();
  /** How long the next datagram takes: with a varying answer they overtake each other. */
  delay: () => number = () => 0.2;
  #notedAt = 0;
  /** Sees every datagram; may keep it away from one host. */
  tap: (from: string, to: string, path: string, bytes: Uint8Array) => 'pass' | 'drop' = () => 'pass';

  constructor() {
    this.events.watch = () => this.#noteAnswers();
  }

  /** Two hosts may bear one node name; here they need two. */
  add(wish: Wish, name: string = wish.node): Host {
    const host = new Host(settingsFor(wish), this.hosts.size, this, name);
    this.hosts.set(name, host);
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
    this.#noteAnswers();
    this.events.runUntil(this.events.now + ms);
    this.#noteAnswers();
  }

  /** Hosts that would answer for a group: the kernel has the address and the link is up. */
  answering(group = 0): string[] {
    return [...this.hosts.values()]
      .filter((host) => {
        const address = host.settings.groups[group]?.addresses[0];
        if (address === undefined || host.down.has(address.interface)) return false;
        return host.kernel.answersFor(addressKey(address));
      })
      .map((host) => host.name);
  }

  state(name: string, group = 0): string {
    return this.host(name).daemon?.view()?.groups[group]?.state ?? 'dead';
  }

  send(from: Host, messages: readonly Message[]): void {
    for (const { path, datagrams } of messages) {
      if (from.down.has(path)) continue;
      for (const bytes of datagrams) {
        this.datagrams += 1;
        this.bytes += bytes.length;
        for (const to of this.hosts.values()) if (to !== from) this.#deliver(from, to, path, bytes);
      }
    }
  }

  announced(host: Host): void {
    this.announcements.push({ at: this.events.now, host: host.name });
  }

  told(host: Host, event: DaemonEvent): void {
    this.heard.push({ at: this.events.now, host: host.name, event });
    if (event.code === 'group') this.transitions.push({ at: this.events.now, host: host.name, event });
  }

  #noteAnswers(): void {
    const last = this.answers.at(-1);
    if (last !== undefined && last.hosts.length > 1) this.overlapMs += this.events.now - this.#notedAt;
    this.#notedAt = this.events.now;
    const hosts = this.answering();
    if (last?.hosts.join() !== hosts.join()) this.answers.push({ at: this.events.now, hosts });
  }

  #deliver(from: Host, to: Host, path: string, bytes: Uint8Array): void {
    const route = `${from.name}>${to.name}`;
    if (this.cuts.has(route) || this.cuts.has(`${route}@${path}`)) return;
    if (this.tap(from.name, to.name, path, bytes) === 'drop') return;
    this.events.after(this.delay(), () => {
      if (!to.down.has(path) && to.settings.transport.paths.some(({ name }) => name === path)) {
        to.receive(path, from.address, bytes);
      }
    });
  }
}
