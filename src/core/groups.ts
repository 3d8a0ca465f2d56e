// Every group once: what its role, this node's fitness and the others' words make of it.

import { earliest, type Instant, later, never } from '#lib/time';
import { activeWakeAt, goOnHolding } from './active.ts';
import { announceDue, announcingWakeAt } from './announcing.ts';
import { missOffer } from './asking.ts';
import { claimingWakeAt, goOnClaiming } from './claiming.ts';
import { peerFenceWakeAt } from './fence-peer.ts';
import { beFenced, leaveFence } from './fence-self.ts';
import { isDeaf, unfitness } from './fitness.ts';
import { refreshRank } from './group-entry.ts';
import { askTheWire, judgeRound, probeWakeAt } from './probing.ts';
import { mandateLapsed, mandateWakeAt } from './mandate.ts';
import { putBackDue, removalsWakeAt } from './put-back.ts';
import { noteResigners } from './resigners.ts';
import { afterResigning, goOnResigning, resigningWakeAt } from './resigning.ts';
import { become, explain, letGo, listen, listensUntil, resign } from './roles.ts';
import { conflictDue, conflictWakeAt } from './sightings.ts';
import { noteLostHolders } from './lost-holders.ts';
import { standBy, standbyReason, standbyWakeAt } from './standby.ts';
import { authorityMs } from './timing.ts';
import { changeGroup, groupAt, releaseAddresses, type Turn } from './turn.ts';
import type { Reason } from '#model/reason';

export function lookAtGroups(turn: Turn): void {
  turn.state.groupsAt = never;
  for (const index of turn.state.groups.keys()) lookAtOne(turn, index);
}

/** A large table comes in many datagrams, each of which speaks of a few groups only. */
export function lookAtTouched(turn: Turn): void {
  for (const [index, { name }] of turn.state.groups.entries())
    if (turn.touched?.has(name) === true) lookAtOne(turn, index);
}

function lookAtOne(turn: Turn, index: number): void {
  refreshRank(turn, index);
  judgeRound(turn, index);
  noteLostHolders(turn, index);
  noteResigners(turn, index);
  lookAt(turn, index);
  askTheWire(turn, index);
  if (groupAt(turn, index).group.role === 'active') {
    putBackDue(turn, index);
    announceDue(turn, index);
    conflictDue(turn, index);
  }
  retryStuck(turn, index);
  turn.state.groupsAt = earliest(turn.state.groupsAt, groupWakeAt(turn, index));
}

/** A holder whose last advert is older than its authority may have been replaced: silence first. */
export function letGoIfLate(turn: Turn, lateMs: number): void {
  const silentMs = turn.now - turn.state.lastAdvertAt;
  const allowedMs = authorityMs(turn.settings);
  const lapsed = mandateLapsed(turn);
  if (silentMs <= allowedMs && !lapsed) return;
  const slept = lateMs > turn.settings.intervalMs;
  const awake: Reason = lapsed ? { kind: 'lease-lapsed' } : { kind: 'unsendable', silentMs };
  const reason: Reason = slept ? { kind: 'late-wake', lateMs, leaseMs: allowedMs } : awake;
  for (const index of turn.state.groups.keys()) {
    const { role, claim } = groupAt(turn, index).group;
    const holds = role === 'active' || role === 'claiming';
    if (holds) letGo(turn, index);
    if (claim?.named === true) missOffer(turn, index);
    // Whoever was about to end its listening heard the others just now, and they have not heard it.
    const listens = role === 'standby' || role === 'starting';
    if (!holds && !(slept && listens)) continue;
    listen(turn, index, reason);
    // So that it is looked at, and woken for the end of its listening, whatever this step was for.
    turn.stirred = true;
  }
}

function lookAt(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  if (turn.state.stopping !== null) {
    leave(turn, index);
    return;
  }
  if (turn.state.fence !== null) {
    beFenced(turn, index, turn.state.fence);
    if (group.role === 'resigning') goOnResigning(turn, index);
    return;
  }
  const unfit = unfitness(turn, index);
  if (unfit?.kind === 'fault' && group.role !== 'resigning') {
    fail(turn, index, unfit.reason);
    return;
  }
  switch (group.role) {
    case 'faulted':
      recover(turn, index, unfit?.reason ?? null);
      return;
    case 'starting':
      goOnListening(turn, index, unfit?.reason ?? null);
      return;
    case 'standby':
      standBy(turn, index);
      return;
    case 'claiming':
      goOnClaiming(turn, index);
      return;
    case 'active':
      goOnHolding(turn, index);
      return;
    case 'resigning':
      goOnResigning(turn, index);
      return;
    case 'fenced':
      leaveFence(turn, index);
      return;
    case 'draining':
    case 'witness':
      return;
  }
}

