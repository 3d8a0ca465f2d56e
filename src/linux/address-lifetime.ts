// How long the kernel is told to keep an address: whole seconds of address lifetime.

import type { Instant } from '#lib/time';

/** A deadline that is a hair under a whole second away is meant as that second. */
const SLACK_MS = 50;
/** A year; the kernel counts in 32 bits, and all of them set mean for ever. */
const MOST_SECONDS = 31_536_000;

export type Lifetime =
  | { readonly kind: 'for-ever' }
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'past' };

/** Called last before the kernel is: what is asked for is a deadline, not a duration. */
export function lifetimeUntil(until: Instant | null, now: Instant): Lifetime {
  if (until === null) return { kind: 'for-ever' };
  const leftMs = until - now;
  if (leftMs <= 0) return { kind: 'past' };
  return { kind: 'seconds', seconds: Math.min(MOST_SECONDS, Math.max(1, Math.floor((leftMs + SLACK_MS) / 1000))) };
}
