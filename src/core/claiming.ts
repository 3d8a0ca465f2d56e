// A claim under way: said to the others first, then whatever must be certain before this node answers
// for the group, then the addresses. Whoever holds the group already, or claims it with a better rank,
// goes first: this node gives way before it ever was a holder.

import { type Instant, later, latest, longAgo, never } from '#lib/time';
import type { Role } from '#model/advert';
import type { Reason } from '#model/reason';
import { missOffer } from './asking.ts';
import { isAgreed } from './consent.ts';
import { candidates, contenders, holdersOf, ownRank, rankOf, reasonBehind, voices } from './neighbours.ts';
import { newClaim } from './epochs.ts';
import { mandateEndsAt, mayOpen, mustClaimAnew, whyNoMandate } from './mandate.ts';
import { failureOf, fenceOfClaim } from './fence-peer.ts';
import { hindranceTo } from './hindrances.ts';
import { noteOpening } from './promises.ts';
import { compareRank } from './rank.ts';
import { isOfferedBeside } from './resigners.ts';
import { become, letGo, yieldsToFence } from './roles.ts';
import type { Group, Vacancy } from './state.ts';
import { windowMs } from './timing.ts';
import { changeGroup, groupAt, openAddresses, type Turn } from './turn.ts';

export function claim(turn: Turn, index: number, vacancy: Vacancy, ahead: number): void {
  const { group } = groupAt(turn, index);
  const lost = vacancy.resigned ? null : group.holder;
  const opensAt = mayCross(turn, index, vacancy, ahead) ? later(turn.now, windowMs(turn.settings)) : longAgo;
  become(turn, index, 'claiming', vacancy.reason, {
    claim: { lost, named: vacancy.successor === turn.settings.node, readyAt: turn.now, opensAt },
    claimedAfter: turn.state.lastSent,
    ...newClaim(turn, index),
  });
  proceed(turn, index);
}

export function goOnClaiming(turn: Turn, index: number): void {
  if (yieldsToFence(turn, index)) return;
  const { group } = groupAt(turn, index);
  // Votes that ended before the kernel answered are worth nothing when it does.
  if (turn.state.quorum !== null && group.holdId !== null && mandateEndsAt(turn, group.mandate) <= turn.now) {
    missedTurn(turn, index);
    return;
  }
  const mine = ownRank(turn, group);
  for (const voice of holdersOf(voices(turn, group.name))) {
    const holds = voice.entry.role === 'active';
    const outranks = voice.boot.proven && compareRank(rankOf(voice), mine) < 0;
    if (!holds && !outranks) continue;
    abandon(turn, index, reasonBehind(voice));
    // Whatever that one says next is understood as by those who did not claim, and so is whose turn it is then.
    changeGroup(turn, index, { holder: voice.boot.boot });
    return;
  }
  if (mustClaimAnew(turn, groupAt(turn, index).group)) changeGroup(turn, index, newClaim(turn, index));
  proceed(turn, index);
}

export function claimingWakeAt(turn: Turn, group: Group): Instant {
  if (group.holdId !== null) return never;
  if (turn.state.quorum !== null) return later(readyAt(group), claimMs(turn));
  const opensAt = group.claim?.opensAt ?? longAgo;
  // One that has passed waits for the end of a poll, not for the clock.
  return opensAt > turn.now ? opensAt : never;
}

/**
 * Who was named, or stood first in a line that knew of it where nobody was, claims alone. Everybody else reckons with a view of its own:
 * of somebody whom this node waits for and others do not hear, or with others that have not heard yet that this one is
 * able, that it runs again, or how it ranks now. So two turns may come within the trip of a packet. In quorum mode only
 * one of them finds a majority.
 */
function mayCross(turn: Turn, index: number, { successor, reason }: Vacancy, ahead: number): boolean {
  if (turn.state.quorum !== null) return false;
  // Who was named opens at once, unless that was long ago: it had to wait until another one was lost, as others did.
  if (successor === turn.settings.node) return isOfferedBeside(turn, groupAt(turn, index).group);
  if (ahead > 0) return true;
  // Whoever was named and is not heard here, or not as one that can, may have heard that, or hears it as it wakes.
  if (successor !== null) return true;
  const { since, rankedAt, name } = groupAt(turn, index).group;
  const isNew = (at: Instant) => later(at, windowMs(turn.settings)) > turn.now;
  const changedAt = latest(rankedAt, turn.state.mutedAt);
  if (!isNew(latest(since, changedAt))) return false;
  // Where nobody ever held the group, whoever still listens is counted by others from the beginning, as it was then.
  const listening: readonly Role[] = reason.kind === 'no-holder' && !isNew(changedAt) ? [] : ['starting'];
  // What made this node able may have made others able in the same moment: a check of what all of them need.
  return contenders(turn, voices(turn, name), ['standby', 'faulted', 'fenced', ...listening]).length > 0;
}

