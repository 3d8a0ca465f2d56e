// Who votes: the list of voters and what a majority of it is, whether enough of them could answer now, and
// how the list may change. Two majorities of lists that differ by one name have a node in common; with more
// than one name that is not so, and a node that remembers such a list neither votes nor holds.

import { hash64 } from '#lib/hash';
import { later } from '#lib/time';
import type { StartFacts } from '#model/input';
import type { BootId, NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import { type Quorum, rateMargin, type Settings } from '#model/settings';
import { quorumWith } from './copy-state.ts';
import { duplicateOf } from './neighbours.ts';
import { raise, settle } from './problems.ts';
import type { Boot } from './boot-state.ts';
import { windowMs } from './timing.ts';
import { groupAt, type Turn } from './turn.ts';

export function votersHash({ voters, longestHoldMs }: Quorum): string {
  return hash64(JSON.stringify([voters, longestHoldMs]));
}

export function majorityOf({ voters }: Quorum): number {
  return Math.floor(voters.length / 2) + 1;
}

/** Names that stand in one list only. */
function namesChanged(before: readonly NodeName[], now: readonly NodeName[]): number {
  const gone = before.filter((name) => !now.includes(name)).length;
  return gone + now.filter((name) => !before.includes(name)).length;
}

export function isMuted({ voters }: Quorum, { remembered }: StartFacts): boolean {
  return remembered !== null && namesChanged(remembered.voters, voters) > 1;
}

/** Proven, in the list, counting the same list, and the only one of its name. */
export function votes(turn: Turn, boot: Boot): boolean {
  const { quorum } = turn.settings;
  if (quorum === null || !boot.proven || boot.votes?.voters !== turn.state.quorum?.hash) return false;
  return quorum.voters.includes(boot.node) && duplicateOf(turn, boot.node) === null;
}

/** Voters that hear this node and can be heard, and could give it a vote for this group, itself included. */
export function reachableVoters(turn: Turn): NodeName[] {
  const names = new Set<NodeName>();
  if (!isSilent(turn)) names.add(turn.settings.node);
  for (const boot of turn.state.boots.values()) {
    if (boot.state === 'two-way' && boot.votes?.silent === false && votes(turn, boot)) names.add(boot.node);
  }
  return [...names].toSorted();
}

/** Since it may have forgotten a promise, or because nobody can tell whose promise it is. */
export function isSilent(turn: Turn): boolean {
  const { quorum } = turn.state;
  if (quorum === null) return false;
  return quorum.muted || quorum.silentUntil !== null || duplicateOf(turn, turn.settings.node) !== null;
}

/** A node that gives no vote to itself cannot hold: nobody hands anything over to it, or waits for its turn. */
export function couldHold(boot: Boot): boolean {
  return boot.votes?.silent !== true;
}

/**
 * As far as what that node says tells: whether a majority of the voters, this one and itself among them, could vote for
 * it. Votes need both ways, so each of the others has to be heard to hear it, and it to hear them.
 */
export function couldWin(turn: Turn, boot: Boot): boolean {
  const { quorum } = turn.settings;
  if (quorum === null) return true;
  if (!votes(turn, boot)) return false;
  const voting = new Set([boot.node]);
  if (!isSilent(turn)) voting.add(turn.settings.node);
  for (const other of turn.state.boots.values()) {
    if (other.state === 'lost' || other.votes?.silent !== false || !votes(turn, other)) continue;
    if (hears(turn, other, boot) && hears(turn, boot, other)) voting.add(other.node);
  }
  return voting.size >= majorityOf(quorum);
}

/** At rest an echo of a third node may be two intervals old. */
function hears({ now, settings }: Turn, one: Boot, other: Boot): boolean {
  const echo = one.echoes.get(other.boot);
  if (echo === undefined) return false;
  const slowestMs = one.intervalMs + other.intervalMs + windowMs(settings);
  return later(echo.risenAt, Math.max(one.downMs, slowestMs) + one.patienceMs) > now;
}

/** A claim that cannot win would only keep others waiting. */
export function quorumHinders(turn: Turn, index: number): Reason | null {
  const state = turn.state.quorum;
  const { quorum } = turn.settings;
  if (state === null || quorum === null) return null;
  const { group } = groupAt(turn, index);
  if (state.muted) return { kind: 'voters-changed' };
  const promise = state.promises.get(group.name);
  const standing = promise?.standing === true ? promise : null;
  if (isSilent(turn) && standing?.boot !== turn.state.boot) {
    return { kind: 'silent-voter', forMs: state.silentMs };
  }
  const few = tooFewReachable(turn, quorum);
  if (few !== null) return few;
  return group.restUntil > turn.now ? { kind: 'claim-rests', forMs: group.restUntil - group.since } : null;
}

/** Null while a majority hears this node and can answer it. */
export function tooFewReachable(turn: Turn, quorum: Quorum): Reason | null {
  const [reached, needed] = [reachableVoters(turn).length, majorityOf(quorum)];
  return reached < needed ? { kind: 'no-majority', votes: reached, needed } : null;
}

/** The other boot that this node has promised the group to. */
export function promisedTo(turn: Turn, index: number): { readonly boot: BootId; readonly node: NodeName } | null {
  const { quorum } = turn.state;
  const promise = quorum?.promises.get(groupAt(turn, index).group.name);
  if (quorum == null || promise?.standing !== true || promise.boot === turn.state.boot) return null;
  return { boot: promise.boot, node: quorum.candidates.get(promise.boot)?.node ?? '' };
}

/** How long a voter keeps a promise to whoever can hold for `holdMs` after an advert. */
export function promiseMs(holdMs: number): number {
  return rateMargin * holdMs;
}

export function silenceMs({ quorum }: Settings): number {
  return quorum === null ? 0 : promiseMs(quorum.longestHoldMs);
}

/** Peers that count otherwise, and whether this node's list is settled enough to be remembered. */
export function noteVoters(turn: Turn): void {
  const state = turn.state.quorum;
  const { quorum } = turn.settings;
  if (state === null || quorum === null) return;
  const differing: NodeName[] = [];
  for (const { state: lives, votes: said, node } of turn.state.boots.values()) {
    if (lives !== 'lost' && said?.voters !== state.hash) differing.push(node);
  }
  for (const peer of differing) raise(turn, { code: 'voters-differ', peer });
  settle(turn, (problem) => problem.code === 'voters-differ' && !differing.includes(problem.peer));
  if (state.remembered || state.muted || state.silentUntil !== null) return;
  const agreeing = new Set<NodeName>();
  for (const boot of turn.state.boots.values()) {
    if (boot.state !== 'lost' && votes(turn, boot)) agreeing.add(boot.node);
  }
  if (agreeing.size + 1 < majorityOf(quorum)) return;
  turn.state.quorum = quorumWith(state, { remembered: true });
  turn.late.push({ kind: 'remember', ...quorum });
}
