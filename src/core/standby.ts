// A node that could hold a group and does not: who holds it, whether somebody does, whose turn it is
// to claim, and whether to ask the holder for it.

import { earliest, type Instant, later, longAgo, never } from '#lib/time';
import type { Reason } from '#model/reason';
import { contenders, holdersOf, ownRank, rankOf, reasonBehind, unknownPeer, type Voice, voices } from './neighbours.ts';
import { compareRank } from './rank.ts';
import { resignersOf } from './resigners.ts';
import { askAfterMs, missOffer } from './asking.ts';
import { claim } from './claiming.ts';
import { quorumHinders } from './electorate.ts';
import { hindranceTo } from './hindrances.ts';
import { gatewayHinders } from './isolation.ts';
import { lostHoldersOf } from './lost-holders.ts';
import { explain } from './roles.ts';
import { wasHeardSince } from './silence.ts';
import type { Group, Vacancy } from './state.ts';
import { turnMs } from './timing.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';

export function standBy(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  const all = voices(turn, group.name);
  const [holder, ...beside] = holdersOf(all);
  if (holder !== undefined) {
    follow(turn, index, holder, !beside.some(({ entry }) => entry.role === 'active'));
    return;
  }
  const unknown = unknownPeer(turn, group.name);
  // Who names this node has let go, whatever else is still to come of its table.
  const named = resignersOf(group, all).some(({ entry }) => entry.successor === turn.settings.node);
  if (unknown !== null && !named) {
    changeGroup(turn, index, { vacancy: null, preemptSince: null, wants: 'nothing' });
    explain(turn, index, { kind: 'table-unknown', peer: unknown.node });
    return;
  }
  awaitTurn(turn, index, all);
}

export function standbyWakeAt(group: Group, preemptDelayMs: number, now: Instant): Instant {
  const claimAt = group.vacancy?.claimAt ?? never;
  const askAt =
    group.preemptSince !== null && group.wants === 'nothing'
      ? later(group.preemptSince, askAfterMs(group, preemptDelayMs))
      : never;
  // A deadline that has passed waits for the end of a poll, not for the clock.
  return earliest(claimAt > now ? claimAt : never, askAt);
}

/** Somebody holds the group, or may: stay behind, and ask for it where that is due. */
function follow(turn: Turn, index: number, holder: Voice, isAlone: boolean): void {
  // It was this node's turn, and it had not claimed when somebody else did.
  if (groupAt(turn, index).group.vacancy?.successor === turn.settings.node) missOffer(turn, index);
  const { group, asked } = groupAt(turn, index);
  const node = holder.boot.node;
  changeGroup(turn, index, { holder: holder.boot.boot, vacancy: null });
  // Equal priorities never preempt: the tie-break settles who starts, not who has to go.
  const better = asked.preempt && !holder.entry.pinned && group.entry.priority > holder.entry.priority;
  // Nor takes this node what one of several gives up, a former life of the holder perhaps: it would follow the next.
  // Nor does it ask a life that is over perhaps: the next one hears the request, and gives up what it only just took.
  const isSure = isAlone && holder.boot.proven && wasHeardSince(holder.boot);
  const asks = better && isSure && holder.entry.role === 'active';
  // A holder that yields to whom no majority can vote for is followed by nobody.
  if (!asks || gatewayHinders(turn) !== null || quorumHinders(turn, index) !== null) {
    changeGroup(turn, index, { preemptSince: null, wants: 'nothing' });
    explain(turn, index, reasonBehind(holder));
    return;
  }
  const preemptSince = group.preemptSince ?? turn.now;
  const asking = later(preemptSince, askAfterMs(group, asked.preemptDelayMs)) <= turn.now;
  changeGroup(turn, index, { preemptSince, wants: asking ? 'preempt' : 'nothing' });
  explain(
    turn,
    index,
    asking
      ? { kind: 'asked-to-preempt', holder: node }
      : { kind: 'waiting-to-preempt', holder: node, delayMs: askAfterMs(group, asked.preemptDelayMs) },
  );
}

/**
 * Nobody holds the group: the best standby claims at once, each further one waits an interval and X more.
 * Where nobody ever held it, a better node that is still listening counts too: hosts that start
 * together would otherwise claim together.
 */
