// The candidate. A number that it sent counts for a group when a majority, itself among them, promised on
// hearing that number or a later one, under a table that already showed the present claim. Whoever has that
// may hold until a lease after the number was sent, by its own clock. The kernel's lease is one for all that
// this node holds, so it follows the group with the shortest mandate, and is renewed on nothing else.

import { type Instant, later, never } from '#lib/time';
import type { Effect } from '#model/effect';
import type { Vote } from '#model/advert';
import type { Input } from '#model/input';
import type { BootId, EffectId, GroupName, NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import type { Quorum } from '#model/settings';
import { quorumWith } from './copy-state.ts';
import { majorityOf, tooFewReachable, votes } from './electorate.ts';
import { voteForSelf } from './promises.ts';
import { isClaim, type QuorumState, type SentAdvert } from './quorum-state.ts';
import { hookAdopted } from './roles.ts';
import type { Boot } from './boot-state.ts';
import type { Group } from './state.ts';
import { leaseMs, leastLeaseMs, windowMs } from './timing.ts';
import { changeGroup, groupAt, newId, touch, type Turn } from './turn.ts';

/** A vote for an older advert comes too late to be of use. */
const mostSent = 256;

type Ballot = Pick<Vote, 'sequence' | 'tableVersion' | 'except'>;

interface Cast {
  readonly node: NodeName;
  readonly ballot: Ballot;
}

export function noteSpoken(turn: Turn, id: EffectId): void {
  const { quorum, tableVersion } = turn.state;
  if (quorum === null) return;
  const sent = quorum.sent.slice(firstOfUse(turn, quorum.sent));
  sent.push({ id, tableVersion, left: null });
  turn.state.quorum = quorumWith(quorum, { sent });
}

/** A number that left a lease ago gives no right to hold any more; of those the last is kept, as a bound for later ones. */
function firstOfUse(turn: Turn, sent: readonly SentAdvert[]): number {
  const over = later(turn.now, -leaseMs(turn.settings));
  const crowd = Math.max(0, sent.length + 1 - mostSent);
  for (let index = sent.length - 1; index > crowd; index -= 1) {
    const left = sent[index]?.left;
    if (left != null && left.at <= over) return index;
  }
  return crowd;
}

/** It left: now its numbers are known, and this node votes for them as others do. */
export function noteSent(turn: Turn, { id, at, last }: Extract<Input, { kind: 'sent' }>): void {
  const { quorum } = turn.state;
  if (quorum === null) return;
  const place = quorum.sent.findLastIndex((advert) => advert.id === id);
  const said = quorum.sent[place];
  if (said === undefined) return;
  const sent = quorum.sent.slice();
  sent[place] = { id, tableVersion: said.tableVersion, left: { at, last } };
  turn.state.quorum = quorumWith(quorum, { sent });
  // The words of two adverts may come in another order than they left: the later one has covered this one.
  const newest = sent.every(({ left }) => left === null || left.last <= last);
  if (newest) voteForSelf(turn, last, said.tableVersion);
  turn.recount = true;
}

/** Before the decisions of a step: what the votes known by now are worth for each group. */
export function countVotes(turn: Turn): void {
  const { quorum } = turn.state;
  if (quorum === null || !turn.recount || !turn.state.groups.some(({ role }) => isClaim(role))) return;
  const cast = ballotsOf(turn, quorum);
  // With no exceptions, groups that were claimed in one version have one answer.
  const plain = cast.every(({ ballot }) => ballot.except.length === 0);
  let [knownFor, until]: [number, Instant | null] = [Number.NaN, null];
  for (let index = 0; index < turn.state.groups.length; index += 1) {
    const { group } = groupAt(turn, index);
    if (!isClaim(group.role)) continue;
    if (!plain && isOutdone(cast, group)) touch(turn, group.name);
    if (!plain || group.epochVersion !== knownFor) until = mandateBy(turn, quorum, cast, group);
    knownFor = group.epochVersion;
    if (until === null || until <= group.mandate) continue;
    changeGroup(turn, index, { mandate: until });
    if (group.epochUnsure) hookAdopted(turn, index);
    if (group.role === 'claiming' && group.holdId === null) touch(turn, group.name);
  }
}

function ballotsOf(turn: Turn, quorum: QuorumState): Cast[] {
  const cast: Cast[] = [];
  const own = quorum.candidates.get(turn.state.boot);
  if (own !== undefined) cast.push({ node: turn.settings.node, ballot: own });
  for (const boot of turn.state.boots.values()) {
    const vote = voteFor(boot, turn.state.boot);
    if (vote === undefined || boot.node === turn.settings.node || !votes(turn, boot)) continue;
    cast.push({ node: boot.node, ballot: vote });
  }
  return cast;
}

function voteFor({ votes: said }: Boot, candidate: BootId): Vote | undefined {
  for (const vote of said?.given ?? []) if (vote.boot === candidate) return vote;
  return undefined;
}

/** Until when the highest number that counts lets this node hold the group; null when none does. */
function mandateBy(turn: Turn, quorum: QuorumState, cast: readonly Cast[], group: Group): Instant | null {
  const asked = turn.settings.quorum;
  if (asked === null) return null;
  const voters: NodeName[] = [];
  const counted: number[] = [];
  let own = 0;
  for (const { node, ballot } of cast) {
    const number = countedIn(ballot, group);
    const known = voters.indexOf(node);
    // Two lives of one node are one voter.
    if (known >= 0) counted[known] = Math.max(number, counted[known] ?? 0);
    else counted[voters.push(node) - 1] = number;
    if (node === turn.settings.node) own = Math.max(own, number);
  }
  const number = Math.min(own, reachedBy(majorityOf(asked), counted));
  const at = number === 0 ? null : sentAt(quorum.sent, number);
  return at === null ? null : later(at, leaseMs(turn.settings));
}

/** Why no majority's votes let this node hold the group: too few are there to vote, or too few did in time. */
export function whyNoMandate(turn: Turn, quorum: Quorum, index: number): Reason {
  const few = tooFewReachable(turn, quorum);
  if (few !== null || turn.state.quorum === null) return few ?? { kind: 'no-majority', votes: 0, needed: 0 };
  const { group } = groupAt(turn, index);
  const voted = new Set<NodeName>();
  for (const { node, ballot } of ballotsOf(turn, turn.state.quorum)) {
    const at = sentAt(turn.state.quorum.sent, countedIn(ballot, group));
    if (at !== null && mandateEndsAt(turn, later(at, leaseMs(turn.settings))) > turn.now) voted.add(node);
  }
  return { kind: 'too-few-votes', votes: voted.size, voters: quorum.voters.length, needed: majorityOf(quorum) };
}

/** The highest number that so many of them are not below; 0 where there is none. They are few: nothing is sorted. */
function reachedBy(needed: number, counted: readonly number[]): number {
  let highest = 0;
  for (const number of counted) {
    let reach = 0;
    for (const other of counted) if (other >= number) reach += 1;
    if (reach >= needed && number > highest) highest = number;
  }
  return highest;
}

/** The number that the ballot names, where it covers the group; else 0. */
function countedIn(
  { sequence, tableVersion, except }: Ballot,
  { name, epochVersion }: { name: GroupName; epochVersion: number },
): number {
  return tableVersion < epochVersion || except.some(({ group }) => group === name) ? 0 : sequence;
}

/** A claim that a voter refused because it had granted a later one: it has to be made anew, above that. */
export function mustClaimAnew(turn: Turn, group: Group): boolean {
  const { quorum } = turn.state;
  return quorum !== null && isOutdone(ballotsOf(turn, quorum), group);
}

function isOutdone(cast: readonly Cast[], { role, name, epoch, epochVersion, holdId }: Group): boolean {
  if (role !== 'claiming' || holdId !== null) return false;
  return cast.some(({ ballot: { tableVersion, except } }) => {
    return tableVersion >= epochVersion && except.some((one) => one.group === name && one.epoch >= epoch);
  });
}

/**
 * When a number left, or some instant before that. Between an advert whose numbers are known and the next one
 * there is no doubt; anything else is taken to have left with the last advert that is known to be older.
 */
export function sentAt(sent: readonly SentAdvert[], number: number): Instant | null {
  let older: Instant | null = null;
  let certain = false;
  for (const { left } of sent) {
    if (left === null) {
      certain = false;
      continue;
    }
    if (left.last >= number) return certain ? left.at : older;
    older = left.at;
    certain = true;
  }
  return older;
}

/** The end of the shortest mandate among groups whose addresses are there, or asked for. */
export function authorityUntil(turn: Turn): Instant {
  let until = never;
  for (const group of turn.state.groups) if (isOpen(group) && group.mandate < until) until = group.mandate;
  return until;
}

function isOpen({ role, holdId }: Group): boolean {
  return role === 'active' || (role === 'claiming' && holdId !== null);
}

/** A group is opened under the lease that runs for the others: it must be worth as much as that. */
export function mayOpen(turn: Turn, index: number): boolean {
  const { quorum } = turn.state;
  if (quorum === null) return true;
  const { mandate } = groupAt(turn, index).group;
  return mandateEndsAt(turn, mandate) > leastEnd(turn) && mandate >= quorum.grantedUntil;
}

/** What the kernel is asked for would not end before. */
function leastEnd(turn: Turn): Instant {
  return later(turn.now, leastLeaseMs(turn.settings));
}

/** A little before its end a mandate is over: there must be time for silence. */
export function mandateEndsAt(turn: Turn, mandate: Instant): Instant {
  return later(mandate, -windowMs(turn.settings));
}

/** Before anything else in a step: the kernel's lease has ended, so whatever came meanwhile came too late. */
export function mandateLapsed(turn: Turn): boolean {
  const { quorum } = turn.state;
  return quorum !== null && quorum.grantedUntil <= turn.now && turn.state.groups.some(isOpen);
}

export function mandateWakeAt(turn: Turn, group: Group): Instant {
  if (turn.state.quorum === null || !isOpen(group)) return never;
  return mandateEndsAt(turn, group.mandate);
}

/** After the decisions: whatever is still open lives on for as long as all of it may. */
export function quorumRenewal(turn: Turn): Effect | null {
  const { quorum } = turn.state;
  if (quorum === null) return null;
  const until = authorityUntil(turn);
  if (until === never || until <= quorum.grantedUntil || until <= leastEnd(turn)) return null;
  // Until what is let go of is deleted, the record must not say that this lease runs: the next step says it.
  const leaving = turn.release !== null;
  if (leaving && turn.hold === null) return null;
  turn.state.quorum = quorumWith(quorum, { grantedUntil: until });
  if (leaving || !turn.state.groups.some(({ role }) => role === 'active')) return null;
  let livePeers = 0;
  for (const { state } of turn.state.boots.values()) if (state === 'two-way') livePeers += 1;
  return { kind: 'renew', id: newId(turn), advertAt: later(until, -leaseMs(turn.settings)), until, livePeers };
}
