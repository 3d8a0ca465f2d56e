// Check scripts that pass, fail, flap, hang, recover, cannot run, or only cost rank, and what becomes of the addresses.
// The scripts do what a file says, so that a test decides when they change their mind.

import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { Lab } from '../lab/lab.ts';
import { spanCount } from '../lab/seen.ts';
import { Scratch } from './scratch.ts';

interface Bench {
  readonly lab: Lab;
  readonly scratch: Scratch;
  /** What a host's script does from its next run on: `ok`, `bad`, `hang`, `flap`. */
  readonly let: (host: string, what: string) => Promise<void>;
}

/** Which host a script runs for comes in its environment. */
async function withCheck(t: ExecutionContext, keys: readonly string[]): Promise<Bench> {
  const scratch = await Scratch.make(t);
  const shared = await scratch.shared('notes');
  const script = await scratch.script(
    'check',
    `read -r what <${scratch.dir}/$LOCUM_NODE`,
    `echo "$what: $(id -un)"`,
    'case $what in',
    'ok) exit 0 ;;',
    'bad) echo "on standard error" >&2; exit 3 ;;',
    // Neither the script nor its child heeds a polite word.
    `hang) trap "" TERM; (trap "" TERM; echo $$ >${shared}/$LOCUM_NODE.pid; exec sleep 1000) & wait ;;`,
    // Two bad, one good: never three in a row.
    `flap) n=$(cat ${shared}/$LOCUM_NODE.n 2>/dev/null || echo 0); n=$((n + 1)); echo $n >${shared}/$LOCUM_NODE.n; [ $((n % 3)) = 0 ] ;;`,
    'esac',
  );
  for (const host of ['h1', 'h2']) await scratch.put(host, 'ok\n');
  const check = ['[[check]]', 'name = "service"', `script = ["${script}"]`, 'interval = "100ms"', ...keys];
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', toml: check.join('\n') });
  return { lab, scratch, let: (host, what) => scratch.put(host, `${what}\n`) };
}

test.serial('a check that fails moves the group by handover; when it recovers the group comes back', async (t) => {
  const { lab, let: set } = await withCheck(t, ['fall = 3', 'rise = 2']);
  const passing = await lab.status('h1');
  t.is(passing?.checks[0]?.state, 'passing');
  t.is(passing?.checks[0]?.last?.outcome, 'exit 0');
  t.is(passing?.checks[0]?.last?.output.trim(), 'ok: nobody', 'an unprivileged user by default');
  const probe = await lab.probe();
  const witness = await lab.answering();
  await set('h1', 'bad');
  await lab.waitForState('h1', 'faulted', 5000);
  const failing = await lab.waitFor('h1', ({ checks }) => checks[0]?.last?.outcome === 'exit 3', 3000);
  t.is(failing.checks[0]?.state, 'failing');
  t.regex(failing.groups[0]?.reason ?? '', /^check service fails: exit 3/);
  t.regex(failing.checks[0]?.last?.output ?? '', /bad: nobody\s+on standard error/);
  t.true(failing.problems.some(({ code }) => code === 'check-failing'));
  await lab.waitForState('h2', 'active', 3000);
  await set('h1', 'ok');
  await lab.waitForState('h1', 'active', 10_000);
  const { longestMs } = await probe.stop();
  t.is((await witness.stop()).longestOverlapMs, 0, 'two holders');
  t.log(`there and back: outage ${longestMs} ms`);
  t.true(longestMs < 200, `${longestMs} ms without an answer`);
  t.deepEqual(
    (await lab.status('h1'))?.problems.filter(({ code }) => code === 'check-failing'),
    [],
  );
  const logs = await lab.logs('h1');
  t.regex(logs, /check service: unknown -> passing: exit 0/);
  t.regex(logs, /check service: passing -> failing: exit 3, says: bad: nobody on standard error/);
  t.regex(logs, /check service: failing -> passing: exit 0/);
});

test.serial('a check that flaps below fall moves nothing', async (t) => {
  const { lab, scratch, let: set } = await withCheck(t, ['fall = 3', 'rise = 2']);
  const witness = await lab.answering({ everyMs: 5 });
  await set('h1', 'flap');
  const runs = async () => Number((await scratch.lines('notes/h1.n'))[0] ?? 0);
  await lab.until(
    async () => ((await runs()) >= 12 ? true : null),
    15_000,
    () => 'the check did not run 12 times',
  );
  t.is(spanCount(await witness.stop()), 1);
  t.is((await lab.status('h1'))?.checks[0]?.state, 'passing');
  t.notRegex(await lab.logs('h1'), /check service: passing -> failing/);
});

test.serial('a check that hangs is killed with its children, counts as a failure, and delays no advert', async (t) => {
  const { lab, scratch, let: set } = await withCheck(t, ['timeout = "200ms"', 'fall = 2', 'rise = 1']);
  const begun = (await lab.status('h1'))?.adverts.sent ?? 0;
  const startedMs = performance.now();
  await set('h1', 'hang');
  const failing = await lab.waitForState('h1', 'faulted', 10_000);
  t.is(failing.groups[0]?.reason, 'check service fails: timeout');
  t.is(failing.checks[0]?.last?.outcome, 'timeout');
  await lab.waitForState('h2', 'active', 3000);
  t.is((await lab.status('h2'))?.peers[0]?.state, 'two-way');
  const intervals = (performance.now() - startedMs) / 100;
  const sent = ((await lab.status('h1'))?.adverts.sent ?? 0) - begun;
  t.true(sent > intervals / 2, `${sent} adverts in ${intervals} intervals`);
  await set('h1', 'ok');
  await lab.waitForState('h1', 'active', 10_000);
  const pid = Number(readFileSync(scratch.path('notes/h1.pid'), 'utf8'));
  await lab.until(
    async () => (alive(pid) ? null : true),
    2000,
    () => `process ${pid} of the check outlived it`,
  );
  t.pass();
});

test.serial('a check that cannot run is a failure from its first outcome on', async (t) => {
  const { lab, scratch } = await withCheck(t, ['fall = 2', 'rise = 1']);
  await rm(scratch.path('check'));
  await Promise.all(['h1', 'h2'].map((host) => lab.waitForState(host, 'faulted', 5000)));
  const status = await lab.status('h1');
  t.is(status?.checks[0]?.last?.outcome, 'cannot run');
  t.regex(status?.groups[0]?.reason ?? '', /^check service fails: cannot run: .*(ENOENT|no such file)/i);
  t.deepEqual(await lab.holders(), []);
  await scratch.script('check', 'exit 0');
  await lab.waitForState('h1', 'active', 10_000);
});

test.serial('weight: a failing check costs rank, and the group moves to who has more', async (t) => {
  const { lab, let: set } = await withCheck(t, ['on_fail = "weight"', 'weight = -50', 'fall = 1', 'rise = 1']);
  const probe = await lab.probe();
  await set('h1', 'bad');
  await lab.waitForState('h2', 'active', 5000);
  const weak = await lab.waitForState('h1', 'standby', 3000);
  t.is(weak.groups[0]?.priority, 200);
  t.is(weak.groups[0]?.effective_priority, 150);
  t.deepEqual(weak.groups[0]?.terms, [{ what: 'check service', weight: -50 }]);
  // It is still fit: with nobody better left it holds.
  await set('h2', 'bad');
  await lab.waitForState('h1', 'active', 5000);
  t.is((await lab.status('h1'))?.groups[0]?.effective_priority, 150);
  const { longestMs } = await probe.stop();
  t.log(`two moves: outage ${longestMs} ms`);
  t.true(longestMs < 200, `${longestMs} ms without an answer`);
});

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
