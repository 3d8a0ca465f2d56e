// What an advert tells about the node that sent it: that it lives, that it is no recording (proof),
// that it hears us (echo), what it hears of others. Order rules everything: what an advert says
// counts only if its number is above every one applied from that boot; per-path numbers serve the
// health of paths alone. Silence is judged elsewhere.

import { copyOfMap } from '#lib/map-copy';
import { type Instant, longAgo } from '#lib/time';
import type { Advert, Echo } from '#model/advert';
import type { BootId, PathName } from '#model/names';
import { announceToReturned } from './announcing.ts';
import { asksConsent, isConsent } from './consent.ts';
import { copyOfBoot } from './copy-state.ts';
import { applyTable, claims, emptyTable } from './peer-table.ts';
import { gatewayWordMatters } from './isolation.ts';
import { noteEpochs } from './epochs.ts';
import { isBehind } from './neighbours.ts';
import { freeTurnedOff, hearCandidate } from './promises.ts';
import type { Boot, BootPath } from './boot-state.ts';
import { wasHeardSince } from './silence.ts';
import { deleteBoot, refuse, replyOn, setBoot, touch, type Turn } from './turn.ts';
import { sameWords } from './turned-off.ts';

/** Boots remembered at once, lost ones included. So many echoes fit one datagram unless its names are long. */
export const maxBoots = 38;

export function takeAdvert(turn: Turn, path: PathName, from: string, advert: Advert): void {
  if (advert.boot === turn.state.boot) return;
  if (turn.settings.nodes !== null && !turn.settings.nodes.includes(advert.node)) {
    refuse(turn, 'unnamed-node');
    return;
  }
  const boot = turn.state.boots.get(advert.boot) ?? meet(turn, path, from, advert);
  if (boot === null) {
    refuse(turn, 'too-many-peers');
    return;
  }
  // Back from the dead: as with a new one, an answer at once brings both back to two-way.
  if (boot.state === 'lost') {
    replyOn(turn, path);
    turn.state.heardAnewAt = turn.now;
  }
  const newest = advert.sequence > boot.sequence;
  const newestHere = advert.sequence > (boot.paths.get(path)?.sequence ?? -1);
  if (!newest && !newestHere) {
    refuse(turn, 'replayed');
    return;
  }
  turn.state.received += 1;
  const echo = echoThatCounts(turn, boot, advert);
  const paths = newestHere ? hearOnPath(turn, boot, path, advert.sequence, echo?.here === true) : boot.paths;
  const heard = newest
    ? applyNewest(turn, boot, paths, from, advert, echo)
    : Object.assign(copyOfBoot(boot), { paths });
  setBoot(turn, heard);
  if (newest && turn.state.quorum !== null) {
    noteEpochs(turn, advert);
    if (heard.turnedOff.length > 0) freeTurnedOff(turn);
    hearCandidate(turn, boot, heard);
    turn.recount = true;
  }
  if (asksConsent(turn, boot, heard, advert)) turn.speak = true;
  // What a live one said meanwhile and was not heard here may be that it held a group.
  const missed = boot.state === 'two-way' && heard.tableVersion > boot.tableVersion + 1;
  if (missed || (heard.state === 'two-way' && boot.state !== 'two-way')) announceToReturned(turn);
  if (groupsSeeNews(boot, heard) || gatewayWordMatters(turn, heard) || isConsent(turn, boot, heard)) {
    turn.stirred = true;
  } else if (boot.table !== heard.table) {
    for (const { group } of advert.table?.entries ?? []) touch(turn, group);
  }
}

/** A boot that nobody here has met: remember it, and answer so that it can be proven. */
function meet(turn: Turn, path: PathName, from: string, advert: Advert): Boot | null {
  if (!makeRoom(turn)) return null;
  replyOn(turn, path);
  turn.stirred = true;
  turn.state.heardAnewAt = turn.now;
  return {
    boot: advert.boot,
    node: advert.node,
    address: from,
    firstHeardAt: turn.now,
    lastHeardAt: longAgo,
    sequence: -1,
    paths: new Map(),
    downMs: advert.intervalMs * advert.downAfter,
    intervalMs: advert.intervalMs,
    holdMs: advert.holdMs,
    macs: advert.facts?.macs ?? [],
    gateway: advert.facts?.gateway ?? 'none',
    gatewaySince: turn.now,
    votes: advert.votes,
    turnedOff: advert.turnedOff,
    configHash: advert.configHash,
    release: advert.release,
    proven: false,
    echoedAt: longAgo,
    echoedSequence: -1,
    echoedTable: 0,
    echoes: noEchoes,
    tableVersion: advert.tableVersion,
    table: emptyTable,
    orderedAt: longAgo,
    patienceMs: 0,
    state: 'one-way',
  };
}

/**
 * Recordings of many boots must not push out what is known of proven ones, or a recording of those would
 * count as new: the unproven get half of the room. Among equals the one that was lost the longest ago
 * goes first; a live unproven one only when there is no other, because it may hold claims back.
 */
