// The voter. For each group it promises one candidate at a time that it will vote for nobody else until a
// little after that candidate must have let go, counted from the moment it heard the number that the vote
// names. A promise ends before its time only when the candidate itself said, in order, that it let go, or
// when a successor names that very claim as the one it goes on from, or when it was turned off. Its own vote obeys
// the same rules.

import { copyOfMap } from '#lib/map-copy';
import { earliest, type Instant, later, latest, longAgo, never } from '#lib/time';
import type { GroupEntry, VoteException } from '#model/advert';
import type { BootId, GroupName, NodeName } from '#model/names';
import { fallen, quorumWith } from './copy-state.ts';
import { isSilent, promiseMs } from './electorate.ts';
import { mayStillAnswer } from './group-entry.ts';
import { raise, settle } from './problems.ts';
import { type Candidate, isClaim, type Promised, type QuorumState } from './quorum-state.ts';
import { sameEntries } from './same.ts';
import type { Boot } from './boot-state.ts';
import { holdMs } from './timing.ts';
import type { Turn } from './turn.ts';
import { isFenced } from './turned-off.ts';
import { type Asked, isCrowdedOut, voteOf } from './voting.ts';

const mostPromises = 8192;

/** Whoever asks for votes: what it claims, and the number by which it asks. */
interface Asking extends Asked {
  readonly entries: Iterable<GroupEntry>;
}

/** Before anything else in a step: promises whose time is over end, and so does a silence. */
export function endPromises(turn: Turn): void {
  const { quorum } = turn.state;
  if (quorum === null) return;
  let over: Set<BootId> | null = null;
  for (const [boot, { until }] of quorum.candidates) {
    if (until <= turn.now && until !== longAgo) over = (over ?? new Set()).add(boot);
  }
  if (over !== null) {
    turn.state.quorum = withoutPromises(quorum, over);
    turn.stirred = true;
  }
  const { silentUntil } = turn.state.quorum ?? quorum;
  if (silentUntil === null || silentUntil > turn.now) return;
  turn.state.quorum = quorumWith(turn.state.quorum ?? quorum, { silentUntil: null });
  turn.stirred = true;
  turn.speak = true;
}

export function promisesWakeAt(turn: Turn): Instant {
  const { quorum } = turn.state;
  if (quorum === null) return never;
  let at = quorum.silentUntil ?? never;
  for (const { until } of quorum.candidates.values()) if (until !== longAgo) at = earliest(at, until);
  return at;
}

/** A newer word of another node, already applied: `before` is what was known of it until now. */
export function hearCandidate(turn: Turn, before: Boot, boot: Boot): void {
  const { quorum } = turn.state;
  // What was still on its way when it was turned off brings no promise back.
  if (quorum === null || !boot.proven || isFenced(turn, boot.boot)) return;
  const known = quorum.candidates.get(boot.boot);
  const sameWord = before.table === boot.table && before.proven && before.state !== 'lost';
  if (known !== undefined && sameWord && lastsOn(known)) prolong(turn, askingOf(boot), known);
  else if (known !== undefined || !sameWord) review(turn, askingOf(boot));
}

/** Whoever is off holds nothing, and gets no vote before it is heard again. */
export function freeTurnedOff(turn: Turn): void {
  const { quorum } = turn.state;
  if (quorum === null) return;
  const off = [...quorum.candidates].filter(([id, { until }]) => until !== longAgo && isFenced(turn, id));
  if (off.length === 0) return;
  turn.state.quorum = withoutPromises(quorum, new Set(off.map(([id]) => id)));
  turn.stirred = true;
}

/** An advert of this node left: its own vote for the number, by the same rules as any other. */
export function voteForSelf(turn: Turn, sequence: number, tableVersion: number): void {
  const { quorum } = turn.state;
  if (quorum === null) return;
  const known = quorum.candidates.get(turn.state.boot);
  // As with every advert of a node that is no holder: nothing is asked for, and nothing was given that could end.
  const asksNothing = known === undefined && !turn.state.groups.some(({ role }) => isClaim(role));
  if (asksNothing && !isPromised(quorum.promises, turn.state.boot)) return;
  const asking = ownAsking(turn, sequence, tableVersion);
  const sameWord = known?.tableVersion === tableVersion && tableVersion === turn.state.tableVersion;
  if (known !== undefined && sameWord && lastsOn(known)) prolong(turn, asking, known);
  else review(turn, asking);
}

/** All that it claims was promised to it, and that is not over. */
function lastsOn({ refused, until }: Candidate): boolean {
  return !refused && until !== longAgo;
}

