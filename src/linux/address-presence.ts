// What the host has now, as questions about one address: on which interface it would be, whether it is there, and
// whether for ever. What is on its way out, as we asked, is not there any more.

import type { VirtualAddress } from '#model/settings';
import type { Departures } from './address-departures.ts';
import { type AddressPlace, placeKey } from './address-message.ts';
import type { HostState } from './address-mirror.ts';
import type { Device } from './gate-tables.ts';

export class Presence {
  readonly #state: HostState;
  readonly #departures: Departures;

  constructor(state: HostState, departures: Departures) {
    this.#state = state;
    this.#departures = departures;
  }

  indexOf(name: string): number | null {
    for (const link of this.#state.links.values()) if (link.name === name) return link.index;
    return null;
  }

  /** The devices on which these addresses would be, as far as they exist. */
  devicesOf(addresses: readonly VirtualAddress[]): Device[] {
    return [...new Set(addresses.map((address) => address.interface))].flatMap((name) => {
      const index = this.indexOf(name);
      return index === null ? [] : [{ index, name }];
    });
  }

  has(address: VirtualAddress): boolean {
    const index = this.indexOf(address.interface);
    if (index === null) return false;
    const place = { ...address, index };
    return this.#state.addresses.has(placeKey(place)) && !this.#departures.isExpected(place);
  }

  isPermanent(place: AddressPlace): boolean {
    return this.#state.addresses.get(placeKey(place))?.permanent === true;
  }
}
