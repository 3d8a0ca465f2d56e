// Writes claims into the kernel and takes them out again; that has happened, or has not, when a call returns. Knows when
// a deadline becomes a lifetime, and that a kernel may refuse our tag; what an errno means for a claim is not here.

import type { Instant } from '#lib/time';
import type { Clock } from '#ports/clock';
import { lifetimeUntil } from './address-lifetime.ts';
import { deleteAddress, writeAddress } from './address-message.ts';
import type { Claim } from './claims-book.ts';
import { EINVAL, ETIME } from './netlink-errno.ts';
import { RouteSocket } from './route-socket.ts';

export interface AddressWrite {
  readonly claim: Claim;
  /** `create` fails with EEXIST where the address is already; `replace` gives it a new lifetime. */
  readonly how: 'create' | 'replace';
}

export class AddressWriter {
  readonly #clock: Clock;
  readonly #socket = new RouteSocket();
  #tagged = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One errno for each, 0 for success; ETIME for all when `until` has passed. */
  write(writes: readonly AddressWrite[], until: Instant | null): readonly number[] {
    const errnos = this.#send(writes, until, this.#tagged);
    const invalid = errnos.flatMap((errno, i) => (errno === EINVAL && this.#tagged ? [i] : []));
    if (invalid.length === 0) return errnos;
    // A kernel that checks strictly and knows no IFA_PROTO says EINVAL; so it does for other faults.
    const untagged = this.#send(
      writes.filter((_, i) => invalid.includes(i)),
      until,
      false,
    );
    if (untagged.includes(0)) this.#tagged = false;
    return errnos.map((errno, i) => (invalid.includes(i) ? (untagged[invalid.indexOf(i)] ?? errno) : errno));
  }

  remove(claims: readonly Claim[]): readonly number[] {
    return this.#socket.execute(claims.map(deleteAddress));
  }

  close(): void {
    this.#socket.close();
  }

  #send(writes: readonly AddressWrite[], until: Instant | null, tagged: boolean): readonly number[] {
    const lifetime = lifetimeUntil(until, this.#clock.now());
    if (lifetime.kind === 'past') return writes.map(() => ETIME);
    const seconds = lifetime.kind === 'seconds' ? lifetime.seconds : null;
    return this.#socket.execute(writes.map(({ claim, how }) => writeAddress({ ...claim, seconds, tagged, how })));
  }
}
