// When an advert goes out and what rides on it. The table rides until every two-way peer has echoed
// its version, then only the version does, so an idle advert is the same for one group and a thousand.
// Listeners that cannot echo (one-way, unproven, heard by others alone or by nobody) get the whole table now and then.

import { instant, type Instant, later, latest } from '#lib/time';
import type { GroupEntry } from '#model/advert';
import type { Effect } from '#model/effect';
import type { Input } from '#model/input';
import type { PathName } from '#model/names';
import { askGateways } from './isolation.ts';
import { pathUsable } from './links.ts';
import { noteSent, noteSpoken } from './mandate.ts';
import { raise, settle } from './problems.ts';
import { senderFacts } from './sender-facts.ts';
import { someoneUnheard } from './silence.ts';
import { noteResignationsSaid } from './resigning.ts';
import type { Boot } from './boot-state.ts';
import { groupsInDatagram, renewalGapMs } from './timing.ts';
import { newId, type Turn } from './turn.ts';
import { turnedOffSaid } from './turned-off.ts';
import { votesSaid } from './voting.ts';

type Advert = Extract<Effect, { kind: 'advert' }>;

/** Answers to unknown boots come at this rate after a burst, or a flood of them would make us flood. */
const replyGapMs = 50;
const replyBurst = 16;

/** An advert that could not leave on any path is tried again sooner than the next regular one. */
const retryMs = 100;

export function speakIfDue(turn: Turn): Advert | null {
  const regular = turn.now >= turn.state.nextAdvertAt;
  if (regular) {
    const next = later(turn.state.nextAdvertAt, turn.settings.intervalMs);
    turn.state.nextAdvertAt = next > turn.now ? next : later(turn.now, turn.settings.intervalMs);
    askGateways(turn);
  }
  if (regular || turn.speak || turn.repeat) {
    const base = tableBase(turn, regular);
    turn.state.saidVersion = turn.state.tableVersion;
    return advert(turn, base, allPaths(turn));
  }
  if (turn.replyOn === null || !mayReply(turn)) return null;
  return advert(turn, 0, [...turn.replyOn]);
}

export function takeSent(turn: Turn, input: Extract<Input, { kind: 'sent' }>): Effect | null {
  turn.state.lastSent = Math.max(turn.state.lastSent, input.last);
  noteSent(turn, input);
  let left = false;
  for (const { path, error } of input.paths) {
    if (error === null) settle(turn, (problem) => problem.code === 'path-unsendable' && problem.path === path);
    else raise(turn, { code: 'path-unsendable', path, error });
    if (error === null && pathUsable(turn, path)) left = true;
  }
  noteResignationsSaid(turn, input.at);
  if (!left) {
    turn.state.unsentSince ??= input.at;
    const soon = later(turn.now, Math.min(retryMs, turn.settings.intervalMs));
    turn.state.nextAdvertAt = instant(Math.min(turn.state.nextAdvertAt, soon));
    return null;
  }
  if (turn.state.unsentSince !== null) turn.stirred = true;
  turn.state.unsentSince = null;
  turn.state.lastAdvertAt = latest(turn.state.lastAdvertAt, input.at);
  return renewal(turn, input.at);
}

/** A leaky bucket: so many at once, then one in each gap. */
function mayReply(turn: Turn): boolean {
  const nextAt = latest(turn.state.nextReplyAt, turn.now);
  if (nextAt > later(turn.now, replyBurst * replyGapMs)) return false;
  turn.state.nextReplyAt = later(nextAt, replyGapMs);
  return true;
}

/** The kernel lease ends a lease after an advert left, and is renewed on nothing else. */
function renewal(turn: Turn, advertAt: Instant): Effect | null {
  const { lease } = turn.settings;
  if (turn.state.lapse !== null || turn.state.quorum !== null) return null;
  if (!turn.state.groups.some((group) => group.role === 'active')) return null;
  if (advertAt < later(turn.state.lastRenewalAt, renewalGapMs(turn.settings))) return null;
  turn.state.lastRenewalAt = advertAt;
  const until = lease.kind === 'off' ? null : later(advertAt, lease.ms);
  const livePeers = liveBoots(turn).filter((boot) => boot.state === 'two-way').length;
  return { kind: 'renew', id: newId(turn), advertAt, until, livePeers };
}

function advert(turn: Turn, base: number | null, paths: readonly PathName[]): Advert {
  const id = newId(turn);
  noteSpoken(turn, id);
  return {
    kind: 'advert',
    id,
    tableVersion: turn.state.tableVersion,
    table: base === null ? null : { base, entries: entriesSince(turn, base) },
    paths: paths.map((path) => ({ path, echoes: echoesFor(turn, path) })),
    facts: senderFacts(turn),
    votes: votesSaid(turn),
    turnedOff: turnedOffSaid(turn),
  };
}

function entriesSince(turn: Turn, base: number): GroupEntry[] {
  return turn.state.groups.filter((group) => group.entryVersion > base).map((group) => group.entry);
}

/** From which version on the table must ride; null when only its version needs to be said. */
function tableBase(turn: Turn, regular: boolean): number | null {
  let [live, twoWay, echoed] = [0, 0, Number.POSITIVE_INFINITY];
  for (const { state, echoedTable } of turn.state.boots.values()) {
    if (state === 'lost') continue;
    live += 1;
    if (state !== 'two-way') continue;
    twoWay += 1;
    echoed = Math.min(echoed, echoedTable);
  }
  if (turn.replyOn !== null || (twoWay < live && turn.speak)) return 0;
  // A thousand groups move in many steps within an echo's time: each step says only what is new in it,
  // and the next regular advert, or the repeated word of a resigner, says whatever was not echoed.
  const base = regular || turn.repeat ? echoed : Math.max(echoed, turn.state.saidVersion);
  if (base < turn.state.tableVersion) return base;
  const isHeardByAll = live > 0 && twoWay === live && !someoneUnheard(turn);
  if (isHeardByAll && !(regular && holdsBesideLost(turn))) return null;
  if (!regular) return 0;
  turn.state.refreshIn -= 1;
  if (turn.state.refreshIn > 0) return null;
  // The whole table may ride once in as many adverts as it has parts.
  turn.state.refreshIn = Math.ceil(turn.state.groups.length / groupsInDatagram);
  return 0;
}

/** Whoever is not heard may hear, and may hold on to what this node took in words that it missed. */
function holdsBesideLost({ state }: Turn): boolean {
  for (const peer of state.peerStates.values())
    if (peer === 'lost') return state.groups.some(({ role }) => role === 'active');
  return false;
}

function echoesFor(turn: Turn, path: PathName): Advert['paths'][number]['echoes'] {
  return liveBoots(turn).map((boot) => ({
    boot: boot.boot,
    sequence: boot.sequence,
    here: (boot.paths.get(path)?.state ?? 'lost') !== 'lost',
    tableVersion: boot.table.held,
  }));
}

function liveBoots(turn: Turn): Boot[] {
  const live: Boot[] = [];
  for (const boot of turn.state.boots.values()) if (boot.state !== 'lost') live.push(boot);
  return live;
}

function allPaths(turn: Turn): PathName[] {
  return turn.settings.transport.paths.map((path) => path.name);
}
