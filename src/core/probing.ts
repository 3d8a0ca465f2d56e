// The wire as a witness (PROTOCOL: `probe`). A node that may claim because somebody is silent asks the segment who
// answers for the addresses, in rounds of two questions. Which silence of the wire is enough is decided here; what
// an answer means to people is said in witness.ts.

import { earliest, type Instant, later, latest, longAgo, never } from '#lib/time';
import type { Settings, VirtualAddress } from '#model/settings';
import { holdersOf, isSureThatNobodyHolds, voices } from './neighbours.ts';
import { raise } from './problems.ts';
import { heardAt, lostAt } from './silence.ts';
import type { Boot } from './boot-state.ts';
import type { Probe } from './state.ts';
import { turnMs, windowMs } from './timing.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';

/** With more addresses than this, one of each family and interface stands for its group. */
const mostAsked = 16;

/** A hold is told in whole milliseconds, rounded up: so much later it is still the same instant. */
const roundingMs = 1;

/** Before the group is looked at: was the round that is over silent, and is that enough? */
export function judgeRound(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  const { probe } = group;
  if (probe === null || probe.judged || probe.repeatedAt === null) return;
  const end = endOf(turn, probe, probe.repeatedAt);
  if (end > turn.now) return;
  if (turn.judged < end) {
    turn.wantPoll = true;
    return;
  }
  if (probe.answer !== null && probe.answer.at >= probe.roundAt) {
    takeAnswer(turn, index, probe, probe.answer);
    return;
  }
  const silent = probe.silent + 1;
  // Two that cannot hear each other's adverts would both find the wire silent: one of them waits some rounds more.
  if (probe.rivalAt >= probe.roundAt && silent < turn.settings.downAfter) {
    changeGroup(turn, index, { probe: { ...probe, judged: true, silent, clearAt: null } });
    return;
  }
  const from = holdEndsAt(turn, group.name);
  const wasAnsweredSince = probe.answer !== null && probe.answer.at >= from;
  const isEnough = (probe.roundAt >= from && !wasAnsweredSince) || silent >= turn.settings.downAfter;
  const clearAt = probe.clearAt ?? (isEnough ? end : null);
  changeGroup(turn, index, { probe: { ...probe, judged: true, silent, echoes: 0, clearAt } });
}

/** After it: the first round begins when there is need to ask, each further one an interval later. */
export function askTheWire(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  if (askFrom(turn, index) > turn.now) {
    if (group.probe !== null) changeGroup(turn, index, { probe: null });
    return;
  }
  const { probe } = group;
  if (probe === null) {
    // Who asked just before may be about to open: it does not answer yet.
    const outrun = group.rivalAskedAt >= later(turn.now, -turnMs(turn.settings));
    const blank = {
      startedAt: turn.now,
      judged: false,
      silent: 0,
      answer: null,
      rivalAt: outrun ? turn.now : longAgo,
      echoes: 0,
      clearAt: null,
    };
    changeGroup(turn, index, { probe: { ...blank, roundAt: turn.now, repeatedAt: null } });
  } else if (probe.repeatedAt === null) {
    if (repeatAt(turn, probe) > turn.now) return;
    changeGroup(turn, index, { probe: { ...probe, repeatedAt: turn.now } });
  } else {
    if (!probe.judged || nextRoundAt(turn, index, probe) > turn.now) return;
    changeGroup(turn, index, { probe: { ...probe, roundAt: turn.now, repeatedAt: null, judged: false } });
  }
  turn.asks.push(...sample(turn.settings, asked.addresses));
}

export function probeWakeAt(turn: Turn, index: number): Instant {
  const { group } = groupAt(turn, index);
  const from = askFrom(turn, index);
  const { probe } = group;
  if (from > turn.now || probe === null) return from > turn.now ? from : never;
  const turnAt = clearTurnAt(turn, index);
  const at = probe.repeatedAt === null ? repeatAt(turn, probe) : endOf(turn, probe, probe.repeatedAt);
  // A round that has ended waits for the end of a poll, not for the clock.
  const round = probe.judged ? nextRoundAt(turn, index, probe) : at > turn.now ? at : never;
  return earliest(round, turnAt > turn.now ? turnAt : never);
}

/** When the wire was found silent, and as long after it as this node waits for better ones. */
export function clearTurnAt(turn: Turn, index: number): Instant {
  const { vacancy, probe } = groupAt(turn, index).group;
  if (vacancy === null || probe === null || probe.clearAt === null) return never;
  return later(latest(probe.clearAt, vacancy.since), vacancy.claimAt - vacancy.since);
}

