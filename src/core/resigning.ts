// A holder on its way out: its addresses are gone, it repeats who should take over until that one is
// heard as holder, cannot take over, or time is up.

import { earliest, type Instant, later, never } from '#lib/time';
import type { Reason } from '#model/reason';
import { unfitness, isDeaf } from './fitness.ts';
import { voices } from './neighbours.ts';
import { become, listen } from './roles.ts';
import { standBy } from './standby.ts';
import type { Resignation } from './state.ts';
import { repeatMs } from './timing.ts';
import { changeBoot, changeGroup, groupAt, type Turn } from './turn.ts';

export function goOnResigning(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  const plan = group.resignation;
  if (plan === null) return;
  const heirs = voices(turn, group.name).filter(({ boot }) => boot.node === plan.successor && boot.proven);
  const done = heirs.some(({ entry }) => entry.role === 'active');
  const able = heirs.some(({ entry }) => entry.role === 'standby' || entry.role === 'claiming');
  // Its word may be among the packets that wait for a node that runs late; who ends cannot wait for them.
  const over = turn.state.stopping === null ? turn.judged >= overAt(plan) : turn.now >= plan.until;
  if (!done && able && !over) {
    if (overAt(plan) <= turn.now) turn.wantPoll = true;
    if (plan.repeatAt > turn.now) return;
    changeGroup(turn, index, { resignation: { ...plan, repeatAt: later(turn.now, repeatMs(turn.settings)) } });
    turn.repeat = true;
    return;
  }
  // It did not answer in all that time, so it does not hear us, until an advert shows that it does again:
  // whoever takes the group back meanwhile must not hand it to a dead node once more.
  for (const { boot, entry } of heirs) {
    if (entry.role === 'standby') changeBoot(turn, boot, { state: 'one-way', echoedTable: 0 });
  }
  const to = plan.successor ?? turn.settings.node;
  afterResigning(turn, index, done ? group.reason : { kind: 'yield-unanswered', to });
}

/** Nobody is waited for in vain while it is not known what became of the word. */
function overAt({ said, until }: Resignation): Instant {
  return said ? until : never;
}

export function resigningWakeAt(turn: Turn, plan: Resignation): Instant {
  const at = overAt(plan);
  return earliest(plan.repeatAt, at > turn.now ? at : never);
}

/**
 * A node that stood still between its decision and the word, or while it sent that, waits from then on: who is named
 * hears it only now, and takes the group at once. Who ends takes nothing back, and says so before it exits.
 */
export function noteResignationsSaid(turn: Turn, at: Instant): void {
  if (turn.state.stopping !== null) return;
  for (let index = 0; index < turn.state.groups.length; index += 1) {
    const { resignation: plan, leaving } = groupAt(turn, index).group;
    if (plan === null || plan.said || at < plan.since || leaving !== null) continue;
    const until = later(turn.now, plan.until - plan.since);
    changeGroup(turn, index, { resignation: { ...plan, since: turn.now, said: true, until } });
  }
}

/** What is left once a group was let go: out of service, or back in line behind the successor. */
export function afterResigning(turn: Turn, index: number, reason: Reason): void {
  const { group } = groupAt(turn, index);
  if (turn.state.stopping !== null) {
    become(turn, index, 'draining', { kind: 'stopping' });
    return;
  }
  if (turn.state.fence !== null) {
    become(turn, index, 'fenced', { kind: 'fenced', cause: turn.state.fence.cause });
    return;
  }
  const unfit = unfitness(turn, index);
  if (unfit?.kind === 'fault') {
    become(turn, index, 'faulted', unfit.reason);
    return;
  }
  if (isDeaf(group.reason)) {
    listen(turn, index, group.reason);
    return;
  }
  const plan = group.resignation;
  const vacancy =
    plan === null
      ? null
      : {
          since: plan.since,
          reason,
          resigned: true,
          successor: plan.successor,
          claimAt: later(plan.since, turn.settings.intervalMs),
        };
  become(turn, index, 'standby', reason, { vacancy });
  // A successor that said it cannot leaves the group to whoever is next: perhaps to this node, at once.
  standBy(turn, index);
}
