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
  let plan = group.announcing;
  if (plan.againAt <= turn.now) plan = { ...plan, left: count, nextAt: turn.now, againAt: never };
  if (plan.refreshAt <= turn.now) {
    const left = Math.max(plan.left, 1);
    plan = { ...plan, left, nextAt: earliest(plan.nextAt, turn.now), refreshAt: later(turn.now, refreshMs) };
  }
  const addresses = presentAddresses(group, asked);
  for (let round = 0; plan.left > 0 && plan.nextAt <= turn.now; round += 1) {
    // Every address once before any of them again, however many groups move in this step.
    if (addresses.length > 0) announceIn(turn, round, addresses);
    plan = { ...plan, left: plan.left - 1, nextAt: intervalMs > 0 ? later(turn.now, intervalMs) : plan.nextAt };
  }
  changeGroup(turn, index, { announcing: plan.left > 0 ? plan : { ...plan, nextAt: never } });
}

/**
 * Who hears this node again may have held a group meanwhile, and its part of the segment has believed it, though
 * not a word of that came here: all are told once more.
 */
export function announceToReturned(turn: Turn): void {
  for (const [index, group] of turn.state.groups.entries()) {
    if (group.announcing === null) continue;
    const { left, nextAt } = group.announcing;
    const announcing = { ...group.announcing, left: Math.max(left, 1), nextAt: earliest(nextAt, turn.now) };
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
