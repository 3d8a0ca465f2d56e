// A daemon that crashes and starts again. Within the lease and the down time nobody notices: no answer is lost, nothing
// moves. Later, the address moves once, and whoever comes back does not hold beside the new one.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { spanCount, untilAnswers, untilSilent } from '../lab/seen.ts';

test('crash and restart within lease and down time, 1 s: no answer lost, no move', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '1s' });
  const witness = await lab.answering();
  const probe = await lab.probe();
  await lab.kill('h1');
  await lab.exitCode('h1');
  const adopted = await restarted(lab);
  t.is(adopted.groups[0]?.reason, "this node's last daemon left the addresses, and their lease still runs");
  // Past the instant at which its peer would have claimed, and well past the old lease.
  await lab.waitFor('h1', ({ adverts }) => adverts.sent > 6, 15_000, 'some intervals');
  const { lost, longestMs, sent } = await probe.stop();
  const seen = await witness.stop();
  t.log(`${lost} of ${sent} answers lost, outage ${longestMs} ms`);
  // Two requests may be on their way when the probe ends.
  t.true(lost <= 2, `${lost} answers lost`);
  t.is(spanCount(seen), 1, 'the address moved or fell silent');
  t.is(seen.longestOverlapMs, 0);
  t.notRegex(await lab.logs('h2'), /claiming|releasing/);
  t.true((await lab.status('h1'))?.groups.every(({ state }) => state === 'active'));
});

test('crash and restart later, with room for the lease: one move, never two holders', async (t) => {
  const lab = await Lab.up(t, {
    hosts: 2,
    interval: '500ms',
    downAfter: 9,
    preempt: false,
    set: ['h2:node.startup_delay=6s'],
  });
  t.is((await lab.status('h1'))?.lease.open_ms, 0);
  const witness = await lab.answering();
  await lab.kill('h1');
  await untilSilent(witness, 'h1', 6000);
  await untilAnswers(witness, 'h2', 10_000);
  await lab.start('h1');
  await lab.waitForState('h1', 'standby', 10_000);
  const seen = await witness.stop();
  t.is(seen.longestOverlapMs, 0, 'two holders');
  t.is(spanCount(seen), 2, 'h1 until its lease ended, then h2');
  t.deepEqual(await lab.holders(), ['h2']);
});

test('crash and restart at 100 ms after another took over: the leftovers go at once, nothing moves back', async (t) => {
  // The lifetime of an address and nothing besides: with a gate, or asked on the wire, nobody would hold beside another.
  const set = ['h2:node.startup_delay=1s', 'safety.lease=2s', 'safety.probe=false'];
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', preempt: false, set });
  await lab.kill('h1');
  await lab.waitForState('h2', 'active', 3000);
  await lab.exitCode('h1');
  t.deepEqual(await lab.holders(), ['h1', 'h2'], 'the address itself outlives the lease, and nothing answers for it');
  const probe = await lab.probe();
  await lab.start('h1');
  await lab.waitForHolders(['h2'], 1000);
  await lab.waitForState('h1', 'standby', 5000);
  await lab.until(
    async () => ((await lab.clientBelieves()) === 'h2' ? true : null),
    8000,
    () => 'stale neighbour',
  );
  const { longestMs } = await probe.stop();
  t.log(`longest gap at the client ${longestMs} ms`);
  t.is((await lab.status('h2'))?.groups[0]?.state, 'active');
  t.notRegex(await lab.logs('h1'), /starting -> active/);
});

async function restarted(lab: Lab): ReturnType<Lab['waitForState']> {
  await lab.start('h1');
  return lab.waitForState('h1', 'active', 2000);
}