/** A question is due from here on; never while somebody is heard to hold the group, or gave it up. */
function askFrom(turn: Turn, index: number): Instant {
  const { group } = groupAt(turn, index);
  if (!turn.settings.probe || turn.state.stopping !== null) return never;
  if (group.role === 'starting') {
    const [holder] = holdersOf(voices(turn, group.name));
    const listened = later(group.listenUntil, -windowMs(turn.settings));
    return holder === undefined ? listened : latest(listened, silentFrom(turn, holder.boot));
  }
  if (group.role !== 'standby' || group.vacancy?.resigned === true) return never;
  if (group.vacancy !== null) return longAgo;
  const holder = group.holder === null ? undefined : turn.state.boots.get(group.holder);
  return holder === undefined ? never : silentFrom(turn, holder);
}

/** So much before a holder counts as lost that a whole round fits. */
function silentFrom(turn: Turn, holder: Boot): Instant {
  const at = later(lostAt(turn, holder), -windowMs(turn.settings));
  const holdEnd = later(heardAt(turn, holder), holder.holdMs);
  return holdEnd > at && holdEnd <= later(at, roundingMs) ? holdEnd : at;
}

/** From here on nobody who was heard to hold the group, and is silent now, can answer without having renewed. */
function holdEndsAt(turn: Turn, group: string): Instant {
  let at = longAgo;
  for (const boot of saidToHold(turn, group)) {
    const next = nextLifeOf(turn, boot);
    // Who starts anew takes away what it finds before it speaks, or says that it holds it.
    at = latest(at, next === undefined ? later(heardAt(turn, boot), boot.holdMs) : next.firstHeardAt);
  }
  return at;
}

/** Whoever was last heard as holder, and has not been heard since to be anything else, or to have started anew. */
export function suspectsOf(turn: Turn, group: string): Boot[] {
  return saidToHold(turn, group).filter((boot) => nextLifeOf(turn, boot) === undefined);
}

function saidToHold(turn: Turn, group: string): Boot[] {
  const said = [...turn.state.boots.values()].flatMap((boot) => {
    const entry = boot.table.entries.get(group);
    return entry === undefined ? [] : [{ boot, entry }];
  });
  return holdersOf(said).map(({ boot }) => boot);
}

function nextLifeOf(turn: Turn, { node, firstHeardAt }: Boot): Boot | undefined {
  return [...turn.state.boots.values()].find(
    (other) => other.node === node && other.state !== 'lost' && other.firstHeardAt > firstHeardAt,
  );
}

/**
 * An answer that comes although certainly nobody holds the group tells nothing about holders: proxy ARP, or a cloud
 * that answers for everything. Certain is only a cluster whose nodes are all named and all heard.
 */
function takeAnswer(turn: Turn, index: number, probe: Probe, answer: NonNullable<Probe['answer']>): void {
  const { name } = groupAt(turn, index).group;
  const isNodes = [...turn.state.boots.values()].some((boot) => boot.macs.includes(answer.mac));
  const echoes = !isNodes && isSureThatNobodyHolds(turn, name) ? probe.echoes + 1 : 0;
  const isBlind = echoes >= turn.settings.downAfter;
  changeGroup(turn, index, {
    probe: { ...probe, judged: true, silent: 0, clearAt: null, echoes, answer: isBlind ? null : answer },
  });
  if (!isBlind) return;
  turn.state.blind = new Map(turn.state.blind).set(answer.key, answer.mac);
  raise(turn, { code: 'probe-blind', key: answer.key, mac: answer.mac });
}

function repeatAt(turn: Turn, { roundAt }: Probe): Instant {
  return later(roundAt, windowMs(turn.settings) / 2);
}

/** Each question has half a window for its answer. */
function endOf(turn: Turn, { roundAt }: Probe, repeatedAt: Instant): Instant {
  const windowed = windowMs(turn.settings);
  return latest(later(roundAt, windowed), later(repeatedAt, windowed / 2));
}

function nextRoundAt(turn: Turn, index: number, { roundAt }: Probe): Instant {
  const holdEnd = holdEndsAt(turn, groupAt(turn, index).group.name);
  const regular = later(roundAt, turn.settings.intervalMs);
  return holdEnd > roundAt ? earliest(regular, holdEnd) : regular;
}

/** What a host answers it answers for all that it holds: with many addresses, some of each group tell. */
function sample(settings: Settings, addresses: readonly VirtualAddress[]): readonly VirtualAddress[] {
  const count = settings.groups.reduce((sum, group) => sum + group.addresses.length, 0);
  if (count <= mostAsked) return addresses;
  const first = new Map<string, VirtualAddress>();
  for (const address of addresses) {
    const kind = `${address.interface} ${address.family}`;
    if (!first.has(kind)) first.set(kind, address);
  }
  return [...first.values()];
}
