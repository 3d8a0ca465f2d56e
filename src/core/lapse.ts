// The lease ended in the kernel before a renewal came: this host is silent for all that it holds, while the
// others may have heard it all along. A lapsed lease is never renewed. It is said, an advert goes out, and the
// gate opens again only once a peer is seen to have heard a later one, or a down time passed without any peer.

import { earliest, type Instant, later, never } from '#lib/time';
import { addressKey } from '#lib/ip';
import type { Reason } from '#model/reason';
import { raise, settle } from './problems.ts';
import { letGo, listen } from './roles.ts';
import { downMs } from './timing.ts';
import { changeGroup, groupAt, holdAddresses, type Turn } from './turn.ts';

export function takeLapsed(turn: Turn): void {
  if (turn.state.lapse !== null) return;
  if (turn.state.quorum !== null) {
    endEpochs(turn);
    return;
  }
  turn.state.lapse = { since: turn.now, beyond: turn.state.lastSent };
  raise(turn, { code: 'lease-lapsed' });
  turn.speak = true;
  turn.stirred = true;
}

/** In quorum mode a lapse ends every claim: what is held again is held under a new one. */
function endEpochs(turn: Turn): void {
  for (const [index, { role }] of turn.state.groups.entries()) {
    if (role !== 'active' && role !== 'claiming') continue;
    letGo(turn, index);
    listen(turn, index, { kind: 'lease-lapsed' });
  }
  turn.stirred = true;
}

/** Looked at after groups: one that was let go meanwhile is not opened again. */
export function reopenIfSure(turn: Turn): void {
  const { lapse } = turn.state;
  if (lapse === null) return;
  const held = [...turn.state.groups.keys()].filter((index) => groupAt(turn, index).group.role === 'active');
  if (held.length > 0 && !isSure(turn, lapse)) return;
  turn.state.lapse = null;
  // What was taken away meanwhile is put back now.
  turn.state.groupsAt = earliest(turn.state.groupsAt, later(turn.now, 1));
  settle(turn, (problem) => problem.code === 'lease-lapsed');
  for (const index of held) {
    const { group, asked } = groupAt(turn, index);
    const there = asked.addresses.filter((address) => group.present.has(addressKey(address)));
    changeGroup(turn, index, { holdId: holdAddresses(turn, there) });
  }
}

export function lapseWakeAt(turn: Turn): Instant {
  const { lapse } = turn.state;
  if (lapse === null) return never;
  const at = later(lapse.since, downMs(turn.settings));
  return at > turn.now ? at : never;
}

/** Beside a lapsed lease nothing can be opened. */
export function lapseHinders(turn: Turn): Reason | null {
  return turn.state.lapse === null ? null : { kind: 'lease-lapsed' };
}

function isSure(turn: Turn, { since, beyond }: NonNullable<Turn['state']['lapse']>): boolean {
  const live = [...turn.state.boots.values()].filter((boot) => boot.state !== 'lost');
  if (live.some((boot) => boot.state === 'two-way' && boot.echoedSequence > beyond)) return true;
  const alone = later(since, downMs(turn.settings));
  if (live.length > 0 || turn.now < alone) return false;
  if (turn.judged >= alone) return true;
  turn.wantPoll = true;
  return false;
}
