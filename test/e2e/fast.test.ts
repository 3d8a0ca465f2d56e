// Intervals of 10 ms on a busy host: two daemons with the scheduling of the unit, both processors loaded, a check that is
// spawned ten times a second on both, status asked for all the time, everything logged. Nobody may move, and no lease may
// end. LOCUM_FAST_SECONDS plays longer: 600 are the ten minutes of docs/measured.md. Without realtime scheduling it is
// reported what happens, and nothing is asserted of it.

import test from 'ava';
import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { Lab } from '../lab/lab.ts';
import type { Lateness, Status } from '../lab/status.ts';

const seconds = Number(process.env['LOCUM_FAST_SECONDS'] ?? '15');
/** Both have compiled what they run, and stand where they stay. */
const settleMs = 3000;
const hosts = ['h1', 'h2'] as const;

const toml = `
[[check]]
name = "often"
script = ["/usr/bin/test", "-d", "/"]
interval = "100ms"
timeout = "10s"
[log]
level = "debug"
`;

for (const realtime of [true, false]) {
  const how = realtime ? 'with the scheduling of the unit nobody moves and no lease ends' : 'without it, as reported';
  test(`10 ms, three adverts, ${seconds} s on loaded processors: ${how}`, async (t) => {
    t.timeout((seconds + 120) * 1000);
    const lab = await Lab.up(t, { hosts: 2, interval: '10ms', downAfter: 3, toml, realtime });
    await sleep(settleMs);
    const before = await statuses(lab);
    const load = loadOf(t);
    const asked = await ask(lab, seconds * 1000);
    for (const one of load) one.kill('SIGKILL');
    await sleep(500);
    const after = await statuses(lab);
    let moves = 0;
    for (const [i, host] of hosts.entries()) {
      const [first, last] = [before[i], after[i]];
      if (first === undefined || last === undefined) throw new Error(`${host} has no status`);
      const told = linesSince(await lab.logs(host), first.now);
      moves += told.filter((line) => line.endsWith(' [group]')).length;
      const lapses = told.filter((line) => line.endsWith(' [problem lease-lapsed]'));
      t.log(`${host}: ${lateWords(first.loop_late, last.loop_late)}; ${asked} times asked for its status`);
      t.true(last.adverts.sent - first.adverts.sent > (realtime ? 90 : 10) * seconds);
      if (realtime) {
        t.deepEqual(lapses, [], host);
        t.deepEqual(
          last.groups.map(({ state, since }) => ({ state, since })),
          first.groups.map(({ state, since }) => ({ state, since })),
        );
        t.is(last.checks[0]?.last?.outcome, 'exit 0');
      } else t.log(`${host}: ${lapses.length} leases ended`);
    }
    t.log(`${moves} changes of a group's state`);
    if (realtime) t.is(moves, 0);
  });
}

async function statuses(lab: Lab): Promise<readonly Status[]> {
  const found = await Promise.all(hosts.map((host) => lab.status(host)));
  return found.map((status) => {
    if (status === null) throw new Error('a daemon does not answer');
    return status;
  });
}

/** One that never waits for each processor, at the priority of everybody. */
function loadOf(t: ExecutionContext): readonly ChildProcess[] {
  const load = Array.from({ length: availableParallelism() }, () =>
    spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  t.teardown(() => load.forEach((one) => one.kill('SIGKILL')));
  return load;
}

/** Several times a second of both; how often. */
async function ask(lab: Lab, forMs: number): Promise<number> {
  const end = performance.now() + forMs;
  let asked = 0;
  while (performance.now() < end) {
    await Promise.all(hosts.map((host) => lab.status(host)));
    asked += 1;
    await sleep(200);
  }
  return asked;
}

function linesSince(log: string, at: string): readonly string[] {
  return log.split('\n').filter((line) => line.slice(0, at.length) > at);
}

/** What came between the two, by its buckets: the start is not what is measured here. */
function lateWords(first: Lateness, last: Lateness): string {
  const counts = last.buckets.map(({ up_to_ms, count }, i) => ({
    upToMs: up_to_ms ?? Number.POSITIVE_INFINITY,
    count: count - (first.buckets[i]?.count ?? 0),
  }));
  const all = last.count - first.count;
  const share = (of: number): string => {
    let below = 0;
    const found = counts.find(({ count }) => (below += count) >= of * all);
    return `${found?.upToMs ?? '?'} ms`;
  };
  const late = counts.filter(({ upToMs, count }) => upToMs > 5 && count > 0);
  const tail = late.map(({ upToMs, count }) => `${count} up to ${upToMs} ms`).join(', ');
  return `of ${all} steps half at most ${share(0.5)} late, 99 % ${share(0.99)}, 99.9 % ${share(0.999)}, all ${share(1)}${tail === '' ? '' : ` (${tail})`}`;
}
