// Intervals of 10 ms on a busy host: two daemons with the scheduling of the unit, every processor loaded, a check that is
// spawned ten times a second on both, status asked for all the time, everything logged. Nobody may move, and no lease may
// end. LOCUM_FAST_SECONDS plays longer: 600 are the ten minutes of docs/benchmarks.md. Without realtime scheduling it is
// reported what happens, and nothing is asserted of it.

import test from 'ava';
import { type ChildProcess, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { Lab } from '../lab/lab.ts';
import { lateWords } from '../lab/lateness.ts';
import type { Status } from '../lab/status.ts';
import { type Standstill, watchStillness } from '../lab/stillness.ts';

const seconds = Number(process.env['LOCUM_FAST_SECONDS'] ?? '10');
/** Both have compiled what they run, and stand where they stay. */
const settleMs = 3000;
/** What the machine did not let anybody do shows for so long. */
const echoMs = 1500;
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

// What is in /run must be in memory, as on a host with systemd: where it is a disk, a write can take many milliseconds.
process.env['LOCUM_LAB_BASE'] ??= '/dev/shm/locum-lab';

interface Wrong {
  readonly line: string;
  /** What its host logged before it and after. */
  readonly around: string;
}

interface Played {
  /** Log lines that should not be there: moves, and leases that ended. */
  readonly wrong: readonly Wrong[];
  readonly stills: readonly Standstill[];
}

test(`10 ms, three adverts, ${seconds} s on loaded processors: nobody moves, and no lease ends`, async (t) => {
  t.timeout((seconds + 60) * 1000);
  const { wrong, stills } = await play(t, true);
  const excused = ({ line }: Wrong): boolean => {
    const at = Date.parse(line.slice(0, line.indexOf(' ')));
    return stills.some(({ atMs }) => at > atMs - 200 && at < atMs + echoMs);
  };
  t.log(
    `the machine itself stood still for ${stills.map(({ ms, processor }) => `${ms} (processor ${processor})`).join(', ') || 0} ms`,
  );
  t.log(`${wrong.filter(excused).length} lines after that: nobody could have kept a lease of 24 ms`);
  t.deepEqual(
    wrong.filter((one) => !excused(one)),
    [],
  );
  t.true(stills.length * echoMs < (seconds * 1000) / 2, 'this machine stands still too often for intervals of 10 ms');
});

test(`the same without realtime scheduling, as it comes`, async (t) => {
  t.timeout((seconds + 60) * 1000);
  const { wrong } = await play(t, false);
  const moves = wrong.filter(({ line }) => line.endsWith(' [group]')).length;
  t.log(`${moves} changes of a group's state, ${wrong.length - moves} leases ended`);
  t.pass();
});

async function play(t: ExecutionContext, realtime: boolean): Promise<Played> {
  const lab = await Lab.up(t, { hosts: 2, interval: '10ms', downAfter: 3, toml, realtime });
  await lab.waitForState('h1', 'active', 20_000);
  await lab.waitForState('h2', 'standby', 20_000);
  await sleep(settleMs);
  const still = await watchStillness(t);
  const before = await statuses(lab);
  const load = loadOf(t);
  const asked = await ask(lab, seconds * 1000);
  const stills = await still.end();
  for (const one of load) one.kill('SIGKILL');
  await sleep(500);
  const after = await statuses(lab);
  const wrong: Wrong[] = [];
  for (const [i, host] of hosts.entries()) {
    const [first, last] = [before[i], after[i]];
    if (first === undefined || last === undefined) throw new Error(`${host} has no status`);
    const told = (await lab.logs(host)).split('\n').filter((line) => line.slice(0, first.now.length) > first.now);
    for (const [at, line] of told.entries()) {
      if (!/ \[(?:group|problem lease-lapsed)\]$/.test(line)) continue;
      wrong.push({ line, around: `${host}: ${told.slice(Math.max(0, at - 8), at + 3).join('\n')}` });
    }
    t.log(`${host}: ${lateWords(first.loop_late, last.loop_late)}; asked ${asked} times for its status`);
    t.is(last.scheduling.policy, realtime ? 'rr' : 'other');
    // It was all there: adverts, and checks that ran in time.
    t.true(last.adverts.sent - first.adverts.sent > (realtime ? 80 : 10) * seconds);
    t.is(last.checks[0]?.state, 'passing');
  }
  await lab.down();
  return { wrong, stills };
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

/** Five times a second of both; how often. */
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
