// What the kernel said about addresses. A claim counts only when every address is there; one that is
// refused, or that belongs to an administrator, means not active.

import { addressKey } from '#lib/ip';
import { later } from '#lib/time';
import type { AddressOutcome, Input } from '#model/input';
import type { EffectId } from '#model/names';
import type { Reason } from '#model/reason';
import type { VirtualAddress } from '#model/settings';
import { announceAgain } from './announcing.ts';
import { missedTurn } from './claiming.ts';
import { raise, settle } from './problems.ts';
import { takeAddressChange } from './put-back.ts';
import { afterResigning } from './resigning.ts';
import { activate, become, letGo, listen, resign } from './roles.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';

const firstRetryMs = 1000;
const lastRetryMs = 60_000;

type Outcomes = ReadonlyMap<string, AddressOutcome>;

export function takeKernel(turn: Turn, input: Extract<Input, { kind: 'kernel' }>): void {
  const outcomes: Outcomes = new Map(input.outcomes.map((outcome) => [outcome.key, outcome]));
  const released = turn.state.releasing.has(input.id);
  if (released) turn.state.releasing = new Set([...turn.state.releasing].filter((id) => id !== input.id));
  let expected = released;
  for (const index of turn.state.groups.keys()) {
    const { group } = groupAt(turn, index);
    const waited = group.holdId === input.id;
    if (waited) {
      expected = true;
      notePresence(turn, index, outcomes);
      answerHold(turn, index, outcomes);
    } else if (released) {
      notePresence(turn, index, outcomes);
      answerRelease(turn, index, input.id, outcomes);
    } else if (group.role === 'active') {
      if (answerRenewal(turn, index, outcomes)) expected = true;
    }
  }
  if (!expected) turn.state.staleOutcomes += 1;
  turn.stirred = true;
}

function notePresence(turn: Turn, index: number, outcomes: Outcomes): void {
  const { group, asked } = groupAt(turn, index);
  const present = new Set(group.present);
  for (const { key } of outcomesOf(asked.addresses, outcomes)) {
    if (outcomes.get(key)?.kind === 'present') present.add(key);
    else if (outcomes.get(key)?.kind !== 'refused') present.delete(key);
  }
  changeGroup(turn, index, { present });
}

function answerHold(turn: Turn, index: number, outcomes: Outcomes): void {
  const { group, asked } = groupAt(turn, index);
  changeGroup(turn, index, { holdId: null });
  const bad = outcomesOf(asked.addresses, outcomes).find(({ kind }) => kind !== 'present') ?? unanswered(turn, index);
  if (bad?.kind === 'late') {
    if (group.role === 'claiming') missedTurn(turn, index);
    else outlive(turn, index);
    return;
  }
  if (bad !== undefined) {
    giveUp(turn, index, bad);
    return;
  }
  settle(turn, (p) => (p.code === 'address-refused' || p.code === 'address-foreign') && p.group === group.name);
  if (group.role === 'claiming') activate(turn, index);
  else if (group.role === 'active')
    changeGroup(turn, index, { announcing: announceAgain(asked, turn.now), refusal: null });
}

/** What it went on with was over before the kernel knew that: another one may hold it by now. */
function outlive(turn: Turn, index: number): void {
  letGo(turn, index);
  listen(turn, index, { kind: 'lease-lapsed' });
}

/** A claim needs an answer for every address; one that is missing counts as a refusal. */
function unanswered(turn: Turn, index: number): AddressOutcome | undefined {
  const { group, asked } = groupAt(turn, index);
  const missing = asked.addresses.map(addressKey).find((key) => !group.present.has(key));
  if (group.role !== 'claiming' || missing === undefined) return undefined;
  return { key: missing, kind: 'refused', error: 'the kernel gave no answer' };
}

/** Releases what it got, says why, and ranks nowhere until the back-off ends. */
function giveUp(turn: Turn, index: number, bad: AddressOutcome): void {
  const { group } = groupAt(turn, index);
  const retryMs = Math.min(lastRetryMs, group.refusal === null ? firstRetryMs : group.refusal.retryMs * 2);
  const reason = refusalReason(bad, retryMs);
  if (reason.kind === 'address-foreign') raise(turn, { code: 'address-foreign', group: group.name, key: bad.key });
  else raise(turn, { code: 'address-refused', group: group.name, key: bad.key, error: errorOf(bad) });
  changeGroup(turn, index, { refusal: { reason, retryAt: later(turn.now, retryMs), retryMs } });
  if (group.role === 'active') {
    if (!resign(turn, index, reason)) afterResigning(turn, index, reason);
    return;
  }
  letGo(turn, index);
  become(turn, index, 'faulted', reason);
}

function refusalReason(bad: AddressOutcome, retryMs: number): Reason {
  const [interfaceName = '', address = ''] = bad.key.split('/');
  if (bad.kind === 'foreign') return { kind: 'address-foreign', address, interface: interfaceName };
  return { kind: 'address-refused', address, error: errorOf(bad), retryMs };
}

function answerRelease(turn: Turn, index: number, id: EffectId, outcomes: Outcomes): void {
  const { group, asked } = groupAt(turn, index);
  const mine = outcomesOf(asked.addresses, outcomes);
  if (mine.length === 0) return;
  const stuck = mine.find(({ kind }) => kind === 'refused');
  if (stuck === undefined) {
    const leaving = group.leaving !== null && group.leaving > id ? group.leaving : null;
    changeGroup(turn, index, { stuck: null, leaving });
    settle(turn, (p) => p.code === 'address-stuck' && p.group === group.name);
    return;
  }
  const error = errorOf(stuck);
  changeGroup(turn, index, { stuck: { address: stuck.key, error, retryAt: later(turn.now, firstRetryMs) } });
  raise(turn, { code: 'address-stuck', group: group.name, key: stuck.key, error });
}

/** A renewal answers only for what went wrong: an address that is gone, refused, or no longer ours. */
function answerRenewal(turn: Turn, index: number, outcomes: Outcomes): boolean {
  const { asked } = groupAt(turn, index);
  const wrong = outcomesOf(asked.addresses, outcomes).filter(({ kind }) => kind !== 'present');
  for (const outcome of wrong) {
    if (groupAt(turn, index).group.role !== 'active') break;
    if (outcome.kind === 'absent') takeAddressChange(turn, outcome.key, false);
    else giveUp(turn, index, outcome);
  }
  return wrong.length > 0;
}

function errorOf(outcome: AddressOutcome): string {
  return outcome.kind === 'refused' ? outcome.error : outcome.kind;
}

function outcomesOf(addresses: readonly VirtualAddress[], outcomes: Outcomes): AddressOutcome[] {
  return addresses.flatMap((address) => outcomes.get(addressKey(address)) ?? []);
}
