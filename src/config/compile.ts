// Configuration text to settings, or every problem in it at once. It reads no file and asks the
// host only through the facts handed in. Beside the problems there are warnings: what works, but
// may not be what was meant.

import type { HostFacts } from '#model/host-facts';
import type { Settings } from '#model/settings';
import { type Finding, Report } from './finding.ts';
import { InterfaceCheck } from './host-checks.ts';
import { locateKeys } from './key-lines.ts';
import { leastLease, resolveLease, type Timing } from './lease.ts';
import { resolveChecks, resolveHook } from './resolve-checks.ts';
import { resolveAuth, resolveNode, resolveTransport } from './resolve-cluster.ts';
import { resolveWatchdog } from './resolve-safety.ts';
import { resolveFence } from './resolve-fence.ts';
import { resolveGroups } from './resolve-groups.ts';
import { resolveQuorum } from './resolve-quorum.ts';
import { resolveWitness } from './resolve-witness.ts';
import { resolveGateways } from './resolve-gateways.ts';
import { root, type Written } from './schema.ts';
import { complete, completeAll, readTable } from './shape.ts';
import { parseToml } from './syntax.ts';

export type Compiled =
  | { readonly kind: 'good'; readonly settings: Settings; readonly warnings: readonly Finding[] }
  | { readonly kind: 'bad'; readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] };

/** `file` is the name that findings carry. */
export function compile(text: string, file: string, host: HostFacts): Compiled {
  const parsed = parseToml(text);
  // After a syntax error nothing that follows can be trusted, so it stands alone.
  if (parsed.kind === 'fault') return { kind: 'bad', problems: [{ file, key: '', ...parsed.fault }], warnings: [] };
  const report = new Report(file, locateKeys(text));
  const written = readTable(root, parsed.root, [], report);
  const settings = written && resolve(written, report, host);
  const { problems, warnings } = report;
  if (problems.length > 0) return { kind: 'bad', problems, warnings };
  if (settings === undefined) throw new Error('a configuration was refused without a problem');
  return { kind: 'good', settings, warnings };
}

function resolve(written: Written, report: Report, host: HostFacts): Settings | undefined {
  const { cluster } = written;
  const interfaces = new InterfaceCheck(report, host);
  const timing = complete<Timing>({ intervalMs: cluster?.interval, downAfter: cluster?.down_after });
  const checks = resolveChecks(written.check, report, host);
  const groups = resolveGroups(written.group, {
    report,
    interfaces,
    witness: written.node?.witness === true,
    nodePriority: written.node?.priority,
    checks: (written.check ?? []).flatMap((check) => check?.name ?? []),
  });
  if (checks !== undefined && groups !== undefined) warnOfIdleChecks({ checks, groups }, report);
  if (timing !== undefined && groups !== undefined) warnOfHaste({ ...timing, groups }, report);
  const delay = written.node?.startup_delay;
  const votes = written.safety?.mode === 'quorum';
  const clockwork = timing && { ...timing, tickMs: host.tickMs, votes, probe: written.safety?.probe !== false };
  const lease = resolveLease(written.safety?.lease, clockwork, report);
  return complete<Settings>({
    cluster: cluster?.name,
    node: resolveNode(written, report, host),
    auth: cluster && resolveAuth(cluster, report, host),
    intervalMs: cluster?.interval,
    downAfter: cluster?.down_after,
    transport: resolveTransport(written, report, interfaces),
    nodes: cluster?.nodes && completeAll(cluster.nodes),
    quorum: resolveQuorum(written, lease, clockwork && leastLease(clockwork), report),
    witness: resolveWitness(written, report),
    // Who claims sooner than a down time after its start has not listened to anybody.
    startupDelayMs: timing && delay !== undefined ? Math.max(delay, timing.downAfter * timing.intervalMs) : undefined,
    lease,
    watchdog: resolveWatchdog(written.safety?.watchdog, report, host),
    probe: written.safety?.probe,
    gateways: resolveGateways(written, report),
    groups,
    checks,
    fence: resolveFence(written.fence, { nodes: cluster?.nodes && completeAll(cluster.nodes), report, host }),
    hook: resolveHook(written.hooks, report, host),
    log: written.log && complete<Settings['log']>({ format: written.log.format, level: written.log.level }),
  });
}

/** A little less than a host opened in the table of steps in docs/benchmarks.md, with 255 addresses and with 1,000. */
const addressesPerMs = 10;

/** A claim has to be open within an interval of its decision: with more addresses than that it may come too late each time. */
function warnOfHaste({ intervalMs, groups }: Pick<Settings, 'intervalMs' | 'groups'>, report: Report): void {
  const count = groups.reduce((sum, { addresses }) => sum + addresses.length, 0);
  if (count <= addressesPerMs * intervalMs) return;
  const enough = Math.ceil(count / addressesPerMs);
  report.warn(
    ['cluster', 'interval'],
    `expected ${enough}ms or more for ${count} addresses, found ${intervalMs}ms: a takeover of all of them may take longer than that, and is given up then.`,
  );
}

function warnOfIdleChecks({ checks, groups }: Pick<Settings, 'checks' | 'groups'>, report: Report): void {
  const used = new Set(groups.flatMap((group) => group.checks));
  for (const [i, { name, onFail }] of checks.entries()) {
    if (!used.has(name) && onFail.kind !== 'fence')
      report.warn(['check', i, 'name'], 'no group lists this check: it runs and changes nothing.');
  }
}
