// This node fences itself, because an operator or a check says so: every group is let go and handed over,
// the latch goes to the disk as soon as the addresses are gone (so that a reboot by the program that comes
// next finds it there), then the program runs. Fenced until an operator or the time given ends it.

import { earliest, type Instant, later, never } from '#lib/time';
import type { Answer, Failed, FenceCause, Latch, RequestId } from '#model/fence';
import type { Input } from '#model/input';
import type { CheckName, EffectId } from '#model/names';
import { outcomeWord } from './checks.ts';
import { raise, settle } from './problems.ts';
import { afterResigning } from './resigning.ts';
import { become, explain, letGo, listen, resign } from './roles.ts';
import { groupAt, newId, tell, type Turn } from './turn.ts';

export interface SelfFence {
  readonly cause: FenceCause;
  readonly since: Instant;
  /** Null until an operator ends it. */
  readonly until: Instant | null;
  /** `releasing` while addresses, word and latch are under way. */
  readonly stage: 'releasing' | 'held';
  /** The writing of the latch, or its removal, whose outcome is awaited. */
  readonly latchId: EffectId | null;
  readonly latchError: string | null;
  /** How often the disk refused the latch. */
  readonly latchTries: number;
  readonly retryAt: Instant;
  /** The program was run for this fence, or must not be. */
  readonly ran: boolean;
  readonly programId: EffectId | null;
  /** The latch is being taken away: for an operator, or because time is up. */
  readonly lifting: { readonly request: RequestId | null } | null;
  /** Operators who wait until this node holds nothing. BOUNDED by `mostRequests`. */
  readonly asked: readonly RequestId[];
}

const mostRequests = 32;
const latchRetryMs = 5000;

/** A disk may refuse for a moment. One that goes on does not keep a node from its program that has to be fenced. */
const mostLatchTries = 3;

export function takeFence(turn: Turn, { request, text }: Extract<Input, { kind: 'fence' }>): void {
  if (turn.state.stopping !== null) answer(turn, request, { kind: 'refused', why: { kind: 'stopping' } });
  else if ((turn.state.fence?.asked.length ?? 0) >= mostRequests)
    answer(turn, request, { kind: 'refused', why: { kind: 'too-many-requests' } });
  else fenceSelf(turn, { kind: 'operator', text }, request);
}

/** Of a node that is fenced already the newest operator's words and time count; its program does not run again. */
function fenceSelf(turn: Turn, cause: FenceCause, request: RequestId | null = null): void {
  const before = turn.state.fence;
  if (before !== null && request === null) return;
  const { releaseMs } = turn.settings.fence;
  if (before?.lifting?.request != null) refuseLifting(turn, before.lifting.request);
  turn.state.fence = {
    cause,
    since: turn.now,
    until: releaseMs === null ? null : later(turn.now, releaseMs),
    stage: 'releasing',
    latchId: null,
    latchError: null,
    latchTries: before?.latchTries ?? 0,
    retryAt: never,
    ran: before?.ran ?? false,
    programId: before?.programId ?? null,
    lifting: null,
    asked: [...(before?.asked ?? []), ...(request === null ? [] : [request])],
  };
  writeLatch(turn, turn.state.fence);
  tell(turn, { code: 'fenced', cause, forMs: releaseMs });
  turn.stirred = true;
}

/** A check with on_fail = "fence" that began to fail in this step. One that still fails when a fence ends only faults. */
export function fenceOverCheck(turn: Turn, name: CheckName): void {
  const check = turn.state.checks.find((candidate) => candidate.name === name);
  const asked = turn.settings.checks.find((candidate) => candidate.name === name);
  if (asked?.onFail.kind !== 'fence' || check?.state !== 'failing' || check.since !== turn.now) return;
  if (turn.state.stopping !== null || check.last === null) return;
  fenceSelf(turn, { kind: 'check', check: name, outcome: outcomeWord(check.last.outcome) });
}

