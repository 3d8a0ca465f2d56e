// Writes claims into the kernel and takes them out again. The requests have been carried out when a
// call first waits; the errnos come later. Knows when a deadline becomes a lifetime, and that a kernel
// may refuse our tag; what an errno means for a claim is not here.

import type { Instant } from '#lib/time';
import type { Clock } from '#ports/clock';
import { lifetimeUntil } from './address-lifetime.ts';
import { deleteAddress, writeAddress } from './address-message.ts';
import type { Claim } from './claims-book.ts';
import { NetlinkBatches } from './netlink-batch.ts';
import type { Request } from './netlink-batch.ts';
import { EINVAL, ETIME } from './netlink-errno.ts';

export interface AddressWrite {
  readonly claim: Claim;
  /** `create` fails with EEXIST where the address is already; `replace` gives it a new lifetime. */
  readonly how: 'create' | 'replace';
}

/** An address for documentation, on the highest index there is. */
const nowhere = { index: 0x7fffffff, family: 4, address: '192.0.2.255', prefix: 32 } as const;

export class AddressWriter {
  readonly #clock: Clock;
  readonly #batches = new NetlinkBatches();
  #tagged = true;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One errno for each, 0 for success; ETIME for all when `until` has passed. */
  async write(writes: readonly AddressWrite[], until: Instant | null): Promise<readonly number[]> {
    const errnos = await this.#send(writes, until, this.#tagged);
    // What was let go of while the kernel answered must not come back.
    const isWanted = (i: number): boolean => writes[i]?.claim.state !== 'leaving';
    const invalid = errnos.flatMap((errno, i) => (errno === EINVAL && this.#tagged && isWanted(i) ? [i] : []));
    if (invalid.length === 0) return errnos;
    // A kernel that checks strictly and knows no IFA_PROTO says EINVAL; so it does for other faults.
    const untagged = await this.#send(
      writes.filter((_, i) => invalid.includes(i)),
      until,
      false,
    );
    if (untagged.includes(0)) this.#tagged = false;
    return errnos.map((errno, i) => (invalid.includes(i) ? (untagged[invalid.indexOf(i)] ?? errno) : errno));
  }

  async remove(claims: readonly Claim[]): Promise<readonly number[]> {
    return this.#execute(claims.map(deleteAddress));
  }

  /** Sends both kinds of requests to an interface that cannot exist, so that the first real ones are swift. */
  async rehearse(until: Instant): Promise<void> {
    const claim: Claim = { ...nowhere, key: '', interface: '', label: null, state: 'asked' };
    await this.write([{ claim, how: 'create' }], until);
    await this.remove([claim]);
  }

  close(): void {
    this.#batches.close();
  }

  async #send(writes: readonly AddressWrite[], until: Instant | null, tagged: boolean): Promise<readonly number[]> {
    const lifetime = lifetimeUntil(until, this.#clock.now());
    if (lifetime.kind === 'past') return writes.map(() => ETIME);
    const seconds = lifetime.kind === 'seconds' ? lifetime.seconds : null;
    return this.#execute(writes.map(({ claim, how }) => writeAddress({ ...claim, seconds, tagged, how })));
  }

  async #execute(requests: readonly Request[]): Promise<readonly number[]> {
    return new Promise((resolve) => {
      this.#batches.execute(requests, resolve);
    });
  }
}