function makeRoom(turn: Turn): boolean {
  const boots = [...turn.state.boots.values()].toSorted((a, b) => a.lastHeardAt - b.lastHeardAt);
  const unproven = boots.filter((boot) => !boot.proven);
  const crowded = unproven.length >= maxBoots / 2;
  if (boots.length < maxBoots && !crowded) return true;
  const lost = (boot: Boot) => boot.state === 'lost';
  const victim = crowded ? (unproven.find(lost) ?? unproven[0]) : (boots.find(lost) ?? unproven[0]);
  if (victim === undefined) return false;
  if (victim.proven) turn.state.provesAbove = turn.state.lastSent;
  deleteBoot(turn, victim.boot);
  return true;
}

/**
 * Of a boot that is not proven an old echo may be in the recording of one that was, and was forgotten since: only what
 * left later proves. Whoever is live echoes that at once, for a boot that is met is answered.
 */
function echoThatCounts({ state }: Turn, boot: Boot, advert: Advert): Echo | undefined {
  const echo = echoOf(advert, state.boot);
  return boot.proven || (echo !== undefined && echo.sequence > state.provesAbove) ? echo : undefined;
}

/** What an advert says that its sender heard of a boot; it names each one once. */
function echoOf({ echoes }: Advert, boot: BootId): Echo | undefined {
  for (const echo of echoes) if (echo.boot === boot) return echo;
  return undefined;
}

function hearOnPath(turn: Turn, boot: Boot, path: PathName, sequence: number, echoedHere: boolean): Boot['paths'] {
  const known: BootPath | undefined = boot.paths.get(path);
  const paths = copyOfMap(boot.paths);
  paths.set(path, {
    firstHeardAt: known === undefined || known.state === 'lost' ? turn.now : known.firstHeardAt,
    lastHeardAt: turn.now,
    sequence,
    echoedAt: echoedHere ? turn.now : (known?.echoedAt ?? longAgo),
    state: echoedHere ? 'two-way' : known === undefined || known.state === 'lost' ? 'one-way' : known.state,
  });
  return paths;
}

/** Every field is named: this is made anew for each advert, and spreading costs more than all the rest. */
function applyNewest(
  turn: Turn,
  boot: Boot,
  paths: Boot['paths'],
  from: string,
  advert: Advert,
  echo: Echo | undefined,
): Boot {
  const rises = echo !== undefined && echo.sequence > boot.echoedSequence;
  const wasLost = boot.state === 'lost';
  const gateway = advert.facts?.gateway ?? 'none';
  const table = applyTable(turn.settings, boot.table, advert);
  return {
    boot: boot.boot,
    node: boot.node,
    address: from,
    firstHeardAt: boot.firstHeardAt,
    lastHeardAt: turn.now,
    sequence: advert.sequence,
    paths,
    downMs: advert.intervalMs * advert.downAfter,
    intervalMs: advert.intervalMs,
    holdMs: advert.holdMs,
    macs: advert.facts?.macs ?? boot.macs,
    gateway,
    gatewaySince: gateway === boot.gateway && !wasLost ? boot.gatewaySince : turn.now,
    votes: advert.votes,
    turnedOff: advert.turnedOff,
    configHash: advert.configHash,
    release: advert.release,
    proven: boot.proven || echo !== undefined,
    echoedAt: rises ? turn.now : boot.echoedAt,
    echoedSequence: rises ? echo.sequence : boot.echoedSequence,
    echoedTable: echo?.tableVersion ?? boot.echoedTable,
    echoes: risingEchoes(turn, boot, advert),
    tableVersion: advert.tableVersion,
    table,
    orderedAt: hearsUs(boot, echo) || !claims(table) ? boot.orderedAt : turn.now,
    patienceMs: 0,
    state: rises ? 'two-way' : wasLost ? 'one-way' : boot.state,
  };
}

/** It has heard this node all the time, as far as this node knows, which may have slept. */
function hearsUs(boot: Boot, echo: Echo | undefined): boolean {
  return echo !== undefined && boot.state === 'two-way' && wasHeardSince(boot);
}

const noEchoes: Boot['echoes'] = new Map();

function risingEchoes(turn: Turn, boot: Boot, advert: Advert): Boot['echoes'] {
  let echoes: Map<BootId, { sequence: number; risenAt: Instant }> | null = null;
  for (const echo of advert.echoes) {
    if (echo.boot === turn.state.boot) continue;
    const known = boot.echoes.get(echo.boot);
    const rises = known === undefined || echo.sequence > known.sequence;
    echoes ??= new Map();
    echoes.set(echo.boot, rises ? { sequence: echo.sequence, risenAt: turn.now } : known);
  }
  return echoes ?? noEchoes;
}

/** Whether a fact about a boot has changed that makes groups look again. */
function groupsSeeNews(was: Boot, is: Boot): boolean {
  return (
    was.state !== is.state ||
    was.proven !== is.proven ||
    was.configHash !== is.configHash ||
    was.downMs !== is.downMs ||
    was.votes?.voters !== is.votes?.voters ||
    was.votes?.silent !== is.votes?.silent ||
    isBehind(was) !== isBehind(is) ||
    wasHeardSince(was) !== wasHeardSince(is) ||
    !sameWords(was.turnedOff, is.turnedOff) ||
    pathsDiffer(was.paths, is.paths)
  );
}

function pathsDiffer(were: Boot['paths'], are: Boot['paths']): boolean {
  if (were === are) return false;
  if (were.size !== are.size) return true;
  for (const [name, { state }] of are) if (were.get(name)?.state !== state) return true;
  return false;
}