/** A daemon that starts and finds the latch: fenced from its first word on. */
export function startFenced(turn: Turn, { cause, heldMs, remainingMs }: Latch): void {
  turn.state.fence = {
    cause,
    since: later(turn.now, -heldMs),
    until: remainingMs === null ? null : later(turn.now, remainingMs),
    stage: 'held',
    latchId: null,
    latchError: null,
    latchTries: 0,
    retryAt: never,
    ran: true,
    programId: null,
    lifting: null,
    asked: [],
  };
  // What cannot be read stays as it is, for whoever looks into it.
  if (cause.kind !== 'unreadable-latch') writeLatch(turn, turn.state.fence);
  tell(turn, { code: 'fenced', cause, forMs: remainingMs });
}

export function takeUnfence(turn: Turn, { request }: Extract<Input, { kind: 'unfence' }>): void {
  const { fence, stopping } = turn.state;
  if (stopping !== null) answer(turn, request, { kind: 'refused', why: { kind: 'stopping' } });
  else if (fence === null) answer(turn, request, { kind: 'refused', why: { kind: 'not-fenced' } });
  else if (fence.stage === 'releasing' || fence.lifting?.request != null) refuseLifting(turn, request);
  else lift(turn, fence, request);
}

export function takeLatched(turn: Turn, { id, error }: Extract<Input, { kind: 'latched' }>): void {
  const { fence } = turn.state;
  if (fence === null || fence.latchId !== id) {
    turn.state.staleOutcomes += 1;
    return;
  }
  turn.stirred = true;
  if (error === null) settle(turn, (problem) => problem.code === 'latch-unwritten');
  else raise(turn, { code: 'latch-unwritten', error, fenced: fence.lifting === null });
  const retryAt = error === null ? never : later(turn.now, latchRetryMs);
  const latchTries = fence.latchTries + (error !== null && fence.lifting === null ? 1 : 0);
  const answered = { ...fence, latchId: null, latchError: error, latchTries, retryAt };
  if (fence.lifting === null) {
    turn.state.fence = answered;
    return;
  }
  const { request } = fence.lifting;
  turn.state.fence = error === null ? null : { ...answered, lifting: null };
  if (error === null) tell(turn, { code: 'unfenced', by: request === null ? 'time' : 'operator' });
  if (error === null) settle(turn, (problem) => problem.code === 'fence-self-failed');
  if (request === null) return;
  answer(turn, request, error === null ? { kind: 'done' } : { kind: 'failed', why: { kind: 'latch-stays', error } });
}

/** True when the outcome was of this node's own program. */
export function takeSelfRan(turn: Turn, { id, outcome, ms, output }: Extract<Input, { kind: 'fence-ran' }>): boolean {
  const { fence } = turn.state;
  if (fence === null || fence.programId !== id) return false;
  turn.state.fence = { ...fence, programId: null };
  tell(turn, { code: 'fence-self', outcome, ms, output });
  if (outcome.kind === 'exit' && outcome.code === 0) return true;
  raise(turn, { code: 'fence-self-failed', outcome: outcomeWord(outcome), output });
  return true;
}

/** What a fence makes of a group, whatever it was before. */
export function beFenced(turn: Turn, index: number, { cause }: SelfFence): void {
  const { group } = groupAt(turn, index);
  if (group.role === 'resigning') return;
  if (group.role === 'fenced') {
    explain(turn, index, { kind: 'fenced', cause });
    return;
  }
  if (group.role === 'active') {
    if (!resign(turn, index, { kind: 'fenced', cause })) afterResigning(turn, index, { kind: 'fenced', cause });
    return;
  }
  if (group.role === 'claiming') letGo(turn, index);
  become(turn, index, 'fenced', { kind: 'fenced', cause });
}

/** It takes part again, and listens first: it has not asked for anything in all that time. */
export function leaveFence(turn: Turn, index: number): void {
  listen(turn, index, { kind: 'unfenced' });
}

