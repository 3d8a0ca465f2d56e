// Whether this node still reaches a gateway, and what follows where it does not. Who alone reaches none hands
// over and does not claim; a gateway that nobody reaches is what died, and nothing moves; who reaches neither a
// gateway nor another node lets go.

import { type Instant, later, latest, never } from '#lib/time';
import type { NodeName } from '#model/names';
import type { Problem } from '#model/problem';
import type { Reason } from '#model/reason';
import { candidates, voices } from './neighbours.ts';
import { raise, settle } from './problems.ts';
import type { Boot } from './boot-state.ts';
import { downMs } from './timing.ts';
import { groupAt, type Turn } from './turn.ts';

export function askGateways(turn: Turn): void {
  if (turn.settings.gateways.length > 0 && turn.state.stopping === null) turn.late.push({ kind: 'ask-gateways' });
}

export function takeGatewayAnswer(turn: Turn, gateway: string): void {
  if (!turn.settings.gateways.includes(gateway)) return;
  const { word, since } = turn.state.gateway;
  const isNews = word !== 'reached';
  turn.state.gateway = {
    answeredAt: turn.now,
    patienceMs: 0,
    word: 'reached',
    since: isNews ? turn.now : since,
  };
  if (!isNews) return;
  turn.stirred = true;
  turn.speak = true;
}

export function judgeGateway(turn: Turn): void {
  const at = lostAt(turn);
  if (at > turn.now) return;
  if (turn.judged < at) {
    turn.wantPoll = true;
    return;
  }
  turn.state.gateway = { ...turn.state.gateway, word: 'unreached', since: turn.now };
  turn.stirred = true;
  turn.speak = true;
}

export function gatewayWakeAt(turn: Turn): Instant {
  const at = lostAt(turn);
  return at > turn.now ? at : never;
}

export function addGatewayPatience(turn: Turn, lateMs: number): void {
  const { gateway } = turn.state;
  turn.state.gateway = { ...gateway, patienceMs: gateway.patienceMs + lateMs };
}

/** While this node reaches none, each advert of one that does may be the one that decides. */
export function gatewayWordMatters(turn: Turn, boot: Boot): boolean {
  return isCutOff(turn) && boot.gateway === 'reached';
}

/** Neither gateway nor peer, or a peer that does better for long enough. */
export function isolationFault(turn: Turn, index: number): Reason | null {
  if (!isCutOff(turn)) return null;
  const live = liveBoots(turn);
  if (live.length === 0) return { kind: 'isolated' };
  const settled = live.find((boot) => reaches(boot) && isSettled(turn, boot));
  const { group } = groupAt(turn, index);
  if (settled === undefined || (group.role !== 'active' && group.role !== 'claiming')) return faultFor(settled?.node);
  // Once it is time for one of them, the best takes it: nobody need move the group again.
  const heir = candidates(turn, voices(turn, group.name)).find(({ boot }) => reaches(boot));
  return faultFor(heir?.boot.node);
}

/** No claim, and no wish, beside a peer that reaches a gateway, however fresh its word. */
export function gatewayHinders(turn: Turn): Reason | null {
  return isCutOff(turn) ? faultFor(liveBoots(turn).find(reaches)?.node) : null;
}

export function noteGateway(turn: Turn): void {
  const problem = isCutOff(turn) ? gatewayProblem(turn) : null;
  settle(
    turn,
    (p) =>
      (p.code === 'isolated' && problem?.code !== 'isolated') ||
      (p.code === 'gateway-lost' && problem?.code !== 'gateway-lost') ||
      (p.code === 'gateway-unreached' && problem?.code !== 'gateway-unreached'),
  );
  if (problem !== null) raise(turn, problem);
}

function gatewayProblem(turn: Turn): Problem | null {
  const live = liveBoots(turn);
  if (live.length === 0) return { code: 'isolated' };
  const reaching = live.filter(reaches);
  if (reaching.length === 0) return { code: 'gateway-lost' };
  const settled = reaching.find((boot) => isSettled(turn, boot));
  return settled === undefined ? null : { code: 'gateway-unreached', peer: settled.node };
}

function faultFor(peer: NodeName | undefined): Reason | null {
  return peer === undefined ? null : { kind: 'gateway-unreached', peer };
}

function isCutOff(turn: Turn): boolean {
  return turn.state.gateway.word === 'unreached';
}

function reaches(boot: Boot): boolean {
  return boot.state === 'two-way' && boot.gateway === 'reached';
}

/**
 * A router that reboots is lost, and found again, by each node at a moment of its own, and it may answer one of them
 * a single time on its way. One answer counts for a down time. So a peer's word moves something only in an advert
 * heard a down time and an interval after both words, its own and ours, began.
 */
function isSettled(turn: Turn, boot: Boot): boolean {
  const both = latest(turn.state.gateway.since, boot.gatewaySince);
  return boot.lastHeardAt >= later(both, boot.downMs + boot.intervalMs);
}

function lostAt(turn: Turn): Instant {
  const { word, answeredAt, patienceMs } = turn.state.gateway;
  if (turn.settings.gateways.length === 0 || word === 'unreached') return never;
  return later(answeredAt, downMs(turn.settings) + patienceMs);
}

function liveBoots(turn: Turn): Boot[] {
  return [...turn.state.boots.values()].filter((boot) => boot.state !== 'lost');
}
