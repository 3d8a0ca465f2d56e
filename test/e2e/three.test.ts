// Three nodes and the loss of two, one after the other and both at once: the next in rank holds, nobody else tries.

import test from 'ava';
import { Lab } from '../lab/lab.ts';

test.serial('three nodes lose two, one after the other, and get them back', async (t) => {
  const lab = await Lab.up(t, { hosts: 3, interval: '100ms' });
  await lab.kill('h1');
  await lab.waitForState('h2', 'active', 3000);
  t.is((await lab.status('h3'))?.groups[0]?.state, 'standby');
  await lab.kill('h2');
  await lab.waitForState('h3', 'active', 3000);
  // Dead daemons' kernels let go by themselves.
  await lab.waitForHolders(['h3'], 6000);
  const lost = await lab.waitFor('h3', ({ peers }) => peers.every(({ state }) => state === 'lost'), 2000);
  t.deepEqual(lost.peers.map(({ name }) => name).toSorted(), ['h1', 'h2']);
  const logs = await lab.logs('h3');
  t.is(logs.match(/web: standby -> claiming/g)?.length, 1, 'h3 claimed besides h2');

  const probe = await lab.probe();
  await lab.start('h2');
  await lab.waitForState('h2', 'active', 5000);
  await lab.start('h1');
  await lab.waitForState('h1', 'active', 5000);
  await lab.waitForHolders(['h1'], 3000);
  const { longestMs } = await probe.stop();
  t.log(`two preemptions: outage ${longestMs} ms`);
  t.true(longestMs < 200, `${longestMs} ms without an answer`);
});

test.serial('two of three hosts are gone at once, at 1 s: the third holds within its turn', async (t) => {
  const lab = await Lab.up(t, { hosts: 3, interval: '1s' });
  const probe = await lab.probe();
  await Promise.all(['h1', 'h2'].flatMap((host) => [lab.freeze(host), lab.cut(host, { way: 'silent' })]));
  await lab.waitForState('h3', 'active', 15_000);
  await lab.until(
    async () => ((await lab.clientBelieves()) === 'h3' ? true : null),
    2000,
    () => 'stale neighbour',
  );
  const { longestMs } = await probe.stop();
  t.log(`outage ${longestMs} ms`);
  // The down time, and one interval for the rank of the one that is gone too.
  t.true(longestMs < 5500, `${longestMs} ms without an answer`);
  await lab.heal('all');
  await Promise.all([lab.thaw('h1'), lab.thaw('h2')]);
  await lab.waitForState('h1', 'active', 15_000);
  await lab.waitForHolders(['h1'], 3000);
});
