// The status document from what the core shows and what only the daemon knows. Instants of the
// monotonic clock become wall time here, at the moment of rendering, and nowhere earlier.

import { boundsMs, type Histogram } from '#lib/histogram';
import type { Instant } from '#lib/time';
import type { CheckOutcome } from '#model/input';
import type { Lease } from '#model/settings';
import type { Takeover } from '#model/takeover';
import type { CheckView, GroupView, PeerView, View } from '#model/view';
import { causeSentence } from './fence-sentences.ts';
import { type SchedulingFacts, schedulingProblem } from './scheduling-words.ts';
import { problemSentence } from './problem-sentences.ts';
import { reasonSentence } from './sentences.ts';
import type {
  StatusCheck,
  StatusDocument,
  StatusGroup,
  StatusLateness,
  StatusPeer,
  StatusTakeover,
} from './status-document.ts';

/** What the core does not know. */
export interface DaemonFacts {
  readonly version: string;
  readonly cluster: string;
  readonly node: string;
  readonly pid: number;
  /** Wall clock at the start of the daemon, in milliseconds. */
  readonly sinceWallMs: number;
  readonly mode: 'availability' | 'quorum';
  readonly witness: boolean;
  readonly lease: Lease;
  /** For how long two hosts could answer if this daemon froze; null for ever. */
  readonly leaseOpenMs: number | null;
  readonly loopLate: Histogram;
  readonly scheduling: SchedulingFacts;
  readonly intervalMs: number;
  readonly takeover: TakeoverOf;
  readonly adverts: {
    readonly sent: number;
    /** Refusals outside the core, one record for each place that refuses: wire, transport. */
    readonly refused: readonly Readonly<Partial<Record<string, number>>>[];
  };
}

/** What became of the group's last takeover; null where this daemon made none. */
type TakeoverOf = (group: string) => Takeover | null;

/** Both clocks read at one moment. */
export interface Moment {
  readonly now: Instant;
  readonly wallMs: number;
}

/** So many groups are one piece of the text: some hundred microseconds. */
const groupsAtOnce = 32;

/** The document as JSON, in pieces: with a thousand groups it takes longer than an advert can wait. */
export function* statusPieces(view: View, facts: DaemonFacts, moment: Moment): Generator<string, void> {
  const { groups: _none, ...rest } = statusDocument({ ...view, groups: [] }, facts, moment);
  yield `${JSON.stringify(rest).slice(0, -1)},"groups":[`;
  const dualHolders = dualHoldersOf(view);
  for (let from = 0; from < view.groups.length; from += groupsAtOnce) {
    const some = view.groups.slice(from, from + groupsAtOnce);
    const texts = some.map((group) =>
      JSON.stringify(statusGroup(group, dualHolders.get(group.name) ?? 0, facts, moment)),
    );
    yield `${from === 0 ? '' : ','}${texts.join(',')}`;
  }
  yield ']}\n';
}

/** A map, because a group may be called `constructor`. */
function dualHoldersOf({ counts }: View): ReadonlyMap<string, number> {
  return new Map(Object.entries(counts.dualHolder));
}

function leaseOf({ lease, leaseOpenMs }: DaemonFacts): StatusDocument['lease'] {
  return { kind: lease.kind, ms: lease.kind === 'off' ? null : lease.ms, open_ms: leaseOpenMs };
}

export function statusDocument(view: View, facts: DaemonFacts, moment: Moment): StatusDocument {
  const dualHolders = dualHoldersOf(view);
  return {
    version: facts.version,
    cluster: facts.cluster,
    node: facts.node,
    pid: facts.pid,
    since: new Date(facts.sinceWallMs).toISOString(),
    now: new Date(moment.wallMs).toISOString(),
    mode: facts.mode,
    witness: facts.witness,
    quorum: statusQuorum(view, moment),
    lease: leaseOf(facts),
    fenced: fencedOf(view, moment),
    draining: false,
    adverts: {
      sent: facts.adverts.sent,
      received: view.counts.received,
      refused: sum([...facts.adverts.refused, view.counts.refused]),
    },
    stale_outcomes: view.counts.staleOutcomes,
    loop_late: statusLateness(facts.loopLate, moment),
    scheduling: { policy: facts.scheduling.policy, priority: facts.scheduling.priority },
    groups: view.groups.map((group) => statusGroup(group, dualHolders.get(group.name) ?? 0, facts, moment)),
    peers: view.peers.map((peer) => statusPeer(peer, moment)),
    checks: view.checks.map((check) => statusCheck(check, moment)),
    problems: [...view.problems.map((one) => problemOf(one, moment)), ...ownProblems(facts)],
  };
}

function problemOf({ problem, since }: View['problems'][number], moment: Moment): StatusDocument['problems'][number] {
  return { code: problem.code, message: problemSentence(problem), since: wallTime(since, moment) };
}

