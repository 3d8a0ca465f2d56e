// A fence that succeeds frees the voters: with real daemons, a long promise and a witness that has no agent of its own.

import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { Lab } from '../lab/lab.ts';
import { Scratch } from './scratch.ts';

const agent = fileURLToPath(new URL('../../test/fixtures/fence-link', import.meta.url));

const intervalMs = 100;
const leaseMs = 5000;
/** Without the fence nobody can take over before that. */
const promiseMs = 1.03 * leaseMs;

async function armed(t: ExecutionContext, how: string): Promise<Lab> {
  const scratch = await Scratch.make(t);
  await scratch.put('agent', `${how}\n`);
  const lab = await Lab.up(t, {
    hosts: 3,
    interval: `${intervalMs}ms`,
    addresses: 1,
    set: [
      'cluster.nodes=["h1", "h2", "h3"]',
      'safety.mode=quorum',
      `safety.lease=${leaseMs}ms`,
      'safety.longest_hold=6500ms',
      'h3:node.witness=true',
      'h1:group.preempt=false',
      // Each may claim when its own start is longest_hold ago: without this, who is up first would hold.
      'h2:node.startup_delay=8s',
    ],
    toml: ['[fence]', `peer = ["${agent}"]`, `peer_keys = ["dir=${scratch.dir}"]`, 'timeout = "5s"'].join('\n'),
  });
  await scratch.put('bridge', `${lab.host('h1').namespace.replace(/h1$/, 'bridge')}\n`);
  return lab;
}

test.serial(
  'quorum: the group of a frozen holder is taken over when its fence is done, long before the promise ends',
  async (t) => {
    const lab = await armed(t, 'ok');
    const witness = await lab.answering({ everyMs: 5 });
    const begun = performance.now();
    await lab.freeze('h1');
    await lab.waitForState('h2', 'active', promiseMs);
    const tookMs = performance.now() - begun;
    t.log(`taken over after ${Math.round(tookMs)} ms, the promise lasts ${Math.round(promiseMs)} ms`);
    t.true(tookMs < promiseMs / 2, `${tookMs} ms`);
    const logs = await lab.logs('h2');
    t.true(logs.indexOf('[fence-peer-ended]') < logs.indexOf('claiming -> active'));
    const seen = await witness.stop();
    t.is(seen.longestOverlapMs, 0, JSON.stringify(seen.overlaps));
  },
);

test.serial('quorum: a holder that lives though its fence succeeded lets go on hearing of it', async (t) => {
  const lab = await armed(t, 'lie');
  // It hears the others, and they do not hear it.
  await lab.oneWay('h1', 'out');
  await lab.waitForState('h2', 'active', promiseMs / 2);
  const status = await lab.waitFor(
    'h1',
    ({ problems }) => problems.some(({ code }) => code === 'fence-survived'),
    1000,
  );
  t.not(status.groups[0]?.state, 'active');
  t.regex(await lab.logs('h1'), /h2 says that it had this node turned off, so the votes for it may be gone/);
  t.deepEqual(await lab.holders(), ['h2']);
});