/** After the decisions of a step: what this node let go of is free, and whoever was refused is asked again. */
export function reconsider(turn: Turn): void {
  if (turn.state.quorum === null) return;
  freeWhatIsLetGo(turn);
  forgetTheDead(turn);
  for (const [id, { refused, sequence, tableVersion }] of turn.state.quorum.candidates) {
    if (!refused) continue;
    const boot = turn.state.boots.get(id);
    if (id === turn.state.boot) review(turn, ownAsking(turn, sequence, tableVersion));
    else if (boot !== undefined && boot.state !== 'lost') review(turn, askingOf(boot));
  }
}

/** Nothing is promised to them, and they will not ask again. */
function forgetTheDead(turn: Turn): void {
  const { quorum, boots, boot: own } = turn.state;
  if (quorum === null) return;
  let candidates: Map<BootId, Candidate> | null = null;
  for (const [id, { until }] of quorum.candidates) {
    if (until !== longAgo || id === own || (boots.get(id)?.state ?? 'lost') !== 'lost') continue;
    candidates ??= copyOfMap(quorum.candidates);
    candidates.delete(id);
  }
  if (candidates !== null) turn.state.quorum = quorumWith(quorum, { candidates });
}

/**
 * Of a claim that opened nothing this node alone knows that for certain. So it forgets what it granted itself: a holder of
 * before, whom only this node lost, may need its vote.
 */
function freeWhatIsLetGo(turn: Turn): void {
  const { quorum } = turn.state;
  if (quorum?.candidates.has(turn.state.boot) !== true) return;
  let promises: Map<GroupName, Promised> | null = null;
  for (const group of turn.state.groups) {
    const { name, role } = group;
    const promise = quorum.promises.get(name);
    if (promise?.boot !== turn.state.boot || isClaim(role) || mayStillAnswer(group)) continue;
    if (!promise.standing && promise.unopened === null) continue;
    promises ??= copyOfMap(quorum.promises);
    const left = promise.unopened === null ? fallen(promise) : promise.unopened.before;
    if (left === undefined) promises.delete(name);
    else promises.set(name, left);
  }
  if (promises !== null) turn.state.quorum = quorumWith(quorum, { promises });
}

/** The kernel is asked to answer for the group: from here on the claim counts, whatever becomes of it. */
export function noteOpening(turn: Turn, name: GroupName): void {
  const { quorum } = turn.state;
  const promise = quorum?.promises.get(name);
  if (quorum === null || promise === undefined || promise.unopened === null) return;
  const promises = copyOfMap(quorum.promises).set(name, { ...promise, unopened: null });
  turn.state.quorum = quorumWith(quorum, { promises });
}

/** The same claims as before, under a higher number: they all last longer, at the cost of one. */
function prolong(turn: Turn, asking: Asking, known: Candidate): void {
  const { quorum } = turn.state;
  if (quorum === null || tooLong(turn, asking)) return;
  const { boot, sequence, tableVersion } = asking;
  const until = latest(known.until, later(turn.now, promiseMs(asking.holdMs)));
  const candidates = copyOfMap(quorum.candidates);
  const { node, except, refused } = known;
  candidates.set(boot, { node, until, sequence, tableVersion, except, refused });
  turn.state.quorum = quorumWith(quorum, { candidates });
}

/** Judges every claim of a candidate anew. */
function review(turn: Turn, asking: Asking): void {
  const { quorum } = turn.state;
  if (quorum === null) return;
  const known = quorum.candidates.get(asking.boot);
  const promises = copyOfMap(quorum.promises);
  const except: VoteException[] = [];
  const silent = isSilent(turn);
  const barred = tooLong(turn, asking) || isCrowdedOut(turn, asking.boot);
  let [granted, fresh, claiming] = [0, false, false];
  for (const entry of asking.entries) {
    const promise = promises.get(entry.group);
    const mine = promise?.standing === true && promise.boot === asking.boot;
    if (!isClaim(entry.role)) {
      if (mine) promises.set(entry.group, fallen(promise));
      continue;
    }
    if (entry.role === 'claiming') claiming = true;
    const refusal = barred ? notNow : refusalOf({ quorum, silent }, asking, entry, promise);
    if (refusal !== null) {
      except.push({ group: entry.group, epoch: refusal.epoch });
      continue;
    }
    granted += 1;
    if (mine && promise.epoch === entry.epoch) continue;
    const unopened =
      asking.boot === turn.state.boot && entry.role === 'claiming' ? { before: displaced(promise) } : null;
    promises.set(entry.group, { boot: asking.boot, epoch: entry.epoch, standing: true, unopened });
    fresh = true;
  }
  const moved = !sameEntries(quorum.promises, promises);
  if (moved) turn.stirred = true;
  const candidates = copyOfMap(quorum.candidates);
  const vote = voteOf(turn, asking, known, granted, except);
  if (vote !== null) candidates.set(asking.boot, vote);
  // Met again, its table is not known yet: what it was promised ends with its time all the same.
  else if (!isPromised(promises, asking.boot)) candidates.delete(asking.boot);
  // The last part of a table with claims came: only now the vote covers them. What cannot be told is no reason to speak.
  const completes = claiming && known !== undefined && vote !== null && known.tableVersion !== vote.tableVersion;
  const outdone = isOutdone(vote) && !isOutdone(known);
  if (asking.boot !== turn.state.boot && (fresh || completes || outdone)) turn.speak = true;
  turn.state.quorum = quorumWith(quorum, { promises: moved ? promises : quorum.promises, candidates });
}

