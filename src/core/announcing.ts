// When a holder tells the neighbours where its addresses are: a round at once, one more a little
// later for whoever missed it, and a single announcement now and then.

import { addressKey } from '#lib/ip';
import { earliest, type Instant, later, never } from '#lib/time';
import type { GroupSettings, VirtualAddress } from '#model/settings';
import type { Announcing, Group } from './state.ts';
import { announceIn, changeGroup, groupAt, type Turn } from './turn.ts';

/** The plan of a new holder, or of one whose neighbours may have learnt something wrong. */
export function announceAgain(asked: GroupSettings, now: Instant): Announcing {
  const { count, againAfterMs, refreshMs } = asked.announce;
  return {
    left: count,
    nextAt: now,
    againAt: againAfterMs > 0 ? later(now, againAfterMs) : never,
    refreshAt: refreshMs > 0 ? later(now, refreshMs) : never,
  };
}

export function announceDue(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  if (group.announcing === null || announcingWakeAt(group) > turn.now) return;
  const { count, intervalMs, refreshMs } = asked.announce;
  let { left, nextAt, againAt, refreshAt } = group.announcing;
  if (againAt <= turn.now) {
    left = count;
    nextAt = turn.now;
    againAt = never;
  }
  if (refreshAt <= turn.now) {
    left = Math.max(left, 1);
    nextAt = earliest(nextAt, turn.now);
    refreshAt = later(turn.now, refreshMs);
  }
  const addresses = presentAddresses(group, asked);
  for (let round = 0; left > 0 && nextAt <= turn.now; round += 1) {
    // Every address once before any of them again, however many groups move in this step.
    if (addresses.length > 0) announceIn(turn, round, addresses);
    left -= 1;
    if (intervalMs > 0) nextAt = later(turn.now, intervalMs);
  }
  if (left === 0) nextAt = never;
  changeGroup(turn, index, { announcing: { left, nextAt, againAt, refreshAt } });
}

/**
 * Who hears this node again may have held a group meanwhile, and its part of the segment has believed it, though
 * not a word of that came here: all are told once more.
 */
export function announceToReturned(turn: Turn): void {
  for (const [index, group] of turn.state.groups.entries()) {
    if (group.announcing === null) continue;
    const { left, nextAt, againAt, refreshAt } = group.announcing;
    const announcing = { left: Math.max(left, 1), nextAt: earliest(nextAt, turn.now), againAt, refreshAt };
    changeGroup(turn, index, { announcing });
  }
}

export function announcingWakeAt(group: Group): Instant {
  const plan = group.announcing;
  if (plan === null) return never;
  return earliest(plan.left > 0 ? plan.nextAt : never, plan.againAt, plan.refreshAt);
}

function presentAddresses(group: Group, asked: GroupSettings): VirtualAddress[] {
  return asked.addresses.filter((address) => group.present.has(addressKey(address)));
}
