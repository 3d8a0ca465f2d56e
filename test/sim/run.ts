// One cluster-hour of one seed: 3,600 intervals of faults, then a calm to the end. The first finding ends it.

import type { Host } from '../world/host.ts';
import { Cluster } from './cluster.ts';
import { boundsChecker } from './checkers/bounds.ts';
import type { Checker } from './checkers/checker.ts';
import { fenceChecker } from './checkers/fences.ts';
import { kernelChecker } from './checkers/kernel.ts';
import { leaseChecker } from './checkers/lease.ts';
import { MoveChecker } from './checkers/moves.ts';
import { OverlapChecker } from './checkers/overlap.ts';
import { QuorumChecker } from './checkers/quorum.ts';
import { ReasonChecker } from './checkers/reasons.ts';
import { RestChecker } from './checkers/rest.ts';
import { VacancyChecker } from './checkers/vacancy.ts';
import type { FaultKind } from './faults.ts';
import { type Asked, type Mode, type Plan, planFor } from './plan.ts';
import type { Trace } from './trace.ts';
import { isTwin } from './twin-faults.ts';
import { Weather } from './weather.ts';

const intervalsInHour = 3600;

export interface Outcome {
  readonly seed: number;
  readonly words: string;
  readonly mode: Mode;
  readonly finding: { readonly at: number; readonly checker: string; readonly words: string } | null;
  readonly hash: string;
  readonly steps: number;
  readonly moves: number;
  readonly rests: number;
  readonly reached: Readonly<Partial<Record<FaultKind, number>>>;
  readonly worstOverlapMs: ReadonlyMap<string, number>;
  /** In intervals, so that paces can be compared. */
  readonly worstVacancy: number;
}

class Found extends Error {
  readonly checker: string;

  constructor(checker: string, words: string) {
    super(words);
    this.checker = checker;
  }
}

export function runSeed(seed: number, asked: Asked = {}): Outcome {
  return play(planFor(seed, asked), false).outcome;
}

/** The same run again, with its story. */
export function tellSeed(seed: number, asked: Asked = {}): { readonly outcome: Outcome; readonly trace: Trace } {
  return play(planFor(seed, asked), true);
}

function play(plan: Plan, telling: boolean): { outcome: Outcome; trace: Trace } {
  const cluster = new Cluster(plan, telling);
  const restMs = restAfterMs(cluster);
  const holders = plan.quorum === null ? new OverlapChecker(cluster) : new QuorumChecker(cluster);
  const reasons = new ReasonChecker(cluster);
  const rest = new RestChecker(cluster, restMs);
  const vacancy = new VacancyChecker(cluster, electionAfterMs(cluster));
  const weather = new Weather(cluster, restMs + 2 * plan.downMs + 8 * plan.intervalMs);
  const others = [leaseChecker(cluster), kernelChecker(cluster), boundsChecker(cluster), fenceChecker(cluster)];
  watch(cluster, [
    holders,
    exceptOfTwins(cluster, reasons),
    rest,
    exceptOfTwins(cluster, vacancy),
    new MoveChecker(cluster, restMs),
    ...others,
  ]);
  let finding: Outcome['finding'] = null;
  try {
    live(cluster, weather, restMs);
  } catch (error) {
    finding = foundBy(error, cluster.events.now);
  }
  holders.end();
  const outcome = {
    seed: plan.seed,
    words: plan.words,
    mode: plan.mode,
    finding,
    hash: cluster.trace.hash,
    steps: cluster.trace.steps,
    moves: reasons.moves,
    rests: rest.rests,
    reached: weather.reached,
    worstOverlapMs: holders.worstMs,
    worstVacancy: vacancy.worstMs / plan.intervalMs,
  };
  return { outcome, trace: cluster.trace };
}

/** While two hosts bear one name, and as long as that is remembered, nobody can tell of which of them a name is said, nor who has to give way. */
function exceptOfTwins(cluster: Cluster, checker: Checker): Checker {
  const { downMs, intervalMs, quorum } = cluster.plan;
  const rememberedMs = 60_000 + 10 * downMs + 10 * intervalMs + 3 * (quorum?.longestHoldMs ?? 0);
  const isLate = (host: Host) => cluster.events.now - cluster.markedAt(host, 'twin') < rememberedMs;
  const unlessTwins = (wrong: string | null | undefined): string | null => {
    if (wrong === null || wrong === undefined) return null;
    return cluster.list.some((each) => isTwin(cluster, each) || isLate(each)) ? null : wrong;
  };
  const step = checker.step?.bind(checker);
  return {
    name: checker.name,
    moved: (group, before, after) => unlessTwins(checker.moved?.(group, before, after)),
    told: (host, event) => unlessTwins(checker.told?.(host, event)),
    sends: (host) => checker.sends?.(host),
    took: (to, parcel) => checker.took?.(to, parcel),
    announced: (host, addresses) => checker.announced?.(host, addresses),
    ...(step === undefined ? {} : { step: () => unlessTwins(step()) }),
  };
}

