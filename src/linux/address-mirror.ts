// What this host has, as far as the kernel has told: links by index and addresses by place. Fed by
// events and by dumps alike; a dump also ends what it did not mention. Opens nothing, decides nothing.

import { placeKey, readAddress, RTM_DELADDR, RTM_NEWADDR } from './address-message.ts';
import type { KernelAddress } from './address-message.ts';
import { readLink, RTM_DELLINK, RTM_NEWLINK } from './link-message.ts';
import type { KernelLink } from './link-message.ts';

export type HostChange =
  | { readonly kind: 'link' }
  | { readonly kind: 'address'; readonly address: KernelAddress; readonly present: boolean };

/** What others may read of the mirror. */
export interface HostState {
  readonly links: ReadonlyMap<number, KernelLink>;
  readonly addresses: ReadonlyMap<string, KernelAddress>;
}

export function linksByName({ links }: HostState): Map<string, KernelLink> {
  return new Map([...links.values()].map((link) => [link.name, link]));
}

/** BOUNDED: far above what a host carries; what is beyond is not seen. */
const MOST_LINKS = 16_384;
const MOST_ADDRESSES = 65_536;

export class HostMirror implements HostState {
  readonly #links = new Map<number, KernelLink>();
  readonly #addresses = new Map<string, KernelAddress>();
  /** What the dump under way has not mentioned yet; null when none is. */
  #unseenLinks: Set<number> | null = null;
  #unseenAddresses: Set<string> | null = null;

  get links(): ReadonlyMap<number, KernelLink> {
    return this.#links;
  }

  get addresses(): ReadonlyMap<string, KernelAddress> {
    return this.#addresses;
  }

  apply(type: number, payload: Buffer): HostChange[] {
    if (type === RTM_NEWADDR || type === RTM_DELADDR) {
      const address = readAddress(payload);
      return address === null ? [] : this.#address(address, type === RTM_NEWADDR);
    }
    if (type !== RTM_NEWLINK && type !== RTM_DELLINK) return [];
    const link = readLink(payload);
    if (link === null) return [];
    return type === RTM_NEWLINK ? this.#linkThere(link) : this.#linkGone(link.index);
  }

  beginDump(of: 'links' | 'addresses'): void {
    if (of === 'links') this.#unseenLinks = new Set(this.#links.keys());
    else this.#unseenAddresses = new Set(this.#addresses.keys());
  }

  /** The dump is whole: what it did not mention is gone. */
  endDump(of: 'links' | 'addresses'): HostChange[] {
    const changes: HostChange[] = [];
    if (of === 'links') {
      for (const index of this.#unseenLinks ?? []) changes.push(...this.#linkGone(index));
      this.#unseenLinks = null;
      return changes;
    }
    for (const key of this.#unseenAddresses ?? []) {
      const address = this.#addresses.get(key);
      if (address !== undefined) changes.push(...this.#address(address, false));
    }
    this.#unseenAddresses = null;
    return changes;
  }

  #address(address: KernelAddress, present: boolean): HostChange[] {
    const key = placeKey(address);
    this.#unseenAddresses?.delete(key);
    if (!present) this.#addresses.delete(key);
    else if (this.#addresses.has(key) || this.#addresses.size < MOST_ADDRESSES) this.#addresses.set(key, address);
    return [{ kind: 'address', address, present }];
  }

  #linkThere(link: KernelLink): HostChange[] {
    this.#unseenLinks?.delete(link.index);
    if (this.#links.has(link.index) || this.#links.size < MOST_LINKS) this.#links.set(link.index, link);
    return [{ kind: 'link' }];
  }

  #linkGone(index: number): HostChange[] {
    this.#links.delete(index);
    this.#unseenLinks?.delete(index);
    const orphans = [...this.#addresses.values()].filter((address) => address.index === index);
    return [{ kind: 'link' }, ...orphans.flatMap((address) => this.#address(address, false))];
  }
}
