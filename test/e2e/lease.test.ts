// The millisecond lease with real daemons: whatever befalls the holder's process, its host is silent before another one
// answers, for IPv4 and IPv6, and the other one comes as soon as its down time permits. A witness asks both hosts by
// their MAC every millisecond, for the owner of the address and for an echo.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { AnsweringSummary, Instrument } from '../lab/instrument.ts';
import { readBeat } from '#linux/record-beat';
import { Lab } from '../lab/lab.ts';
import { lastAnswerMs, untilAnswers } from '../lab/seen.ts';

/** Added to every bound for a machine that does other work: alone on one, a new holder is 20 ms late at most. */
const busyMs = 250;
/** An answer takes its time to the witness; the lease itself is never late. */
const seenLateMs = 5;

async function witnesses(lab: Lab): Promise<Instrument<AnsweringSummary>[]> {
  return Promise.all(lab.addresses.map((to) => lab.answering({ to })));
}

function firstAnswerMs(seen: AnsweringSummary, host: string): number {
  return seen.hosts.find((one) => one.host === host)?.any[0]?.[0] ?? Number.NaN;
}

const faults = {
  'kill -9': (lab: Lab) => lab.kill('h1'),
  SIGSTOP: (lab: Lab) => lab.freeze('h1'),
} as const;

for (const { interval, ms } of [
  { interval: '100ms', ms: 100 },
  { interval: '1s', ms: 1000 },
]) {
  for (const [fault, strike] of Object.entries(faults)) {
    test(`${fault} at ${interval}: silent before the down time, taken right after it, never two`, async (t) => {
      const lab = await Lab.up(t, {
        hosts: 2,
        interval,
        preempt: false,
        set: [`h2:node.startup_delay=${Math.max(1500, ms * 4)}ms`],
      });
      const status = await lab.status('h1');
      t.is(status?.lease.kind, 'nftables');
      t.is(status?.lease.open_ms, 0);
      const leaseMs = status?.lease.ms ?? Number.NaN;
      const asking = await witnesses(lab);
      await strike(lab);
      for (const witness of asking) await untilAnswers(witness, 'h2', 10 * ms + 3000);
      await sleep(50);
      for (const seen of await Promise.all(asking.map((witness) => witness.stop()))) {
        assertMoved(t, seen, lastAdvertMs(lab), leaseMs, 3 * ms);
      }
    });
  }

  test(`a starved loop at ${interval}: run for 20 ms between stops longer than the lease, never two`, async (t) => {
    const lab = await Lab.up(t, {
      hosts: 2,
      interval,
      preempt: false,
      set: [`h2:node.startup_delay=${Math.max(1500, ms * 4)}ms`],
    });
    const asking = await witnesses(lab);
    for (let i = 0; i < (ms < 1000 ? 8 : 3); i += 1) {
      await lab.freeze('h1');
      await sleep(i % 2 === 0 ? 3.2 * ms : 2.5 * ms);
      await lab.thaw('h1');
      await sleep(20);
    }
    for (const witness of asking) await untilAnswers(witness, 'h2', 10 * ms);
    for (const seen of await Promise.all(asking.map((witness) => witness.stop()))) {
      t.is(seen.longestOverlapMs, 0, `two holders of ${seen.to}`);
    }
    await lab.waitForState('h1', 'standby', 20 * ms);
  });
}

/** What the dead daemon wrote down of its last advert, on the clock that all processes of this machine share. */
function lastAdvertMs(lab: Lab): number {
  return readBeat(`${lab.host('h1').dir}/run`)?.advertAt ?? Number.NaN;
}