/** After the groups were looked at: the next stage, once the one before it has its answer. */
export function goOnFenced(turn: Turn): void {
  const { fence, stopping } = turn.state;
  if (fence === null || stopping !== null) return;
  if (fence.stage === 'releasing') holdFence(turn, fence);
  else if (fence.latchId === null && isOver(turn, fence) && fence.retryAt > turn.now) lift(turn, fence, null);
  if (fence.retryAt <= turn.now) retryLatch(turn);
  runProgram(turn);
}

export function fenceWakeAt(turn: Turn): Instant {
  const { fence, stopping } = turn.state;
  if (fence === null || stopping !== null) return never;
  const idle = fence.stage === 'held' && fence.latchId === null && fence.retryAt === never;
  return earliest(fence.retryAt, idle ? (fence.until ?? never) : never);
}

function holdFence(turn: Turn, fence: SelfFence): void {
  const { releasing, groups } = turn.state;
  const busy = releasing.size > 0 || groups.some(({ role }) => role !== 'fenced');
  if (busy || fence.latchId !== null) return;
  turn.state.fence = { ...fence, stage: 'held', asked: [] };
  const failed = failureOf(turn, fence);
  for (const request of fence.asked)
    answer(turn, request, failed === null ? { kind: 'done' } : { kind: 'failed', why: failed });
}

/** Its time is up, and nothing of it is left to do. */
function isOver(turn: Turn, fence: SelfFence): boolean {
  const owed = !fence.ran && turn.settings.fence.self !== null;
  return fence.until !== null && fence.until <= turn.now && !owed;
}

/** A reboot by it is to find the latch: so it waits for the disk, as long as there is hope. */
function runProgram(turn: Turn): void {
  const { fence } = turn.state;
  if (fence === null || fence.stage !== 'held' || fence.ran || turn.settings.fence.self === null) return;
  if (fence.latchId !== null || (fence.latchError !== null && fence.latchTries < mostLatchTries)) return;
  const programId = newId(turn);
  turn.state.fence = { ...fence, ran: true, programId };
  turn.late.push({ kind: 'fence-self', id: programId, cause: fence.cause });
}

function failureOf(turn: Turn, fence: SelfFence): Failed | null {
  const stuck = turn.state.groups.find((group) => group.stuck !== null)?.stuck;
  if (stuck != null) return { kind: 'address-stuck', key: stuck.address, error: stuck.error };
  return fence.latchError === null ? null : { kind: 'latch-unwritten', error: fence.latchError };
}

function lift(turn: Turn, fence: SelfFence, request: RequestId | null): void {
  const id = newId(turn);
  turn.state.fence = { ...fence, lifting: { request }, latchId: id, retryAt: never };
  turn.late.push({ kind: 'latch', id, latch: null });
}

/** The one that could not be taken away is tried again when its time is up; so is one that could not be written. */
function retryLatch(turn: Turn): void {
  const { fence } = turn.state;
  if (fence === null || fence.latchId !== null) return;
  if (fence.stage === 'held' && isOver(turn, fence)) lift(turn, fence, null);
  else writeLatch(turn, fence);
}

function writeLatch(turn: Turn, fence: SelfFence): void {
  const id = newId(turn);
  turn.state.fence = { ...fence, latchId: id, retryAt: never };
  const remainingMs = fence.until === null ? null : Math.max(0, fence.until - turn.now);
  turn.late.push({ kind: 'latch', id, latch: { cause: fence.cause, heldMs: turn.now - fence.since, remainingMs } });
}

function refuseLifting(turn: Turn, request: RequestId): void {
  answer(turn, request, { kind: 'refused', why: { kind: 'still-fencing' } });
}

function answer(turn: Turn, request: RequestId, words: Answer): void {
  turn.late.push({ kind: 'answer', request, answer: words });
}
