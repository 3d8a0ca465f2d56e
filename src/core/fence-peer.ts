// A lost holder is turned off before its addresses are claimed. One operation for a node covers all of its
// groups; one runs at a time. Only who claims fences: a holder never does, nor does anybody fence a node that
// is heard, here or by a third. What a success is worth ends when the node is heard again.

import { earliest, type Instant, later, latest, never } from '#lib/time';
import type { Input } from '#model/input';
import type { BootId, EffectId, NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import { outcomeWord } from './checks.ts';
import { absentees } from './consent.ts';
import { raise, settle } from './problems.ts';
import { maxBoots } from './peers.ts';
import { suspectsOf } from './probing.ts';
import { freeTurnedOff } from './promises.ts';
import type { Vacancy } from './state.ts';
import { liveBootOf, lostHoldersOf } from './lost-holders.ts';
import { turnMs } from './timing.ts';
import { groupAt, newId, tell, type Turn } from './turn.ts';
import { isFenced, numberOf } from './turned-off.ts';

/** The operation under way. */
export interface Fencing {
  readonly id: EffectId;
  readonly node: NodeName;
  /** The lives of that node that it is to end, each with the highest number that was known of it when it began. */
  readonly boots: ReadonlyMap<BootId, number>;
}

/** What came of the last one, for as long as that node stays silent. */
export interface FenceFailure {
  readonly outcome: string;
  readonly retryAt: Instant;
  readonly retryMs: number;
}

const firstRetryMs = 1000;
const lastRetryMs = 60_000;

/**
 * A claim of this group would begin with a fence now: whatever else speaks for a living holder (the wire, for
 * one) is asked only if that fence fails.
 */
export function fenceIsDue(turn: Turn, index: number): boolean {
  return unfenced(turn, index).some((node) => mayBeFenced(turn, node) && isDueOrRunning(turn, node));
}

/** A claim of this group would begin with turning that very boot off. */
export function fenceIsDueFor(turn: Turn, index: number, id: BootId): boolean {
  const node = lostHoldersOf(turn, groupAt(turn, index).group.name).get(id);
  if (turn.settings.fence.peer === null || node === undefined || isFenced(turn, id)) return false;
  return mayBeFenced(turn, node) && isDueOrRunning(turn, node);
}

/** What keeps a claim from beginning: a required fence that may not be tried, or may not be tried again yet. */
export function fenceHinders(turn: Turn, index: number): Reason | null {
  const { peer, peerRequired } = turn.settings.fence;
  if (peer === null || !peerRequired) return null;
  const nodes = unfenced(turn, index);
  const unheard = unheardNodes(turn);
  const { vacancy } = groupAt(turn, index).group;
  const handed = nodes.length === 0 && vacancy?.resigned === true && vacancy.successor !== null;
  if (unheard.length > 0 && !handed) return { kind: 'nodes-unheard', nodes: unheard.join(', ') };
  if (!handed && vacancy !== null && turnSinceMet(turn, vacancy) > turn.now)
    return { kind: 'waiting-turn', ahead: Math.round((vacancy.claimAt - vacancy.since) / turnMs(turn.settings)) };
  const [first] = nodes;
  if (first === undefined || fenceIsDue(turn, index)) return null;
  return failureReason(turn, nodes) ?? { kind: 'heard-elsewhere', peer: first };
}

/** How far the fence of a claim is: it is waited for, it did not work, or there is nobody (any more) to turn off. */
export function fenceOfClaim(turn: Turn, index: number): 'wait' | 'failed' | 'done' {
  const nodes = unfenced(turn, index);
  if (nodes.length === 0) return 'done';
  // What can still be done for one of them is waited for, whatever is to be said of the others.
  return fenceIsDue(turn, index) ? 'wait' : 'failed';
}

/** The node that a claim waits for, as a reason for people. */
export function fencingReason(turn: Turn, index: number): Reason | null {
  if (groupAt(turn, index).group.role !== 'claiming') return null;
  const [peer] = unfenced(turn, index);
  return peer === undefined ? null : { kind: 'fencing', peer };
}

/** After the groups were looked at: the next operation, for the first claim that waits for one. */
export function driveFences(turn: Turn): void {
  const { peer, peerRequired } = turn.settings.fence;
  if (peer === null || turn.state.fencing !== null || turn.state.stopping !== null) return;
  if (!turn.state.groups.some(({ role }) => role === 'claiming')) return;
  if (peerRequired && unheardNodes(turn).length > 0) return;
  for (const index of turn.state.groups.keys()) {
    if (groupAt(turn, index).group.role !== 'claiming') continue;
    const node = unfenced(turn, index).find(
      (name) => mayBeFenced(turn, name) && isDueOrRunning(turn, name) && turnAt(turn, name) <= turn.now,
    );
    if (node === undefined) continue;
    startFence(turn, node);
    return;
  }
}

/** True when the outcome was of an operation of this kind. */
export function takePeerRan(turn: Turn, { id, outcome, ms, output }: Extract<Input, { kind: 'fence-ran' }>): boolean {
  const { fencing } = turn.state;
  if (fencing === null || fencing.id !== id) return false;
  const { node: peer, boots } = fencing;
  turn.state.fencing = null;
  turn.stirred = true;
  const isOff = outcome.kind === 'exit' && outcome.code === 0;
  const unheard = [...boots].every(([boot, number]) => (turn.state.boots.get(boot)?.sequence ?? number) <= number);
  const counts = isOff && unheard && liveBootOf(turn, peer, false) === undefined;
  tell(turn, { code: 'fence-peer-ended', peer, outcome, ms, output, counts });
  if (counts) remember(turn, boots);
  if (isOff) forgive(turn, peer);
  else fail(turn, peer, outcomeWord(outcome), output);
  return true;
}

/** Failures of nodes that are heard again are over; and what a new life of one says counts. */
export function noteFences(turn: Turn): void {
  if (turn.settings.fence.peer === null) return;
  for (const node of turn.state.fenceFailures.keys())
    if (liveBootOf(turn, node, true) !== undefined) forgive(turn, node);
  if (!turn.settings.fence.peerRequired || turn.state.metAt !== never) return;
  const met = new Set(turn.state.met);
  for (const boot of turn.state.boots.values()) if (boot.proven) met.add(boot.node);
  turn.state.met = met;
  if (unheardNodes(turn).length > 0) return;
  turn.state.metAt = turn.now;
  turn.stirred = true;
}

/** When a claim of this group can go on: a failed fence may be tried again, or it is this node's turn to fence. */
export function peerFenceWakeAt(turn: Turn, index: number): Instant {
  const { role } = groupAt(turn, index).group;
  if (role !== 'standby' && role !== 'claiming') return never;
  const { vacancy } = groupAt(turn, index).group;
  const sinceMet = vacancy === null ? never : turnSinceMet(turn, vacancy);
  let wakeAt = sinceMet > turn.now ? sinceMet : never;
  for (const node of unfenced(turn, index)) {
    const retryAt = turn.state.fenceFailures.get(node)?.retryAt ?? never;
    if (retryAt > turn.now) wakeAt = earliest(wakeAt, retryAt);
    const fenceAt = role === 'claiming' ? turnAt(turn, node) : never;
    if (fenceAt > turn.now) wakeAt = earliest(wakeAt, fenceAt);
  }
  return wakeAt;
}

function startFence(turn: Turn, node: NodeName): void {
  const lost = [...turn.state.boots.values()].filter((boot) => boot.node === node);
  const boots = new Set(lost.map(({ boot }) => boot));
  for (const suspects of turn.state.lostHolders.values())
    for (const [id, name] of suspects) if (name === node) boots.add(id);
  // Of a lost holder that made room for others nobody knows any more when it was heard.
  const silentMs = lost.length === 0 ? null : turn.now - latest(...lost.map(({ lastHeardAt }) => lastHeardAt));
  turn.state.fencing = { id: newId(turn), node, boots: new Map([...boots].map((id) => [id, numberOf(turn, id)])) };
  tell(turn, { code: 'fence-peer', peer: node, silentMs });
  turn.late.push({ kind: 'fence-peer', id: turn.state.fencing.id, node, silentMs });
}

/** The nodes that must be off before this node may hold the group, or should be where that is not required. */
function unfenced(turn: Turn, index: number): NodeName[] {
  const { peer, peerRequired } = turn.settings.fence;
  if (peer === null) return [];
  const nodes = new Set<NodeName>();
  for (const [id, node] of lostHoldersOf(turn, groupAt(turn, index).group.name)) {
    // Who is heard is asked itself.
    const isHeard = (turn.state.boots.get(id)?.state ?? 'lost') !== 'lost';
    if (!isHeard && !isFenced(turn, id)) nodes.add(node);
  }
  for (const { boot, node } of absentees(turn, index)) if (!isFenced(turn, boot)) nodes.add(node);
  return [...nodes].filter((node) => peerRequired || mayBeFenced(turn, node));
}

/** Nobody who lives hears any life of it. */
function mayBeFenced(turn: Turn, node: NodeName): boolean {
  const lives = [...turn.state.boots.values()].filter((boot) => boot.node === node);
  return lives.every((boot) => boot.state === 'lost' && !heardByThird(turn, boot.boot));
}

/**
 * Its number still rises in what another live node echoes: it lives, and only its way to here is cut. Silence asks for a
 * two-way witness; here one that does not hear this node will do, since a fence must not hit whoever anybody hears. For
 * whoever is spared the rules without a fence decide, or the claim waits.
 */
function heardByThird(turn: Turn, id: BootId): boolean {
  for (const other of turn.state.boots.values()) {
    const echo = other.echoes.get(id);
    if (other.state === 'lost' || !other.proven || echo === undefined) continue;
    const known = turn.state.boots.get(id);
    if (known !== undefined && echo.sequence <= known.sequence) continue;
    if (later(echo.risenAt, (known ?? other).downMs) > turn.now) return true;
  }
  return false;
}

function isDueOrRunning(turn: Turn, node: NodeName): boolean {
  if (turn.state.fencing?.node === node) return true;
  const failure = turn.state.fenceFailures.get(node);
  if (failure === undefined) return true;
  // Where nothing depends on it, it is tried once.
  return turn.settings.fence.peerRequired && failure.retryAt <= turn.now;
}

/** Two that lost each other would shoot each other: each waits until the fence of whoever goes first must be over. */
function turnAt(turn: Turn, node: NodeName): Instant {
  const lost = [...turn.state.boots.values()].filter((boot) => boot.node === node);
  if (lost.length === 0) return turn.now;
  // It loses this node a down time after it said its last word, and then has as long as a fence may take.
  const silentSince = latest(...lost.map(({ lastHeardAt }) => lastHeardAt));
  const downMs = Math.max(...lost.map((boot) => boot.downMs));
  const { timeoutMs } = turn.settings.fence;
  const ahead = countFencesAhead(turn, node, silentSince);
  // What it ordered while it did not hear this node may still be under way.
  if (ahead === 0) return later(latest(...lost.map(({ orderedAt }) => orderedAt)), downMs + timeoutMs);
  return later(silentSince, ahead * (2 * downMs + timeoutMs));
}

/**
 * Whoever lost a holder or a claimant goes first, for that one waits; holders of different groups go by their names. Those
 * that know nothing worse of each other than silence come last.
 */
function countFencesAhead({ settings, state }: Turn, node: NodeName, silentSince: Instant): number {
  const byName = settings.node < node ? 0 : 1;
  if (![...state.lostHolders.values()].some((lost) => [...lost.values()].includes(node))) return 2 + byName;
  if (state.groups.some(({ role }) => role === 'active')) return byName;
  // It may have given way to a claim of this node, which went on.
  const gaveWay = state.groups.some(({ role, since }) => role === 'claiming' && since <= silentSince);
  return settings.fence.peerRequired && gaveWay ? 1 : 0;
}

/** All nodes that waited for the same one hear it at once: their turns count from then on. */
function turnSinceMet(turn: Turn, { since, claimAt }: Vacancy): Instant {
  return turn.state.metAt === never ? never : later(turn.state.metAt, claimAt - since);
}

/** What the wire has to say about a lost holder counts only where no fence is to come, and none succeeded. */
export function fenceDecides(turn: Turn, index: number): boolean {
  const { name } = groupAt(turn, index).group;
  // Without an agent of its own a node keeps no list of them, but hears what those of others did.
  const agent = turn.settings.fence.peer !== null;
  const lost = agent ? [...lostHoldersOf(turn, name).keys()] : suspectsOf(turn, name).map(({ boot }) => boot);
  return fenceIsDue(turn, index) || (lost.length > 0 && lost.every((id) => isFenced(turn, id)));
}

/** Why a claim cannot be made that waited for a fence. */
export function failureOf(turn: Turn, index: number): Reason | null {
  return failureReason(turn, unfenced(turn, index));
}

function failureReason(turn: Turn, nodes: readonly NodeName[]): Reason | null {
  for (const peer of nodes) {
    const failure = turn.state.fenceFailures.get(peer);
    if (failure !== undefined)
      return { kind: 'fence-failed', peer, outcome: failure.outcome, retryMs: failure.retryMs };
  }
  return null;
}

function fail(turn: Turn, peer: NodeName, outcome: string, output: string): void {
  const known = turn.state.fenceFailures.get(peer);
  const retryMs = known === undefined ? firstRetryMs : Math.min(lastRetryMs, known.retryMs * 2);
  const failure = { outcome, retryMs, retryAt: later(turn.now, retryMs) };
  turn.state.fenceFailures = new Map([...turn.state.fenceFailures, [peer, failure] as const].slice(-maxBoots));
  raise(turn, { code: 'fence-failed', peer, outcome, output, blocked: turn.settings.fence.peerRequired });
}

function forgive(turn: Turn, peer: NodeName): void {
  const failures = new Map(turn.state.fenceFailures);
  failures.delete(peer);
  turn.state.fenceFailures = failures;
  settle(turn, (problem) => problem.code === 'fence-failed' && problem.peer === peer);
}

/** The oldest go first: they were claimed from long ago. Said at once: others wait for it too. */
function remember(turn: Turn, boots: ReadonlyMap<BootId, number>): void {
  const known = [...turn.state.fencedBoots].filter(([id]) => !boots.has(id));
  turn.state.fencedBoots = new Map([...known, ...boots].slice(-maxBoots));
  turn.speak = true;
  freeTurnedOff(turn);
}

function unheardNodes(turn: Turn): NodeName[] {
  const { nodes, node } = turn.settings;
  return (nodes ?? []).filter((name) => name !== node && !turn.state.met.has(name));
}
