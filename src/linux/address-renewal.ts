// Renews everything that is held, all of it at once, and says what could not be renewed. Too soon is
// nothing: what a renewal costs must leave time for adverts.

import { later, longAgo } from '#lib/time';
import type { Instant } from '#lib/time';
import type { AddressOutcome } from '#model/input';
import type { Clock } from '#ports/clock';
import { lifetimeUntil } from './address-lifetime.ts';
import { failed, late } from './address-plan.ts';
import type { AddressWriter } from './address-writer.ts';
import type { Claim } from './claims-book.ts';
import { ENODEV, isPassing } from './netlink-errno.ts';

/**
 * The kernel takes some 80 µs for each address of a renewal. A thousand of them at an interval of 10 ms
 * would leave no time for adverts: so renewals get a tenth of it, unless a quarter of a second passes.
 * An address whose renewal was left out ends that much earlier, never later.
 */
const RENEWAL_SHARE = 10;
const LONGEST_RENEWAL_GAP_MS = 250;

export class Renewals {
  readonly #clock: Clock;
  readonly #writer: AddressWriter;
  #againAt = longAgo;

  constructor(clock: Clock, writer: AddressWriter) {
    this.#clock = clock;
    this.#writer = writer;
  }

  /** An outcome for each claim that could not be renewed. */
  extend(held: readonly Claim[], until: Instant | null): AddressOutcome[] {
    const lifetime = lifetimeUntil(until, this.#clock.now());
    if (lifetime.kind === 'past') return held.map(late);
    const errnos = this.#write(held, until);
    const outcomes: AddressOutcome[] = [];
    for (const [i, claim] of held.entries()) {
      const errno = errnos[i] ?? 0;
      // What is left out now is in the next renewal; if that never comes, the lease ends and the kernel says so.
      if (errno === 0 || isPassing(errno)) continue;
      if (errno === ENODEV) claim.state = 'gone';
      outcomes.push(errno === ENODEV ? { key: claim.key, kind: 'absent' } : failed(claim, errno));
    }
    return outcomes;
  }

  /** Empty when it was too soon to renew again. */
  #write(held: readonly Claim[], until: Instant | null): readonly number[] {
    const begun = this.#clock.now();
    if (begun < this.#againAt) return [];
    const errnos = this.#writer.write(
      held.map((claim) => ({ claim, how: 'replace' })),
      until,
    );
    const costMs = this.#clock.now() - begun;
    this.#againAt = later(begun, Math.min(LONGEST_RENEWAL_GAP_MS, costMs * RENEWAL_SHARE));
    return errnos;
  }
}
