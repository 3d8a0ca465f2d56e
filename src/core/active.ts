// A holder: whether it goes on, yields to somebody who asked, or has to let go because another one
// holds the group too.

import { earliest, type Instant, later, latest, longAgo, never } from '#lib/time';
import type { GroupEntry } from '#model/advert';
import type { BootId } from '#model/names';
import { announceAgain } from './announcing.ts';
import { couldHold } from './electorate.ts';
import { mandateEndsAt, whyNoMandate } from './mandate.ts';
import { candidates, isBehind, ownRank, rankOf, type Voice, voices } from './neighbours.ts';
import { compareRank } from './rank.ts';
import { handOver, letGo, listen, resign, yieldsToFence } from './roles.ts';
import type { Group } from './state.ts';
import { downMs, turnMs } from './timing.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';
import { raise, settle } from './problems.ts';

export function goOnHolding(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  if (losesMandate(turn, index) || yieldsToFence(turn, index)) return;
  const all = voices(turn, group.name);
  noteRivals(turn, index, all);
  if (facesRivals(turn, index, all)) return;
  if (adoptionFails(turn, index)) return;
  yieldIfAsked(turn, index, all);
}

export function activeWakeAt(turn: Turn, group: Group): Instant {
  const adoption = group.adoption?.until ?? never;
  const settled = settledAt(turn);
  let at = earliest(adoption > turn.now ? adoption : never, settled > turn.now ? settled : never);
  for (const [id, since] of group.rivals) {
    const unheard = unheardAt(turn, id, since);
    if (unheard > turn.now) at = earliest(at, unheard);
  }
  return at;
}

/** Two holders hear each other: the lower-ranked lets go at once. True when this one did. */
function facesRivals(turn: Turn, index: number, all: readonly Voice[]): boolean {
  const rivals = all.filter(({ boot, entry }) => boot.proven && entry.role === 'active');
  if (rivals.length === 0) return false;
  const { group } = groupAt(turn, index);
  const mine = ownRank(turn, group);
  if (turn.state.quorum !== null) return isDeposed(turn, index, rivals);
  // What it said of the group before its table changed may be over: it says so again, with its next advert.
  const better = rivals.find((rival) => !isBehind(rival.boot) && compareRank(rankOf(rival), mine) < 0);
  if (better !== undefined) {
    handOver(turn, index, { kind: 'outranked', by: better.boot.node }, better.boot.node);
    return true;
  }
  for (const { boot } of rivals) {
    const since = group.rivals.get(boot.boot) ?? turn.now;
    const unheard = unheardAt(turn, boot.boot, since);
    if (unheard > turn.now) continue;
    if (unheard > turn.judged) {
      turn.wantPoll = true;
      continue;
    }
    // It once heard us and does not any more: it cannot know that it should let go.
    letGo(turn, index);
    listen(turn, index, { kind: 'unheard', by: boot.node });
    return true;
  }
  return false;
}

/** In quorum mode a majority decides, not the rank: it has granted the greater epoch, and the other is over. */
function isDeposed(turn: Turn, index: number, rivals: readonly Voice[]): boolean {
  const { group } = groupAt(turn, index);
  const newer = rivals.find(({ entry }) => entry.epoch > group.epoch);
  if (newer === undefined) return false;
  letGo(turn, index);
  listen(turn, index, { kind: 'deposed', by: newer.boot.node });
  return true;
}

/** The votes that came are over, or nearly: silent before a voter is free to promise the group to another. */
function losesMandate(turn: Turn, index: number): boolean {
  const { quorum } = turn.settings;
  const { group } = groupAt(turn, index);
  if (quorum === null || mandateEndsAt(turn, group.mandate) > turn.now) return false;
  letGo(turn, index);
  listen(turn, index, whyNoMandate(turn, quorum, index));
  return true;
}

function unheardAt(turn: Turn, id: string, since: Instant): Instant {
  const boot = turn.state.boots.get(id);
  return boot === undefined ? never : later(latest(boot.echoedAt, since), downMs(turn.settings));
}

