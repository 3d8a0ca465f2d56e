// A holder that is told to stop, and one that comes back: handovers, with both daemons alive. The client misses next to
// nothing, nobody holds the address beside another, and the client's neighbour cache follows each time.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { lastAnswerMs, untilAnswers } from '../lab/seen.ts';

/** Some 5 ms is what a handover takes. */
const outageBoundMs = 150;

for (const { interval, family } of [
  { interval: '1s', family: 4 },
  { interval: '100ms', family: 6 },
]) {
  test(`a clean stop and a preemption are handovers, at ${interval}, IPv${family}`, async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval });
    const to = lab.addresses[family === 4 ? 0 : 1] ?? '';
    const away = { probe: await lab.probe({ to }), witness: await lab.answering({ to }) };
    const atMs = await lab.signal('h1', 'SIGTERM');
    t.is(await lab.exitCode('h1', 1000), 0);
    const tookMs = monotonicMs() - atMs;
    await untilAnswers(away.witness, 'h2', 1000);
    await lab.waitForHolders(['h2'], 1000, to);
    await lab.until(
      async () => ((await lab.clientBelieves(to)) === 'h2' ? true : null),
      1000,
      () => 'stale neighbour',
    );
    const stopped = { probe: await away.probe.stop(), witness: await away.witness.stop() };
    const goneMs = lastAnswerMs(stopped.witness, 'h1') - atMs;
    t.log(`stop: outage ${stopped.probe.longestMs} ms, addresses gone after ${goneMs} ms, exit after ${tookMs} ms`);
    t.true(stopped.probe.longestMs < outageBoundMs, `${stopped.probe.longestMs} ms without an answer`);
    t.true(goneMs < 500 + stopped.witness.stallMs, `${goneMs} ms until the addresses were gone`);
    t.is(stopped.witness.longestOverlapMs, 0, 'two holders');
    t.regex(await lab.logs('h1'), /SIGTERM: handing over and releasing/);
    t.regex(await lab.logs('h2'), /web: standby -> claiming: h1 handed the group over to this node/);

    const back = { probe: await lab.probe({ to }), witness: await lab.answering({ to }) };
    await lab.start('h1');
    await lab.waitForState('h1', 'active', 15_000);
    await lab.waitForHolders(['h1'], 1000, to);
    await lab.until(
      async () => ((await lab.clientBelieves(to)) === 'h1' ? true : null),
      1000,
      () => 'stale neighbour',
    );
    const returned = { probe: await back.probe.stop(), witness: await back.witness.stop() };
    t.log(`preemption: outage ${returned.probe.longestMs} ms, overlap ${returned.witness.longestOverlapMs} ms`);
    t.true(returned.probe.longestMs < outageBoundMs, `${returned.probe.longestMs} ms without an answer`);
    t.is(returned.witness.longestOverlapMs, 0, 'two holders');
    t.regex(await lab.logs('h2'), /web: releasing -> standby: h1 ranks better and asked for the group/);
  });
}

test('the last node stops: nobody is named, the addresses go all the same', async (t) => {
  const lab = await Lab.up(t, { hosts: 1, interval: '100ms' });
  const witness = await lab.answering();
  const atMs = await lab.signal('h1', 'SIGINT');
  t.is(await lab.exitCode('h1', 1000), 0);
  t.deepEqual(await lab.holders(), []);
  t.deepEqual(await lab.holders(lab.addresses[1]), []);
  const seen = await witness.stop();
  const goneMs = lastAnswerMs(seen, 'h1') - atMs;
  t.log(`addresses gone after ${goneMs} ms`);
  t.true(goneMs < 500 + seen.stallMs, `${goneMs} ms`);
});
