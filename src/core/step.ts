// The one door of the core: a state, something that happened and the time go in; the next state, what
// to do about it and when to be woken come out. Pure: the same arguments always give the same result.

import { earliest, type Instant, later, longAgo, never } from '#lib/time';
import type { Effect } from '#model/effect';
import type { Input } from '#model/input';
import type { Settings } from '#model/settings';
import { checksWakeAt, runDueChecks, takeOutcome } from './checks.ts';
import { noteConfigs } from './config-hash.ts';
import { driveFences, noteFences, takePeerRan } from './fence-peer.ts';
import {
  fenceOverCheck,
  fenceWakeAt,
  goOnFenced,
  takeFence,
  takeLatched,
  takeSelfRan,
  takeUnfence,
} from './fence-self.ts';
import { takeForeign } from './foreign.ts';
import { publishEntries } from './group-entry.ts';
import { letGoIfLate, lookAtGroups, lookAtTouched } from './groups.ts';
import { takeHooked } from './hooks.ts';
import { addGatewayPatience, gatewayWakeAt, judgeGateway, noteGateway, takeGatewayAnswer } from './isolation.ts';
import { takeKernel } from './kernel.ts';
import { noteVoters } from './electorate.ts';
import { lapseWakeAt, reopenIfSure, takeLapsed } from './lapse.ts';
import { takeLinks } from './links.ts';
import { authorityUntil, countVotes, quorumRenewal } from './mandate.ts';
import { notePeers } from './peer-states.ts';
import { takeAdvert } from './peers.ts';
import { endPromises, promisesWakeAt, reconsider } from './promises.ts';
import { takeAddressChange } from './put-back.ts';
import { addPatience, judgeSilence, silenceWakeAt } from './silence.ts';
import { takeSlept } from './slept.ts';
import { speakIfDue, takeSent } from './speaking.ts';
import { takeProbe, takeSighting } from './sightings.ts';
import type { State } from './state.ts';
import { beginStop, endStop, stopWakeAt } from './stopping.ts';
import { authorityMs, turnMs } from './timing.ts';
import { beginTurn, tell, type Turn } from './turn.ts';
import { noteSurvived } from './turned-off.ts';
import { noteWitness } from './witness.ts';

export interface StepResult {
  readonly state: State;
  readonly effects: readonly Effect[];
  readonly wakeAt: Instant;
}

/** Waking this much after the alarm is the ordinary jitter of a timer and of the work before it. */
const jitterMs = 5;

export function step(settings: Settings, previous: State, input: Input, now: Instant): StepResult {
  const turn = beginTurn(settings, previous, now, input.kind === 'polled' ? input.begun : longAgo);
  endPromises(turn);
  noticeLateness(turn, previous);
  const renewal = take(turn, input);
  return finish(turn, previous, input, renewal);
}

/** Decides on what was taken in, and puts the effects in order. A start ends in it too. */
export function finish(turn: Turn, previous: State, input: Input, renewal: Effect | null): StepResult {
  judgeSilence(turn);
  judgeGateway(turn);
  countVotes(turn);
  noteFences(turn);
  if (turn.stirred || turn.judged !== longAgo || turn.now >= turn.state.groupsAt) lookAtGroups(turn);
  else if (turn.touched !== null) lookAtTouched(turn);
  reopenIfSure(turn);
  driveFences(turn);
  goOnFenced(turn);
  if (turn.stirred || turn.judged !== longAgo || input.kind === 'wake') {
    notePeers(turn);
    noteConfigs(turn);
    noteGateway(turn);
    noteWitness(turn);
    noteVoters(turn);
    noteSurvived(turn);
  }
  reconsider(turn);
  publishEntries(turn, previous);
  const spoken = speakIfDue(turn);
  runDueChecks(turn);
  const exit = endStop(turn);
  const silence = silenceWakeAt(turn, previous);
  if (silence <= turn.now) turn.wantPoll = true;
  const polls = turn.wantPoll && !turn.state.polling;
  if (polls) turn.state.polling = true;
  const wakeAt = earliest(
    turn.state.nextAdvertAt,
    turn.state.groupsAt,
    silence > turn.now ? silence : never,
    checksWakeAt(turn),
    stopWakeAt(turn),
    lapseWakeAt(turn),
    gatewayWakeAt(turn),
    promisesWakeAt(turn),
    fenceWakeAt(turn),
  );
  turn.state.wakeAt = wakeAt;
  const parts = { renewal: renewal ?? quorumRenewal(turn), spoken, polls, exit, plannedAt: previous.wakeAt };
  return { state: turn.state, effects: inOrder(turn, parts), wakeAt };
}