/** What the core cannot know of, for as long as the daemon runs. */
function ownProblems({ scheduling, intervalMs, sinceWallMs }: DaemonFacts): StatusDocument['problems'] {
  const message = schedulingProblem(scheduling, intervalMs);
  return message === null ? [] : [{ code: 'scheduling', message, since: new Date(sinceWallMs).toISOString() }];
}

function statusLateness(late: Histogram, moment: Moment): StatusLateness {
  const quantile = (share: number): number | null => {
    const ms = late.quantileMs(share);
    return ms === null ? null : rounded(ms);
  };
  return {
    count: late.count,
    sum_ms: rounded(late.sumMs),
    max_ms: rounded(late.maxMs),
    max_at: wallTime(late.maxAt, moment),
    p50_ms: quantile(0.5),
    p99_ms: quantile(0.99),
    p999_ms: quantile(0.999),
    buckets: late.counts().map((count, i) => ({ up_to_ms: boundsMs[i] ?? null, count })),
  };
}

/** To a microsecond. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function statusQuorum({ quorum }: View, moment: Moment): StatusDocument['quorum'] {
  if (quorum === null) return null;
  return {
    voters: quorum.voters,
    majority: quorum.majority,
    reachable: quorum.reachable,
    silent: quorum.silentUntil !== null,
    silent_ms: leftMs(quorum.silentUntil, moment),
  };
}

/** Null where there is no end, or nothing that could end. */
function leftMs(until: Instant | null, { now }: Moment): number | null {
  return until === null || !Number.isFinite(until) ? null : Math.max(0, Math.round(until - now));
}

function fencedOf({ fenced }: View, moment: Moment): StatusDocument['fenced'] {
  if (fenced === null) return null;
  const { cause, since, until } = fenced;
  return {
    reason: causeSentence(cause),
    since: wallTime(since, moment),
    until: until === null ? null : wallTime(until, moment),
  };
}

function takeoverOf(takeover: Takeover | null, moment: Moment): StatusTakeover | null {
  if (takeover === null) return null;
  const { decided, said, opened, confirmed, active, firstAnnounced, lastAnnounced } = takeover;
  const after = (at: Instant | null): number | null => (at === null ? null : Math.round((at - decided) * 1000));
  return {
    at: wallTime(decided, moment),
    steps_us: {
      claim_said: after(said),
      gate_open: after(opened),
      addresses_confirmed: after(confirmed),
      active_said: after(active),
      first_announcement: after(firstAnnounced),
      last_announcement: after(lastAnnounced),
    },
  };
}

function statusGroup(group: GroupView, dualHolder: number, facts: DaemonFacts, moment: Moment): StatusGroup {
  return {
    name: group.name,
    state: group.state,
    since: wallTime(group.since, moment),
    reason: reasonSentence(group.reason),
    reason_code: group.reason.kind,
    priority: group.priority,
    effective_priority: group.effectivePriority,
    holder: group.holder,
    epoch: group.epoch,
    promised_to: group.promisedTo,
    mandate_ms: leftMs(group.mandateUntil, moment),
    dual_holder: dualHolder,
    addresses: group.addresses.map(({ address, present }) => ({
      address: `${address.address}/${address.prefix}`,
      interface: address.interface,
      present,
    })),
    terms: group.terms.map(({ check, weight }) => ({ what: `check ${check}`, weight })),
    takeover: takeoverOf(facts.takeover(group.name), moment),
  };
}

function statusPeer(peer: PeerView, moment: Moment): StatusPeer {
  const silentMs = moment.now - peer.lastHeardAt;
  return {
    name: peer.name,
    address: peer.address,
    state: peer.state,
    last_heard_ms: Number.isFinite(silentMs) ? Math.max(0, Math.round(silentMs)) : null,
    paths: peer.paths.map(({ path, state }) => ({ interface: path === 'peers' ? null : path, state })),
    version: peer.release,
    same_config: peer.sameConfig,
  };
}

function statusCheck(check: CheckView, moment: Moment): StatusCheck {
  const { name, state, since, last } = check;
  return {
    name,
    state,
    since: wallTime(since, moment),
    last: last === null ? null : { ...outcomeFields(last.outcome), ms: Math.round(last.ms), output: last.output },
  };
}

function outcomeFields(outcome: CheckOutcome): { outcome: string; detail: string | null } {
  switch (outcome.kind) {
    case 'exit':
      return { outcome: `exit ${outcome.code}`, detail: null };
    case 'signal':
      return { outcome: 'signal', detail: outcome.signal };
    case 'timeout':
      return { outcome: 'timeout', detail: null };
    case 'cannot-run':
      return { outcome: 'cannot run', detail: outcome.error };
  }
}

/** Null for an instant that never was. */
function wallTime(at: Instant, moment: Moment): string | null {
  const wallMs = moment.wallMs - (moment.now - at);
  return Number.isFinite(wallMs) ? new Date(Math.round(wallMs)).toISOString() : null;
}

function sum(counts: readonly Readonly<Partial<Record<string, number>>>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const part of counts) {
    for (const [reason, count = 0] of Object.entries(part)) total[reason] = (total[reason] ?? 0) + count;
  }
  return total;
}