/** All from the last advert of the old holder on. */
function assertMoved(t: ExecutionContext, seen: AnsweringSummary, from: number, leaseMs: number, downMs: number): void {
  const silentMs = lastAnswerMs(seen, 'h1') - from;
  const takenMs = firstAnswerMs(seen, 'h2') - from;
  t.log(
    `${seen.to}: lease ${leaseMs}, silent after ${silentMs.toFixed(1)} ms, the next answers after ${takenMs.toFixed(1)}`,
  );
  t.is(seen.longestOverlapMs, 0, `two holders of ${seen.to}`);
  t.true(silentMs <= leaseMs + seenLateMs, `silent after ${silentMs} ms, lease ${leaseMs} ms`);
  t.true(silentMs > leaseMs - 30 - busyMs, `silent after ${silentMs} ms already, lease ${leaseMs} ms`);
  t.true(takenMs < downMs + 20 + busyMs, `taken after ${takenMs} ms`);
}

test('a loop that stands still for less than its lease moves nothing, and no answer fails', async (t) => {
  const lab = await Lab.up(t, {
    hosts: 2,
    interval: '200ms',
    downAfter: 4,
    preempt: false,
    set: ['h2:node.startup_delay=2s'],
  });
  const leaseMs = (await lab.status('h1'))?.lease.ms ?? Number.NaN;
  t.true(leaseMs > 700 && leaseMs < 800, `${leaseMs}`);
  const witness = await lab.answering();
  await lab.freeze('h1');
  await sleep(400);
  await lab.thaw('h1');
  await sleep(300);
  const seen = await witness.stop();
  t.is(seen.longestOverlapMs, 0);
  t.is(seen.hosts.find(({ host }) => host === 'h1')?.any.length, 1, 'no gap');
  t.notRegex(await lab.logs('h2'), /claiming/);
});

test('nft flush ruleset on the holder: no answer lost, said in the log, and the lease still ends by itself', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', preempt: false, set: ['h2:node.startup_delay=1s'] });
  const probe = await lab.probe();
  await lab.exec('h1', 'nft', 'flush', 'ruleset');
  await lab.until(
    async () =>
      /were changed or removed by nft, pid \d+; they were made anew at once/.test(await lab.logs('h1')) ? true : null,
    2000,
    () => 'nothing in the log',
  );
  const { lost } = await probe.stop();
  t.true(lost <= 3, `${lost} answers lost`);
  const asking = await witnesses(lab);
  await lab.freeze('h1');
  for (const witness of asking) await untilAnswers(witness, 'h2', 3000);
  for (const seen of await Promise.all(asking.map((witness) => witness.stop()))) t.is(seen.longestOverlapMs, 0);
});

test('a clean stop takes the tables away; `cleanup` takes those of a dead daemon', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms' });
  t.regex(await lab.exec('h1', 'nft', 'list', 'tables'), /^table inet locum-[0-9a-f]{8}$/m);
  t.is(await lab.stop('h1'), 0);
  t.is(await lab.exec('h1', 'nft', 'list', 'tables'), '');
  await lab.waitForState('h2', 'active', 3000);
  await lab.kill('h2');
  await lab.exitCode('h2');
  t.regex(await lab.exec('h2', 'nft', 'list', 'tables'), /locum-/);
  t.regex(await lab.locum('h2', 'cleanup'), /removed the tables locum-[0-9a-f]{8} of nf_tables/);
  t.is(await lab.exec('h2', 'nft', 'list', 'tables'), '');
  t.deepEqual(await lab.holders(), []);
});

test('without nf_tables: the lease is the lifetime of the addresses, and status and log say why', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', noNftables: true });
  const status = await lab.status('h1');
  t.is(status?.lease.kind, 'address');
  t.is(status?.lease.ms, 2000);
  const [problem] = (status?.problems ?? []).filter(({ code }) => code === 'lease-coarse');
  t.regex(problem?.message ?? '', /whole seconds.*no nf_tables/);
  t.regex(await lab.logs('h1'), /problem lease-coarse/);
  t.is(await lab.exec('h1', 'nft', 'list', 'tables'), '');
  t.is(await lab.stop('h1'), 0);
  await lab.waitForState('h2', 'active', 3000);
});
