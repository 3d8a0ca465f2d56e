// Time as the core sees it: milliseconds of one host's monotonic clock, with fractions.
// An Instant means nothing on another host; only durations travel. Reading a clock is absent
// on purpose: time is always an argument.

export type Instant = number & { readonly __brand: 'Instant' };

export const never = Number.POSITIVE_INFINITY as Instant;
export const longAgo = Number.NEGATIVE_INFINITY as Instant;

export function instant(ms: number): Instant {
  return ms as Instant;
}

export function later(at: Instant, ms: number): Instant {
  return (at + ms) as Instant;
}

/** A loop: the engine makes a number object of each argument that it hands to `Math.min`. */
export function earliest(...instants: readonly Instant[]): Instant {
  let first = never;
  for (const at of instants) if (at < first) first = at;
  return first;
}

export function latest(...instants: readonly Instant[]): Instant {
  let last = longAgo;
  for (const at of instants) if (at > last) last = at;
  return last;
}
