// How a group changes its role. Leaving a role drops all of its deadlines; every change of state is
// told once, with its reason, and said to the other nodes at once.

import { type Instant, later, latest, longAgo } from '#lib/time';
import type { Role } from '#model/advert';
import type { NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import type { GroupState } from '#model/view';
import { announceAgain } from './announcing.ts';
import { couldHold, couldWin } from './electorate.ts';
import { candidates, voices } from './neighbours.ts';
import { settle } from './problems.ts';
import { sameFacts } from './same.ts';
import type { Group } from './state.ts';
import { downMs, handoverMs, repeatMs } from './timing.ts';
import { changeGroup, groupAt, releaseAddresses, tell, type Turn } from './turn.ts';
import { turnedOffBy } from './turned-off.ts';

export function stateOf(role: Role): GroupState {
  if (role === 'resigning') return 'releasing';
  return role === 'witness' ? 'standby' : role;
}

export function become(turn: Turn, index: number, role: Role, reason: Reason, change: Partial<Group> = {}): void {
  const { group } = groupAt(turn, index);
  const previous = stateOf(group.role);
  const state = stateOf(role);
  const since = previous === state ? group.since : turn.now;
  changeGroup(turn, index, Object.assign({ role, reason, since }, freshRole, change));
  if (previous === state) return;
  if (previous === 'active') {
    const over = ['address-removed', 'dual-holder', 'address-conflict'];
    settle(turn, (p) => over.includes(p.code) && 'group' in p && p.group === group.name);
  }
  turn.speak = true;
  tell(turn, { code: 'group', group: group.name, from: previous, to: state, reason });
  if (turn.settings.hook === null) return;
  const epoch = change.epoch ?? group.epoch;
  turn.late.push({ kind: 'hook', group: group.name, state, previous, reason, epoch });
}

/** An epoch that nobody granted may be above that of the next holder: no hook hears of it before a majority has. */
export function hookAdopted(turn: Turn, index: number): void {
  changeGroup(turn, index, { epochUnsure: false });
  if (turn.settings.hook === null) return;
  const { name, reason, epoch } = groupAt(turn, index).group;
  turn.late.push({ kind: 'hook', group: name, state: 'active', previous: 'starting', reason, epoch });
}

/** Only the words change: why a group is still in its state. */
export function explain(turn: Turn, index: number, reason: Reason): void {
  if (!sameFacts(groupAt(turn, index).group.reason, reason)) changeGroup(turn, index, { reason });
}

export function listen(turn: Turn, index: number, reason: Reason): void {
  become(turn, index, 'starting', reason, { listenUntil: listensUntil(turn, groupAt(turn, index).group) });
}

/** Whoever listens anew does so for a down time, and no shorter than it was to listen before: a start may ask for more. */
export function listensUntil({ now, settings }: Turn, { listenUntil }: Group): Instant {
  return latest(listenUntil, later(now, downMs(settings)));
}

/** The kernel has every address: say so, announce. */
export function activate(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  // Whoever resigned before is no rival; whoever resigns from now on was one.
  const resigned = voices(turn, group.name).filter(({ entry }) => entry.role === 'resigning');
  become(turn, index, 'active', group.reason, {
    announcing: announceAgain(asked, turn.now),
    refusal: null,
    missed: null,
    inherits: group.inherits,
    mandate: group.mandate,
    rivals: new Map(resigned.map(({ boot }) => [boot.boot, longAgo])),
  });
}

/** Silence first: the addresses go before any word about it is said. */
export function letGo(turn: Turn, index: number): void {
  const leaving = releaseAddresses(turn, groupAt(turn, index).asked.addresses);
  if (turn.state.quorum !== null && turn.settings.lease.kind !== 'nftables') changeGroup(turn, index, { leaving });
}

/** A voter that believes that this node is off is free to promise the group to another: silent before it does. */
export function yieldsToFence(turn: Turn, index: number): boolean {
  const by = turnedOffBy(turn, groupAt(turn, index).group);
  if (by === null) return false;
  letGo(turn, index);
  listen(turn, index, { kind: 'turned-off', by });
  return true;
}

/** Hands the group over, to `wanted` or to the best standby that hears us; false when nobody can take it. */
export function resign(turn: Turn, index: number, reason: Reason, wanted: NodeName | null = null): boolean {
  const { group } = groupAt(turn, index);
  const able = candidates(turn, voices(turn, group.name)).filter(
    ({ boot }) => boot.state === 'two-way' && couldHold(boot),
  );
  const successor =
    able.find(({ boot }) => boot.node === wanted) ?? able.find(({ boot }) => couldWin(turn, boot)) ?? able[0];
  if (successor === undefined) {
    letGo(turn, index);
    return false;
  }
  handOver(turn, index, reason, successor.boot.node);
  return true;
}

/** Silence first, then the word, said again until that node is heard as holder. */
export function handOver(turn: Turn, index: number, reason: Reason, successor: NodeName): void {
  letGo(turn, index);
  const waitMs = turn.state.stopping === null ? Math.min(handoverMs, turn.settings.intervalMs) : handoverMs;
  become(turn, index, 'resigning', reason, {
    resignation: {
      successor,
      since: turn.now,
      said: false,
      until: later(turn.now, waitMs),
      repeatAt: later(turn.now, repeatMs(turn.settings)),
    },
  });
}

/** What a group has while it plays no part: every deadline of the role it left is dropped. */
const freshRole = {
  vacancy: null,
  holder: null,
  preemptSince: null,
  wants: 'nothing',
  claim: null,
  holdId: null,
  resignation: null,
  adoption: null,
  announcing: null,
  removals: null,
  conflict: null,
  rivals: new Map(),
  epochUnsure: false,
  inherits: null,
  mandate: longAgo,
} satisfies Partial<Group>;
