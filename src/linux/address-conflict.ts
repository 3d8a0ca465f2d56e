// Whether an address that is asked for is somebody else's already: at the same place, on the same
// interface under another prefix length, or on another interface of this host. Looks only.

import type { VirtualAddress } from '#model/settings';
import type { Departures } from './address-departures.ts';
import type { KernelAddress } from './address-message.ts';
import type { HostState } from './address-mirror.ts';
import { formNotOurs, kernelReportsTags } from './claims-ownership.ts';
import type { ClaimsBook } from './claims-book.ts';

export class Conflicts {
  readonly #book: ClaimsBook;
  readonly #departures: Departures;
  readonly #tags: boolean;
  readonly #byAddress = new Map<string, KernelAddress[]>();

  /** What the mirror still shows of what we are taking away is no conflict. */
  constructor(state: HostState, book: ClaimsBook, departures: Departures) {
    this.#book = book;
    this.#departures = departures;
    this.#tags = kernelReportsTags(state);
    for (const found of state.addresses.values()) {
      const same = this.#byAddress.get(found.address);
      if (same === undefined) this.#byAddress.set(found.address, [found]);
      else same.push(found);
    }
  }

  isForeign(address: VirtualAddress, index: number): boolean {
    const same = this.#byAddress.get(address.address) ?? [];
    return same.some((found) => !this.#departures.isExpected(found) && this.#isAgainst(found, address, index));
  }

  #isAgainst(found: KernelAddress, address: VirtualAddress, index: number): boolean {
    const claim = this.#book.at(found);
    if (claim !== undefined && claim.state !== 'gone') return false;
    if (found.index !== index) return !isLinkLocal(found);
    if (found.prefix !== address.prefix || claim === undefined) return true;
    return formNotOurs(found, this.#book.leaseOff, this.#tags) !== null;
  }
}

/** A link-local address means another host on each link. */
function isLinkLocal(found: KernelAddress): boolean {
  return found.family === 6 && /^fe[89ab]/.test(found.address);
}
