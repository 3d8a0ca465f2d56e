// Tells a surprise from our own doing: an address of ours that vanishes although we did not take it away,
// or that comes back. A removal of ours is expected from the moment it is asked for until the kernel's
// event has come, because the same address may be held again in between.

import type { Input } from '#model/input';
import type { HostChange } from './address-mirror.ts';
import { placeKey } from './address-message.ts';
import type { AddressPlace, KernelAddress } from './address-message.ts';
import type { ClaimsBook } from './claims-book.ts';
import { formNotOurs, kernelReportsTags } from './claims-ownership.ts';
import type { HostWatch } from './netlink-watch.ts';

export class Departures {
  readonly #watch: HostWatch;
  readonly #book: ClaimsBook;
  readonly #offer: (input: Input) => void;
  /** How many events are still to come for a place. BOUNDED by the claims. */
  readonly #expected = new Map<string, number>();

  constructor(watch: HostWatch, book: ClaimsBook, offer: (input: Input) => void) {
    this.#watch = watch;
    this.#book = book;
    this.#offer = offer;
    watch.listen({
      changed: (change) => this.#changed(change),
      resynced: () => this.#expected.clear(),
    });
  }

  /** What the mirror still shows at this place is on its way out by our hand. */
  isExpected(place: AddressPlace): boolean {
    return this.#expected.has(placeKey(place));
  }

  expect(place: AddressPlace): void {
    this.#count(place, 1);
  }

  /** The removal failed: no event will come for it. */
  unexpect(place: AddressPlace): void {
    this.#count(place, -1);
  }

  #changed(change: HostChange): void {
    if (change.kind !== 'address') return;
    if (change.present) this.#appeared(change.address);
    else if (this.isExpected(change.address)) this.#count(change.address, -1);
    else this.#vanished(change.address);
  }

  #vanished(address: KernelAddress): void {
    const claim = this.#book.at(address);
    if (claim === undefined || claim.state === 'gone' || claim.state === 'leaving') return;
    const wasOurCharge = claim.state !== 'left';
    claim.state = 'gone';
    if (wasOurCharge) this.#offer({ kind: 'address-changed', key: claim.key, present: false });
  }

  /** A renewal may have met the removal half-way and put the address back already. */
  #appeared(address: KernelAddress): void {
    const claim = this.#book.at(address);
    if (claim === undefined || claim.state !== 'gone') return;
    if (formNotOurs(address, this.#book.leaseOff, kernelReportsTags(this.#watch.state)) !== null) return;
    claim.state = 'held';
    this.#offer({ kind: 'address-changed', key: claim.key, present: true });
  }

  #count(place: AddressPlace, by: number): void {
    const key = placeKey(place);
    const count = (this.#expected.get(key) ?? 0) + by;
    if (count > 0) this.#expected.set(key, count);
    else this.#expected.delete(key);
  }
}
