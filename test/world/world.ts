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
  /** Longest time, in ms, for which more than one host would have answered for the first group. */
  overlapMs = 0;
  datagrams = 0;
  bytes = 0;
  /** `from>to@path` or `from>to`: nothing gets through. */
  readonly cuts = new Set<string>();
  delayMs = 0.2;
  /** Sees every datagram; may keep it away from one host. */
  tap: (from: string, to: string, path: string, bytes: Uint8Array) => 'pass' | 'drop' = () => 'pass';

  add(wish: Wish): Host {
    const host = new Host(settingsFor(wish), this.hosts.size, this);
    this.hosts.set(wish.node, host);
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

  /** Runs in small strides, so that every overlap of holders is seen to within one of them. */
  run(ms: number, strideMs = 0.5): void {
    const end = this.events.now + ms;
    while (this.events.now < end) {
      const stride = Math.min(strideMs, end - this.events.now);
      this.events.runUntil(this.events.now + stride);
      if (this.answering().length > 1) this.overlapMs += stride;
    }
  }

  /** Hosts whose kernel would answer for the first group. */
  answering(): string[] {
    return [...this.hosts.values()]
      .filter((host) => {
        const address = host.settings.groups[0]?.addresses[0];
        return address !== undefined && host.kernel.answersFor(addressKey(address));
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

  told(host: Host, event: DaemonEvent): void {
    this.heard.push({ at: this.events.now, host: host.name, event });
    if (event.code === 'group') this.transitions.push({ at: this.events.now, host: host.name, event });
  }

  #deliver(from: Host, to: Host, path: string, bytes: Uint8Array): void {
    const route = `${from.name}>${to.name}`;
    if (this.cuts.has(route) || this.cuts.has(`${route}@${path}`)) return;
    if (this.tap(from.name, to.name, path, bytes) === 'drop') return;
    this.events.after(this.delayMs, () => {
      if (!to.down.has(path) && to.settings.transport.paths.some(({ name }) => name === path)) {
        to.receive(path, from.address, bytes);
      }
    });
  }
}
