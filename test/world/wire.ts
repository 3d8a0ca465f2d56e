// What a segment answers when it is asked who has an address: the kernels of the hosts, whatever their
// daemons do, strangers, a proxy that answers for everything, and gateways.

import { addressKey } from '#lib/ip';
import type { VirtualAddress } from '#model/settings';
import type { Host } from './host.ts';
import type { World } from './world.ts';

export class FakeWire {
  /** A host that is none of ours, by the address key that it answers for. */
  readonly strangers = new Map<string, string>();
  /** Answers for every address, as proxy ARP does; null: nobody does. */
  proxyMac: string | null = null;
  /** The gateways that answer, and the hosts that each does not reach: `gateway` or `gateway host`. */
  readonly deadGateways = new Set<string>();
  /** Frames that get lost. */
  loses: () => boolean = () => false;
  /** A question of one host to another, or its answer. */
  onLost: (asker: Host, host: Host) => void = () => {};
  /** Every address that was asked for, by whom and when. */
  readonly asked: { readonly at: number; readonly host: string; readonly key: string }[] = [];
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  ask(asker: Host, addresses: readonly VirtualAddress[]): void {
    for (const address of addresses) {
      const key = addressKey(address);
      this.asked.push({ at: this.#world.events.now, host: asker.name, key });
      if (asker.down.has(address.interface)) continue;
      for (const host of this.#world.hosts.values()) {
        this.#askHost(asker, host, address);
        if (address.family === 4) this.#overhear(asker, host, address);
      }
      for (const mac of [this.strangers.get(key), this.proxyMac]) if (mac != null) this.#answer(asker, key, mac);
    }
  }

  /** Whoever has an address configured hears that somebody else announces it. */
  announce(from: Host, addresses: readonly VirtualAddress[]): void {
    for (const address of addresses) {
      for (const to of this.#world.hosts.values()) {
        if (to === from || !this.#world.connects(from, to, address.interface) || this.loses()) continue;
        this.#answer(to, addressKey(address), from.mac);
      }
    }
  }

  askGateways(asker: Host): void {
    for (const gateway of asker.settings.gateways) {
      if (asker.down.has('eth0') || this.loses() || this.loses()) continue;
      if (this.deadGateways.has(gateway) || this.deadGateways.has(`${gateway} ${asker.name}`)) continue;
      this.#world.events.after(2 * this.#world.delay(), () => asker.overhear({ kind: 'gateway-answered', gateway }));
    }
  }

  #askHost(asker: Host, host: Host, address: VirtualAddress): void {
    const { interface: name } = address;
    if (host === asker) return;
    if (!this.#world.connects(asker, host, name) || this.loses()) {
      this.onLost(asker, host);
      return;
    }
    this.#world.events.after(this.#world.delay(), () => {
      if (host.clock.paused) this.onLost(asker, host);
      if (host.clock.paused || !host.kernel.answersFor(addressKey(address))) return;
      if (!this.#world.connects(host, asker, name) || this.loses()) this.onLost(asker, host);
      else this.#answer(asker, addressKey(address), host.mac);
    });
  }

  /** A probe is broadcast: whoever has the address configured hears that somebody asks. */
  #overhear(asker: Host, host: Host, address: VirtualAddress): void {
    const { interface: name } = address;
    const key = addressKey(address);
    if (host === asker) return;
    const knows = host.settings.groups.some((group) => group.addresses.some((own) => addressKey(own) === key));
    if (!knows || !this.#world.connects(asker, host, name) || this.loses()) return;
    this.#world.events.after(this.#world.delay(), () => host.overhear({ kind: 'probed', key, mac: asker.mac }));
  }

  #answer(to: Host, key: string, mac: string): void {
    this.#world.events.after(this.#world.delay(), () => to.overhear({ kind: 'seen', key, mac }));
  }
}
