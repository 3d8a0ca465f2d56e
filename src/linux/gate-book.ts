// Which addresses the gate guards, which of those are open, and on which devices. One address may be on several
// interfaces (a link-local one): the sets know it once, and it leaves them with the last. Talks to no kernel.

import type { AddressKey } from '#model/input';
import type { Device, GateAddress } from './gate-tables.ts';

export interface Guarded extends GateAddress {
  readonly key: AddressKey;
  readonly index: number;
  readonly interface: string;
}

export class GateBook {
  /** BOUNDED by the addresses of the configuration, and those of the one before. */
  readonly #guarded = new Map<AddressKey, Guarded>();
  readonly #open = new Set<AddressKey>();
  /** By index: a device that was made anew has another one. */
  readonly #devices = new Map<number, Device>();
  #standing: ReadonlySet<number> = new Set();

  get isOpen(): boolean {
    return this.#open.size > 0;
  }

  /** Devices whose chains are there before anything on them is guarded. Which of them have none yet. */
  stand(devices: readonly Device[]): Device[] {
    const missing = devices.filter(({ index }) => !this.#devices.has(index));
    this.#standing = new Set(devices.map(({ index }) => index));
    for (const device of missing) this.#devices.set(device.index, device);
    return missing;
  }

  /** What the sets and the chains do not have yet. */
  guard(addresses: readonly Guarded[]): { readonly closed: GateAddress[]; readonly devices: Device[] } {
    const known = this.#addresses(this.#guarded.keys());
    const devices: Device[] = [];
    for (const address of addresses) {
      const { index, interface: name } = address;
      this.#guarded.set(address.key, address);
      if (this.#devices.has(index)) continue;
      this.#devices.set(index, { index, name });
      devices.push({ index, name });
    }
    return { closed: without(this.#addresses(addresses.map(({ key }) => key)), known), devices };
  }

  open(addresses: readonly Guarded[]): GateAddress[] {
    const known = this.#addresses(this.#open);
    for (const { key } of addresses) this.#open.add(key);
    return without(this.#addresses(this.#open), known);
  }

  close(keys: readonly AddressKey[]): GateAddress[] {
    const known = this.#addresses(this.#open);
    for (const key of keys) this.#open.delete(key);
    return without(known, this.#addresses(this.#open));
  }

  /** Those of them that are shut, while the address of theirs is open by another key: the sets know no interfaces. */
  openElsewhere(keys: readonly AddressKey[]): AddressKey[] {
    const open = this.#addresses(this.#open);
    return keys.filter((key) => {
      const address = this.#guarded.get(key)?.address;
      return address !== undefined && !this.#open.has(key) && open.has(address);
    });
  }

  closeAll(): void {
    this.#open.clear();
  }

  forget(keys: readonly AddressKey[]): GateAddress[] {
    const known = this.#addresses(this.#guarded.keys());
    for (const key of keys) this.#guarded.delete(key);
    return without(known, this.#addresses(this.#guarded.keys()));
  }

  all(): { readonly guarded: GateAddress[]; readonly open: GateAddress[]; readonly devices: Device[] } {
    const used = new Set([...this.#standing, ...[...this.#guarded.values()].map(({ index }) => index)]);
    for (const index of this.#devices.keys()) if (!used.has(index)) this.#devices.delete(index);
    return {
      guarded: [...this.#addresses(this.#guarded.keys()).values()],
      open: [...this.#addresses(this.#open).values()],
      devices: [...this.#devices.values()],
    };
  }

  #addresses(keys: Iterable<AddressKey>): Map<string, GateAddress> {
    const found = new Map<string, GateAddress>();
    for (const key of keys) {
      const known = this.#guarded.get(key);
      if (known !== undefined) found.set(known.address, known);
    }
    return found;
  }
}

function without(these: ReadonlyMap<string, GateAddress>, those: ReadonlyMap<string, GateAddress>): GateAddress[] {
  return [...these.values()].filter(({ address }) => !those.has(address));
}