/** The next stage, once the one before it has its answer. */
function proceed(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  if (group.holdId !== null || waitsForOthers(turn, index) || !othersAreHeard(turn, index)) return;
  if (mayOpen(turn, index)) {
    const decidedAt = readyAt(groupAt(turn, index).group);
    changeGroup(turn, index, { holdId: openAddresses(turn, asked.addresses, decidedAt) });
    noteOpening(turn, group.name);
    return;
  }
  const { quorum } = turn.settings;
  if (quorum === null || turn.now < later(readyAt(groupAt(turn, index).group), claimMs(turn))) return;
  abandon(turn, index, whyNoMandate(turn, quorum, index));
}

/** Whoever claimed in the same moment has been heard by now, and has heard this claim. */
function othersAreHeard(turn: Turn, index: number): boolean {
  const { claim: underWay, name } = groupAt(turn, index).group;
  if (underWay === null || underWay.opensAt === longAgo) return true;
  if (turn.judged < underWay.opensAt) {
    if (turn.now >= underWay.opensAt) turn.wantPoll = true;
    return false;
  }
  // A worse one may have stood first in its own line, and have opened. It lets go as soon as it hears this claim; if it
  // died before that, its kernel does so before it counts as lost.
  const beside = voices(turn, name).some(({ boot, entry }) => boot.proven && entry.role === 'claiming');
  if (!beside) return true;
  // As with a fence: the others have heard of this claim long ago, and wait for as long as it is one.
  changeGroup(turn, index, { claim: { ...underWay, readyAt: never } });
  return false;
}

function readyAt(group: Group): Instant {
  return group.claim?.readyAt ?? group.since;
}

/** The kernel did nothing, since whoever comes next may have gone on without this node by then. */
export function missedTurn(turn: Turn, index: number): void {
  const { claim: missed } = groupAt(turn, index).group;
  turn.state.behind = turn.now;
  abandon(turn, index, { kind: 'claim-late' });
  changeGroup(turn, index, { holder: missed?.lost ?? null });
}

/** Others get their turn before this node tries again, each at an instant of its own. */
function abandon(turn: Turn, index: number, reason: Reason): void {
  const { group } = groupAt(turn, index);
  if (group.claim?.named === true) missOffer(turn, index);
  if (group.holdId !== null || group.present.size > 0) letGo(turn, index);
  const mine = ownRank(turn, group);
  const ahead = candidates(turn, voices(turn, group.name)).filter((voice) => compareRank(rankOf(voice), mine) < 0);
  const restMs = turn.state.quorum === null ? 0 : (2 + ahead.length) * turn.settings.intervalMs;
  become(turn, index, 'standby', reason, { restUntil: later(turn.now, restMs) });
}

/** Votes are given at once, so that a claim without a majority by now will hardly get one. */
function claimMs(turn: Turn): number {
  return 3 * turn.settings.intervalMs;
}

/**
 * A lost holder is turned off first, and where that is required whoever is heard has to agree. Where a fence fails,
 * whatever else keeps a claim from beginning is asked again: the wire, for one, had no say before.
 */
function waitsForOthers(turn: Turn, index: number): boolean {
  const { claim: underWay } = groupAt(turn, index).group;
  const fence = fenceOfClaim(turn, index);
  const waited = underWay?.readyAt === never;
  if (fence === 'wait' || (fence === 'done' && !isAgreed(turn, index))) {
    if (underWay !== null && !waited) changeGroup(turn, index, { claim: { ...underWay, readyAt: never } });
    return true;
  }
  const reason =
    fence !== 'failed'
      ? null
      : (hindranceTo(turn, index) ?? (waited && turn.settings.probe ? failureOf(turn, index) : null));
  if (reason !== null) {
    abandon(turn, index, reason);
    changeGroup(turn, index, { holder: underWay?.lost ?? null });
    return true;
  }
  if (underWay !== null && waited) changeGroup(turn, index, { claim: { ...underWay, readyAt: turn.now } });
  return false;
}