function take(turn: Turn, input: Input): Effect | null {
  switch (input.kind) {
    case 'wake':
      return null;
    case 'polled':
      turn.state.polling = false;
      if (turn.state.behind !== null && input.begun >= turn.state.behind) turn.state.behind = null;
      return null;
    case 'advert':
      takeAdvert(turn, input.path, input.from, input.advert);
      return null;
    case 'adverts':
      for (const { path, from, advert } of input.adverts) takeAdvert(turn, path, from, advert);
      return null;
    case 'sent':
      return takeSent(turn, input);
    case 'links':
      takeLinks(turn, input.links);
      return null;
    case 'kernel':
      takeKernel(turn, input);
      return null;
    case 'address-changed':
      takeAddressChange(turn, input.key, input.present);
      return null;
    case 'foreign':
      takeForeign(turn, input.keys);
      return null;
    case 'lapsed':
      takeLapsed(turn);
      return null;
    case 'slept':
      takeSlept(turn, input.ms);
      return null;
    case 'seen':
      takeSighting(turn, input.key, input.mac, input.after ?? turn.now);
      return null;
    case 'probed':
      takeProbe(turn, input.key, input.mac);
      return null;
    case 'gateway-answered':
      takeGatewayAnswer(turn, input.gateway);
      return null;
    case 'checked':
      takeOutcome(turn, input);
      fenceOverCheck(turn, input.check);
      return null;
    case 'fence':
      takeFence(turn, input);
      return null;
    case 'unfence':
      takeUnfence(turn, input);
      return null;
    case 'latched':
      takeLatched(turn, input);
      return null;
    case 'fence-ran':
      if (!takeSelfRan(turn, input) && !takePeerRan(turn, input)) turn.state.staleOutcomes += 1;
      return null;
    case 'hooked':
      takeHooked(turn, input);
      return null;
    case 'stop':
      beginStop(turn);
      return null;
  }
}

/** Before every input: how late is this step, and may somebody have replaced this node meanwhile? */
function noticeLateness(turn: Turn, previous: State): void {
  const lateMs = turn.now - previous.wakeAt;
  const late = lateMs > jitterMs;
  if (late) turn.state.behind = turn.now;
  if (late) addPatience(turn, lateMs);
  if (late) addGatewayPatience(turn, lateMs);
  if (late && lateMs > turn.settings.intervalMs) tell(turn, { code: 'late', lateMs });
  if (turn.now > later(turn.state.lastAdvertAt, turnMs(turn.settings))) turn.state.mutedAt = turn.now;
  letGoIfLate(turn, late ? lateMs : 0);
}

interface Parts {
  readonly renewal: Effect | null;
  readonly spoken: Effect | null;
  readonly polls: boolean;
  readonly exit: boolean;
  /** When this daemon had asked to be woken. */
  readonly plannedAt: Instant;
}

function inOrder(turn: Turn, { renewal, spoken, polls, exit, plannedAt }: Parts): Effect[] {
  const effects: Effect[] = [];
  if (isQuiet(turn) && spoken === null && renewal === null && !polls && !exit) return effects;
  const release: Effect | null = turn.release === null ? null : { kind: 'release', ...turn.release };
  // Behind a gate the word need not wait until the last address is deleted.
  const gated = turn.settings.lease.kind === 'nftables';
  if (gated && turn.release !== null) effects.push({ kind: 'silence', addresses: turn.release.addresses });
  if (!gated && release !== null) effects.push(release);
  if (spoken !== null) effects.push(spoken);
  if (renewal !== null) effects.push(renewal);
  if (gated && release !== null) effects.push(release);
  const until = holdUntil(turn, spoken !== null);
  if (turn.hold !== null) effects.push({ kind: 'hold', ...turn.hold, until, by: holdBy(turn) });
  if (turn.opening !== null) effects.push({ kind: 'hold', ...turn.opening, until, by: openBy(turn, plannedAt) });
  for (const round of turn.announcements) effects.push({ kind: 'announce', addresses: round.flat() });
  if (turn.asks.length > 0) effects.push({ kind: 'ask', addresses: turn.asks });
  for (const effect of turn.late) effects.push(effect);
  if (polls) effects.push({ kind: 'poll' });
  if (exit) effects.push({ kind: 'exit' });
  return effects;
}

/** Nothing was asked for but perhaps a word: so it is for most of what is heard. */
function isQuiet({ release, hold, opening, announcements, asks, late }: Turn): boolean {
  return (
    release === null && hold === null && opening === null && announcements.length + asks.length + late.length === 0
  );
}

/** A lease after the last advert, and not after now: an address that is put back ends with the others. */
function holdUntil(turn: Turn, spoken: boolean): Instant | null {
  const { lease } = turn.settings;
  if (turn.state.quorum !== null) return authorityUntil(turn);
  return lease.kind === 'off' ? null : later(spoken ? turn.now : turn.state.lastAdvertAt, lease.ms);
}

/** What was asked for while nobody could replace this node comes too late once somebody may have. */
function holdBy({ settings, state }: Turn): Instant {
  return state.quorum === null ? later(state.lastAdvertAt, authorityMs(settings)) : never;
}

/**
 * Whoever comes next in line, or handed the group over, waits for this node's word an interval and X, and no longer: what
 * is put there within the interval has X left for its word. Nothing that came before this daemon was due to wake was kept
 * from it. In quorum mode no other gets a vote before the mandate is over.
 */
function openBy({ now, decidedAt, settings, state }: Turn, plannedAt: Instant): Instant {
  return state.quorum === null ? later(earliest(now, plannedAt, decidedAt), settings.intervalMs) : never;
}