function live(cluster: Cluster, weather: Weather, restMs: number): void {
  const { plan } = cluster;
  for (const host of cluster.list) {
    cluster.mark(host, 'started');
    cluster.events.after(plan.random.chance(0.5) ? 0 : plan.random.within(2 * plan.downMs), () => host.start());
  }
  cluster.events.after(3 * plan.downMs, () => {
    cluster.quietSince = cluster.events.now;
    weather.begin();
  });
  cluster.run(intervalsInHour * plan.intervalMs);
  weather.clear();
  cluster.run(restMs + 2 * plan.downMs + 8 * plan.intervalMs);
}

/** After somebody holds, until all has been said and announced. */
const untilStillMs = 6000;

/** Long enough for every listening, turn, handover and end of a lease. */
function restAfterMs(cluster: Cluster): number {
  const { downMs, intervalMs, hosts } = cluster.plan;
  const [host] = cluster.list;
  const lease = host?.settings.lease;
  const leaseMs = lease === undefined || lease.kind === 'off' ? 0 : lease.ms + 1250;
  const checkMs = host?.settings.checks.length === 0 ? 0 : 4000;
  const extraMs = Math.max(0, (host?.settings.startupDelayMs ?? 0) - downMs);
  const fenceMs = cluster.plan.fencing === 'self' ? 0 : 2 * downMs + (host?.settings.fence.timeoutMs ?? 0);
  return (
    4 * downMs +
    leaseMs +
    checkMs +
    extraMs +
    fenceMs +
    votingMs(cluster) +
    (hosts.length + 6) * intervalMs +
    untilStillMs
  );
}

/**
 * How long the longest election takes: whoever listens does so to the end, then a holder that fell silent meanwhile is given
 * up, which takes until its addresses must be gone where no gate shuts before that, and then it is the turn of the last.
 */
function electionAfterMs(cluster: Cluster): number {
  const { downMs, intervalMs, hosts, fencing } = cluster.plan;
  const [host] = cluster.list;
  if (host === undefined) return 0;
  const { lease, startupDelayMs, checks, fence } = host.settings;
  const outlivesMs = lease.kind === 'address' ? lease.ms + 1250 : 0;
  const checkMs = checks.length === 0 ? 0 : 4000;
  const fenceMs = fencing === 'self' ? 0 : 3 * downMs + fence.timeoutMs;
  const turnsMs = (hosts.length + 3) * 1.1 * intervalMs;
  return startupDelayMs + downMs + outlivesMs + checkMs + fenceMs + votingMs(cluster) + turnsMs + 100;
}

/** The silence of whoever was started last, a promise to whoever was lost, and two claims that found no majority. */
function votingMs({ plan: { quorum, intervalMs, hosts } }: Cluster): number {
  if (quorum === null) return 0;
  const { longestHoldMs, holdMs } = quorum;
  return 1.03 * 1.02 * (longestHoldMs + holdMs) + 2 * (5 + hosts.length) * intervalMs;
}

function watch(cluster: Cluster, checkers: readonly Checker[]): void {
  const look = (checker: Checker, wrong: string | null | undefined): void => {
    if (wrong !== null && wrong !== undefined) throw new Found(checker.name, wrong);
  };
  // One shape for all of them: this is called after everything that happens.
  const stepping = checkers.flatMap((checker) => {
    const step = checker.step?.bind(checker);
    return step === undefined ? [] : [{ checker, step }];
  });
  cluster.onStep = () => {
    for (const { checker, step } of stepping) {
      const wrong = step();
      if (wrong !== null) look(checker, wrong);
    }
  };
  cluster.onMove = (group, before, after) => {
    for (const checker of checkers) look(checker, checker.moved?.(group, before, after));
  };
  cluster.onSend = (host) => {
    for (const checker of checkers) checker.sends?.(host);
  };
  cluster.onTook = (to, parcel) => {
    for (const checker of checkers) checker.took?.(to, parcel);
  };
  cluster.onTold = (host, event) => {
    for (const checker of checkers) look(checker, checker.told?.(host, event));
  };
  cluster.onForged = (wrong) => {
    throw new Found('forgery', wrong);
  };
  cluster.onAnnounced = (host, addresses) => {
    for (const checker of checkers) checker.announced?.(host, addresses);
  };
}

function foundBy(error: unknown, at: number): Outcome['finding'] {
  if (error instanceof Found) return { at, checker: error.checker, words: error.message };
  return { at, checker: 'assertion', words: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