/**
 * Counts each rival once, and tells the neighbours again where the address is, then and afterwards.
 * Whoever resigns while this node holds was a rival until now, even if its `active` was never heard.
 */
function noteRivals(turn: Turn, index: number, all: readonly Voice[]): void {
  const { group, asked } = groupAt(turn, index);
  if (group.rivals.size === 0 && !all.some(({ entry }) => entry.role === 'active' || entry.role === 'resigning'))
    return;
  const present = all.filter(({ boot, entry }) => {
    return boot.proven && isRival(group, boot.boot, entry) && (group.rivals.has(boot.boot) || !isBehind(boot));
  });
  const fresh = present.filter(({ boot }) => (group.rivals.get(boot.boot) ?? longAgo) === longAgo);
  const here = new Set(present.map(({ boot }) => boot.boot));
  const gone = [...group.rivals].filter(([id, since]) => since !== longAgo && !here.has(id));
  const resigning = new Set(all.filter(({ entry }) => entry.role === 'resigning').map(({ boot }) => boot.boot));
  const kept = [...group.rivals].filter(([id]) => here.has(id) || resigning.has(id));
  if (fresh.length === 0 && kept.length === group.rivals.size) return;
  const rivals = new Map([...kept, ...fresh.map(({ boot }) => [boot.boot, turn.now] as const)]);
  changeGroup(turn, index, { rivals, dualHolder: group.dualHolder + fresh.length });
  if (fresh.length + gone.length > 0) changeGroup(turn, index, { announcing: announceAgain(asked, turn.now) });
  for (const { boot } of fresh) raise(turn, { code: 'dual-holder', group: group.name, peer: boot.node });
  const left = new Set(present.map(({ boot }) => boot.node));
  settle(turn, (p) => p.code === 'dual-holder' && p.group === group.name && !left.has(p.peer));
}

/** Whom this node took the group from goes on resigning for a moment: that is no rival. */
function isRival(group: Group, id: BootId, entry: GroupEntry): boolean {
  return entry.role === 'active' || (entry.role === 'resigning' && group.rivals.get(id) !== longAgo);
}

/** An adopted group goes on past the down time only when a peer is seen to know of it, or there is none. */
function adoptionFails(turn: Turn, index: number): boolean {
  const { adoption } = groupAt(turn, index).group;
  if (adoption === null) return false;
  const live = [...turn.state.boots.values()].filter((boot) => boot.state !== 'lost');
  if (live.some((boot) => boot.proven)) {
    changeGroup(turn, index, { adoption: null });
    return false;
  }
  if (turn.now < adoption.until) return false;
  if (turn.judged < adoption.until) {
    turn.wantPoll = true;
    return false;
  }
  if (live.length === 0 && !adoption.hadPeers) {
    changeGroup(turn, index, { adoption: null });
    return false;
  }
  letGo(turn, index);
  listen(turn, index, { kind: 'adoption-unconfirmed' });
  return true;
}

/**
 * Where a network that was cut comes together, several holders meet. Before each has heard the others none hands over, or
 * two successors would claim at once. In quorum mode only one of them finds a majority.
 */
function settledAt({ state, settings, now }: Turn): Instant {
  const at = later(state.heardAnewAt, turnMs(settings));
  if (at <= now || state.quorum !== null) return longAgo;
  const others = new Set([...state.boots.values()].map(({ node }) => node));
  others.delete(settings.node);
  return others.size > 1 ? at : longAgo;
}

/** Preemption is a request and a handover, never a grab. */
function yieldIfAsked(turn: Turn, index: number, all: readonly Voice[]): void {
  if (!all.some(({ entry }) => entry.wants === 'preempt') || settledAt(turn) > turn.now) return;
  const { group } = groupAt(turn, index);
  const mine = ownRank(turn, group);
  const asking = candidates(turn, all).find(
    (voice) =>
      voice.entry.wants === 'preempt' &&
      voice.boot.state === 'two-way' &&
      couldHold(voice.boot) &&
      compareRank(rankOf(voice), mine) < 0,
  );
  if (asking === undefined) return;
  const to = asking.boot.node;
  resign(turn, index, { kind: 'yielded', to }, to);
}
