// Quorum mode: who votes, how long a voter keeps its word, and whether the timings leave room for a lost
// advert. What these settings cost when a holder is lost, or when every node starts, is worked out here too.

import { addressLateMs, type Lease, type Quorum, rateMargin, type Settings } from '#model/settings';
import { formatDuration } from './duration.ts';
import type { Report } from './finding.ts';
import { probeWindowMs } from './lease.ts';
import type { Written } from './schema.ts';
import { completeAll } from './shape.ts';
import { quote } from './wording.ts';

const defaultLongestHoldMs = 10_000;
/** An advert names the votes for so many candidates. */
const mostVoters = 16;

/** `least`: the shortest lease that is not refused; undefined where the timing itself was refused. */
export function resolveQuorum(
  written: Written,
  lease: Lease | undefined,
  least: Lease | undefined,
  report: Report,
): Quorum | null | undefined {
  const { cluster, safety } = written;
  if (safety?.mode === undefined) return undefined;
  if (safety.mode === 'availability') {
    if (typeof safety.longest_hold === 'number') {
      report.warn(['safety', 'longest_hold'], 'this is not used: only voters make promises, with mode = "quorum".');
    }
    return null;
  }
  const voters = resolveVoters(cluster?.nodes, report);
  const longestHoldMs = safety.longest_hold === null ? defaultLongestHoldMs : safety.longest_hold;
  if (lease?.kind === 'off') refuseOff(report);
  // What replaces a lease that was refused has to fit too: better said now than after the next try.
  const shortest = lease === undefined || lease.kind === 'off' ? least : lease;
  if (shortest !== undefined && cluster?.interval !== undefined && longestHoldMs !== undefined)
    checkLongestHold(shortest, cluster.interval, longestHoldMs, report);
  if (lease === undefined || longestHoldMs === undefined || voters === undefined) return undefined;
  return { voters: voters.toSorted(), longestHoldMs };
}

function resolveVoters(
  nodes: readonly (string | undefined)[] | null | undefined,
  report: Report,
): readonly string[] | undefined {
  if (nodes === undefined) return undefined;
  const at = ['cluster', 'nodes'];
  if (nodes === null) {
    return report.problem(
      ['safety', 'mode'],
      'expected cluster.nodes beside "quorum", since a majority is one of a list, found none. Write nodes = ["lb1", "lb2", "w1"].',
    );
  }
  if (nodes.length > mostVoters) {
    report.problem(at, `expected at most ${mostVoters} voters in quorum mode, found ${nodes.length}.`);
  }
  if (nodes.length < 3) {
    report.warn(at, 'with fewer than three voters the loss of any one leaves no majority. Add a witness.');
  }
  return completeAll(nodes);
}

function refuseOff(report: Report): void {
  report.problem(
    ['safety', 'lease'],
    'expected a lease in quorum mode, found "off": without an end, no promise would be long enough.',
  );
}

function checkLongestHold(lease: Lease, intervalMs: number, longestHoldMs: number, report: Report): void {
  const holdMs = holdOf(lease, intervalMs);
  if (!Number.isFinite(holdMs) || longestHoldMs >= holdMs) return;
  const found = `found ${quote(formatDuration(longestHoldMs))}, and voters refuse what is longer`;
  const wanted = `${formatDuration(holdMs)} (the lease, what a word may take to the kernel, and how late that ends it)`;
  report.problem(['safety', 'longest_hold'], `expected at least ${wanted}, ${found}. Raise it on all nodes.`);
}

/** The lease, what a word may take to the kernel, and how late that ends it. */
function holdOf(lease: Lease, intervalMs: number): number {
  if (lease.kind === 'off') return Number.POSITIVE_INFINITY;
  return Math.ceil(
    lease.ms + probeWindowMs({ intervalMs }) + (lease.kind === 'nftables' ? lease.lateMs : addressLateMs),
  );
}

/** Why this lease, which is not the one that the configuration was checked with, cannot be used; or null. */
export function quorumFault({ quorum, lease, intervalMs }: Settings): string | null {
  const holdMs = holdOf(lease, intervalMs);
  if (quorum === null || holdMs <= quorum.longestHoldMs) return null;
  const [hold, longest] = [holdMs, quorum.longestHoldMs].map(formatDuration);
  return `without nf_tables a lease can last ${hold}, and longest_hold under [safety] is ${longest}: raise it on all nodes`;
}

/** How long nobody may hold a group after its holder was lost, but for a round trip. */
export function worstFailoverMs({ intervalMs, downAfter, lease }: Settings): number {
  return Math.ceil(Math.max(downAfter * intervalMs, rateMargin * holdOf(lease, intervalMs)));
}

/** After a start of all nodes nobody votes for so long. */
export function startSilenceMs(quorum: Quorum): number {
  return Math.ceil(rateMargin * quorum.longestHoldMs);
}
