// When a node that ranks better asks the holder for a group. Each request costs answers, since the holder lets go before
// the other one can take it: so whoever did not take what it was handed waits before it asks again, longer each time.

import { later } from '#lib/time';
import { changeGroup, groupAt, type Turn } from './turn.ts';
import type { Group } from './state.ts';

/**
 * The kernel refused the last claim. Where nobody holds the group another try harms nobody, but one that
 * takes it from a holder costs answers: so a request waits much longer.
 */
const askAfterRefusalMs = 600_000;

const firstBackOffMs = 1000;
const lastBackOffMs = 60_000;

/** A back-off shorter than this would be over before the holder has settled again. */
const backOffIntervals = 10;

export function askAfterMs({ refusal, missed }: Group, preemptDelayMs: number): number {
  return Math.max(preemptDelayMs, missed?.waitMs ?? 0, refusal === null ? 0 : askAfterRefusalMs);
}

/** It was named, and did not come to hold: its host or its loop is too slow, and will hardly be faster at once. */
export function missOffer(turn: Turn, index: number): void {
  const { missed } = groupAt(turn, index).group;
  // Told by its claim and by who holds afterwards: one offer. Nor was asked for what comes before the wait is over.
  if (missed !== null && turn.now < later(missed.at, missed.waitMs)) return;
  const leastMs = Math.max(firstBackOffMs, backOffIntervals * turn.settings.intervalMs);
  const mostMs = Math.max(lastBackOffMs, leastMs);
  const waitMs = missed === null ? leastMs : Math.min(mostMs, 2 * missed.waitMs);
  changeGroup(turn, index, { missed: { at: turn.now, waitMs } });
}
