// A daemon that was told to end: every group is handed over or let go, the others hear of it, and
// then it may exit; at the latest when the longest handover is over.

import { type Instant, later, never } from '#lib/time';
import { handoverMs } from './timing.ts';
import type { Turn } from './turn.ts';

export function beginStop(turn: Turn): void {
  turn.state.stopping ??= { since: turn.now, exited: false };
  turn.stirred = true;
}

/** True once, in the step in which nothing is left to do. */
export function endStop(turn: Turn): boolean {
  const stopping = turn.state.stopping;
  if (stopping === null || stopping.exited) return false;
  const busy = turn.state.releasing.size > 0 || turn.state.groups.some((group) => group.role === 'resigning');
  if (busy && turn.now < later(stopping.since, handoverMs)) return false;
  turn.state.stopping = { ...stopping, exited: true };
  return true;
}

export function stopWakeAt(turn: Turn): Instant {
  const stopping = turn.state.stopping;
  return stopping === null || stopping.exited ? never : later(stopping.since, handoverMs);
}