function fail(turn: Turn, index: number, reason: Reason): void {
  const { group } = groupAt(turn, index);
  if (group.role === 'faulted') {
    // While deaf it may have missed anything; when the last deaf fault ends, listening begins.
    if (isDeaf(group.reason) && !isDeaf(reason)) {
      changeGroup(turn, index, { listenUntil: listensUntil(turn, group) });
    }
    explain(turn, index, reason);
    return;
  }
  const heir = reason.kind === 'gateway-unreached' ? reason.peer : null;
  if (group.role === 'active' && resign(turn, index, reason, heir)) return;
  if (group.role === 'claiming') letGo(turn, index);
  become(turn, index, 'faulted', reason);
}

function recover(turn: Turn, index: number, wait: Reason | null): void {
  const { group } = groupAt(turn, index);
  const forMs = group.listenUntil - turn.now;
  const anew: Reason = { kind: 'listening', forMs: listensUntil(turn, group) - turn.now };
  if (isDeaf(group.reason)) listen(turn, index, anew);
  else if (wait !== null) become(turn, index, 'starting', wait, { listenUntil: group.listenUntil });
  else if (forMs > 0) become(turn, index, 'starting', { kind: 'listening', forMs });
  else {
    become(turn, index, 'standby', standbyReason(turn, index));
    standBy(turn, index);
  }
}

function goOnListening(turn: Turn, index: number, wait: Reason | null): void {
  const { group } = groupAt(turn, index);
  if (turn.judged < group.listenUntil) {
    if (turn.now >= group.listenUntil) turn.wantPoll = true;
    return;
  }
  if (wait !== null) {
    explain(turn, index, wait);
    return;
  }
  become(turn, index, 'standby', standbyReason(turn, index));
  standBy(turn, index);
}

function leave(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  if (group.role === 'resigning') goOnResigning(turn, index);
  else if (group.role === 'active') {
    if (!resign(turn, index, { kind: 'stopping' })) afterResigning(turn, index, { kind: 'stopping' });
  } else if (group.role !== 'draining') {
    if (group.role === 'claiming') letGo(turn, index);
    become(turn, index, 'draining', { kind: 'stopping' });
  }
}

function retryStuck(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  if (group.stuck === null || group.stuck.retryAt > turn.now) return;
  changeGroup(turn, index, { stuck: { ...group.stuck, retryAt: later(turn.now, 1000) } });
  releaseAddresses(turn, asked.addresses);
}

function groupWakeAt(turn: Turn, index: number): Instant {
  const { group, asked } = groupAt(turn, index);
  const resignation = group.resignation;
  const retryAt = group.role === 'faulted' ? (group.refusal?.retryAt ?? never) : never;
  return earliest(
    group.role === 'starting' && group.listenUntil > turn.now ? group.listenUntil : never,
    group.role === 'standby' ? standbyWakeAt(group, asked.preemptDelayMs, turn.now) : never,
    group.role === 'active' ? activeWakeAt(turn, group) : never,
    mandateWakeAt(turn, group),
    group.role === 'claiming' ? claimingWakeAt(turn, group) : never,
    group.role === 'standby' && group.restUntil > turn.now ? group.restUntil : never,
    resignation === null ? never : resigningWakeAt(turn, resignation),
    // Another fault may last longer than the back-off.
    retryAt > turn.now ? retryAt : never,
    peerFenceWakeAt(turn, index),
    announcingWakeAt(group),
    probeWakeAt(turn, index),
    group.conflict === null ? never : conflictWakeAt(group.conflict),
    // Beside a lapsed lease nothing is put back.
    group.removals === null || turn.state.lapse !== null ? never : removalsWakeAt(group.removals),
    group.stuck?.retryAt ?? never,
  );
}