function awaitTurn(turn: Turn, index: number, all: readonly Voice[]): void {
  const { group } = groupAt(turn, index);
  const open = resignedVacancy(turn, group, all) ?? group.vacancy ?? silentVacancy(turn, group, all);
  const ahead = countAhead(turn, group, all, open);
  const { since, reason, resigned, successor } = open;
  const vacancy = { since, reason, resigned, successor, claimAt: later(since, ahead * turnMs(turn.settings)) };
  changeGroup(turn, index, { vacancy, preemptSince: null, wants: 'nothing' });
  const atOnce = vacancy.resigned && ahead === 0;
  if (turn.state.behind === null && (atOnce || turn.judged >= vacancy.claimAt)) {
    const hindrance = hindranceTo(turn, index);
    if (hindrance === null) claim(turn, index, vacancy, ahead);
    else {
      // What hinders everybody ends for everybody at once: the order of rank begins then.
      if (turn.state.quorum !== null) changeGroup(turn, index, { vacancy: { ...vacancy, since: turn.now } });
      explain(turn, index, hindrance);
    }
    return;
  }
  // Whoever was held back in its turn says why, until a poll shows whether that is over.
  if (vacancy.claimAt > turn.now || group.vacancy === null) explain(turn, index, { kind: 'waiting-turn', ahead });
  if (vacancy.claimAt <= turn.now) turn.wantPoll = true;
}

/** A holder said that it lets go. Any other word than `active` from it is a resignation too. */
function resignedVacancy(turn: Turn, group: Group, all: readonly Voice[]): Vacancy | null {
  const resigners = resignersOf(group, all);
  const known = group.vacancy?.resigned === true && group.vacancy.successor !== null ? group.vacancy : null;
  const first = known === null ? resigners[0] : resigners.find(({ boot }) => boot.node === known.successor);
  if (first === undefined && known !== null) return known;
  const resigner =
    handedOn(first, resigners) ??
    // Whoever only claimed gave nothing up, as long as a holder is unaccounted for.
    (group.vacancy === null && lostHoldersOf(turn, group.name).size === 0
      ? all.find(({ boot }) => boot.proven && boot.boot === group.holder)
      : undefined);
  if (resigner === undefined) return null;
  const { successor } = resigner.entry;
  const by = resigner.boot.node;
  const named = successor === turn.settings.node;
  const reason: Reason = named ? { kind: 'handed-over', by } : { kind: 'resigned', by };
  const since = known === null && group.vacancy?.resigned === true ? group.vacancy.since : turn.now;
  return { since, reason, resigned: true, successor, claimAt: never };
}

/** Whoever was named may have handed the group on at once, to somebody who asked for it: its word is the later one. */
function handedOn(first: Voice | undefined, resigners: readonly Voice[]): Voice | undefined {
  let last = first;
  for (let steps = 1; steps < resigners.length; steps += 1) {
    const to = last?.entry.successor;
    last = resigners.find(({ boot }) => boot.node === to) ?? last;
  }
  return last;
}

/** The words for a node that joins the line: who holds the group now. */
export function standbyReason(turn: Turn, index: number): Reason {
  const { name } = groupAt(turn, index).group;
  const [holder] = holdersOf(voices(turn, name));
  if (holder !== undefined) return { kind: 'holder-live', holder: holder.boot.node };
  const unknown = unknownPeer(turn, name);
  return unknown === null ? { kind: 'no-holder' } : { kind: 'table-unknown', peer: unknown.node };
}

function silentVacancy(turn: Turn, group: Group, all: readonly Voice[]): Vacancy {
  const since = turn.judged === longAgo ? turn.now : turn.judged;
  const [first = group.holder] = lostHoldersOf(turn, group.name).keys();
  const lost = first === null ? undefined : turn.state.boots.get(first);
  // Whoever is not proven may say that it does not hold: that resigns nothing, and is no silence either.
  const reason: Reason =
    lost === undefined || all.some(({ boot }) => boot === lost)
      ? { kind: 'no-holder' }
      : { kind: 'holder-lost', holder: lost.node, silentMs: turn.now - lost.lastHeardAt };
  return { since, reason, resigned: false, successor: null, claimAt: never };
}

/** How many others go first: the named successor, then whoever ranks better than this node. */
function countAhead(turn: Turn, group: Group, all: readonly Voice[], { reason, successor }: Vacancy): number {
  if (successor === turn.settings.node) return 0;
  const mine = ownRank(turn, group);
  const better = (voice: Voice) => compareRank(rankOf(voice), mine) < 0;
  if (reason.kind === 'no-holder') return contenders(turn, all, ['standby', 'starting']).filter(better).length;
  // The word by which it became able may still be on its way: who named it has heard it.
  const isNamed = ({ boot, entry }: Voice) =>
    boot.node === successor && (entry.role === 'standby' || entry.role === 'starting');
  const others = contenders(turn, all, ['standby', 'starting', 'resigning']);
  const named = others.some(isNamed);
  return others.filter((voice) => {
    if (isNamed(voice)) return true;
    // When its successor cannot, a resigner may take the group back: it says at once whether it does.
    if (voice.entry.role === 'resigning') return successor !== null && !named && better(voice);
    return voice.entry.role === 'standby' && better(voice);
  }).length;
}