function isOutdone(vote: Candidate | null | undefined): boolean {
  return vote?.except.some(({ epoch }) => epoch > 0) === true;
}

/** Under whatever numbers one claim is made anew, it takes the place of the same promise. */
function displaced(promise: Promised | undefined): Promised | undefined {
  if (promise?.unopened != null) return promise.unopened.before;
  return promise === undefined ? undefined : fallen(promise);
}

function isPromised(promises: QuorumState['promises'], boot: BootId): boolean {
  for (const promise of promises.values()) if (promise.standing && promise.boot === boot) return true;
  return false;
}

/** Null where the promise is given; otherwise which granted epoch stands above the claim, 0 for any other reason. */
function refusalOf(
  { quorum, silent }: { readonly quorum: QuorumState; readonly silent: boolean },
  asking: Asking,
  entry: GroupEntry,
  promise: Promised | undefined,
): { readonly epoch: number } | null {
  if (promise === undefined && quorum.promises.size >= mostPromises) return notNow;
  if (promise?.standing === true) {
    if (promise.boot === asking.boot) return entry.epoch >= promise.epoch ? null : { epoch: promise.epoch };
    if (!inherits(entry, promise)) return notNow;
  } else if (silent) return notNow;
  const least = promise?.epoch ?? 0;
  if (promise?.boot === asking.boot) return entry.epoch >= least ? null : { epoch: least };
  // A holder may be older than this start of the voter; a new claim must not look older than what was forgotten.
  const bar = entry.role === 'active' ? least : Math.max(least, quorum.epochFloor);
  return entry.epoch > bar ? null : { epoch: bar };
}

const notNow = { epoch: 0 };

function inherits(entry: GroupEntry, promise: Promised): boolean {
  return entry.inherits !== null && entry.inherits.boot === promise.boot && promise.epoch <= entry.inherits.epoch;
}

function tooLong(turn: Turn, asking: { readonly node: NodeName; readonly holdMs: number }): boolean {
  const longestMs = turn.settings.quorum?.longestHoldMs ?? 0;
  const { node: peer } = asking;
  if (asking.holdMs <= longestMs) {
    settle(turn, (problem) => problem.code === 'hold-too-long' && problem.peer === peer);
    return false;
  }
  raise(turn, { code: 'hold-too-long', peer, holdMs: asking.holdMs, longestMs });
  return true;
}

function askingOf(boot: Boot): Asking {
  const { node, sequence, table } = boot;
  const entries = table.entries.values();
  return { boot: boot.boot, node, holdMs: boot.holdMs, sequence, tableVersion: table.held, entries };
}

function ownAsking(turn: Turn, sequence: number, tableVersion: number): Asking {
  const { boot } = turn.state;
  const entries = ownClaims(turn);
  return { boot, node: turn.settings.node, holdMs: holdMs(turn.settings), sequence, tableVersion, entries };
}

/** What was last said of each group, and what has become of it since. Made only if it is looked at. */
function* ownClaims(turn: Turn): Iterable<GroupEntry> {
  for (const group of turn.state.groups) {
    const { entry, role } = group;
    yield mayStillAnswer(group) ? entry : { ...entry, role };
  }
}

function withoutPromises(quorum: QuorumState, over: ReadonlySet<BootId>): QuorumState {
  const promises = copyOfMap(quorum.promises);
  for (const [group, promise] of promises) {
    if (over.has(promise.boot)) promises.set(group, fallen(promise));
  }
  const ended = ({ node, tableVersion, except, refused }: Candidate): Candidate => {
    return { node, until: longAgo, sequence: 0, tableVersion, except, refused };
  };
  const candidates = [...quorum.candidates].map(([id, it]) => [id, over.has(id) ? ended(it) : it] as const);
  return quorumWith(quorum, { promises, candidates: new Map(candidates) });
}
