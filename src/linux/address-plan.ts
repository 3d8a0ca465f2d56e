// What is to be done about one address of a `hold`, as plain values. How it is carried out is elsewhere.

import type { Instant } from '#lib/time';
import type { AddressOutcome } from '#model/input';
import type { AddressWrite } from './address-writer.ts';
import type { Claim } from './claims-book.ts';
import type { Trouble } from './gate.ts';
import { EADDRNOTAVAIL, ENODEV, ENXIO, errnoWords, ETIME } from './netlink-errno.ts';

const ABSENT: ReadonlySet<number> = new Set([0, EADDRNOTAVAIL, ENODEV, ENXIO]);

/** One address of a `hold`: an outcome that is known at once, or a claim to write. */
export type Plan = { readonly kind: 'known'; readonly outcome: AddressOutcome } | WritePlan;

/** `named`: our record named it before, so that it may be there already and be ours. */
export interface WritePlan extends AddressWrite {
  readonly kind: 'write';
  readonly named: boolean;
}

/** Until when; not after `by`; and why not at all. */
export interface Terms {
  readonly until: Instant | null;
  readonly by: Instant;
  readonly refusal: Trouble | null;
}

export function known(outcome: AddressOutcome): Plan {
  return { kind: 'known', outcome };
}

export function refused(claim: Claim, error: string): AddressOutcome {
  return { key: claim.key, kind: 'refused', error };
}

export function late(claim: Claim): AddressOutcome {
  return { key: claim.key, kind: 'late' };
}

/** What the kernel, or the time that was over, made of a write. */
export function failed(claim: Claim, errno: number): AddressOutcome {
  return errno === ETIME ? late(claim) : refused(claim, errnoWords(errno));
}

/** What an attempt to take an address away says when there is none any more. */
export function isAbsent(errno: number): boolean {
  return ABSENT.has(errno);
}
