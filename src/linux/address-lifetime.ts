// How long the kernel is told to keep an address: whole seconds of address lifetime.

import type { Instant } from '#lib/time';

/** A deadline that is a hair under a whole second away is meant as that second. */
const SLACK_MS = 50;
/** A year; the kernel counts in 32 bits, and all of them set mean for ever. */
const MOST_SECONDS = 31_536_000;

export type Lifetime =
  | { readonly kind: 'for-ever' }
  | { readonly kind: 'seconds'; readonly seconds: number }
  | { readonly kind: 'past'; readonly words: string };

/** Called last before the kernel is: what is asked for is a deadline, not a duration. */
export function lifetimeUntil(until: Instant | null, now: Instant): Lifetime {
  if (until === null) return { kind: 'for-ever' };
  const leftMs = until - now;
  if (leftMs <= 0) {
    return { kind: 'past', words: `the lease ended ${Math.ceil(-leftMs)} ms ago, before it reached the kernel` };
  }
  return { kind: 'seconds', seconds: Math.min(MOST_SECONDS, Math.max(1, Math.floor((leftMs + SLACK_MS) / 1000))) };
}

/** Null where there is time left. */
export function pastWords(until: Instant | null, now: Instant): string | null {
  const lifetime = lifetimeUntil(until, now);
  return lifetime.kind === 'past' ? lifetime.words : null;
}
