// Who belongs to a cluster, and who only seems to: two hosts under one name, another key, no key, a name that is not on
// the list, other settings; and peers that are spoken to one by one.

import { readFile, rm, writeFile } from 'node:fs/promises';
import test from 'ava';
import { Lab } from '../lab/lab.ts';
import type { Status } from '../lab/status.ts';

const hasProblem = (code: string) => (status: Status) => status.problems.some((problem) => problem.code === code);
const refused = (reason: string) => (status: Status) => (status.adverts.refused[reason] ?? 0) > 2;

test.serial(
  'two hosts under one name: both report it, neither holds, the third does; over when one stops',
  async (t) => {
    const lab = await Lab.up(t, { hosts: 3, interval: '100ms', daemon: false, set: ['h2:node.name=h1'] });
    await Promise.all([lab.start('h1'), lab.start('h3')]);
    await lab.waitForState('h1', 'active', 5000);
    await lab.waitForState('h3', 'standby', 3000);
    await lab.start('h2');
    const reports = await Promise.all(
      ['h1', 'h2'].map((host) => lab.waitFor(host, hasProblem('duplicate-name'), 3000)),
    );
    const messages = reports.map(
      ({ problems }) => problems.find(({ code }) => code === 'duplicate-name')?.message ?? '',
    );
    t.true(messages[0]?.startsWith('the host at 192.0.2.2 also calls itself h1'), messages[0]);
    t.true(messages[1]?.startsWith('the host at 192.0.2.1 also calls itself h1'), messages[1]);
    await lab.waitForState('h3', 'active', 3000);
    await lab.waitForHolders(['h3'], 3000);
    for (const host of ['h1', 'h2']) {
      t.is((await lab.status(host))?.groups[0]?.state, 'faulted', host);
      t.regex(await lab.logs(host), /also calls itself h1.*\[problem duplicate-name\]/);
    }
    t.is(await lab.stop('h2'), 0);
    await lab.waitForState('h1', 'active', 10_000);
    await lab.waitForHolders(['h1'], 3000);
    t.false(hasProblem('duplicate-name')((await lab.status('h1')) as Status));
  },
);

test.serial(
  'another key, no key, a name that is not listed, another cluster: refused and counted by name',
  async (t) => {
    const lab = await Lab.up(t, {
      hosts: 5,
      interval: '100ms',
      daemon: false,
      set: ['h1:cluster.nodes=["h1", "h2", "h3", "h5"]', 'h5:cluster.name=elsewhere'],
    });
    const key = `${lab.host('h2').dir}/cluster.key`;
    await rm(key);
    await lab.locum('h2', 'keygen', key);
    const file = `${lab.host('h3').dir}/locum.toml`;
    await writeFile(file, (await readFile(file, 'utf8')).replace(/^key_file = .*$/m, 'auth = "none"'));
    await Promise.all(['h1', 'h2', 'h3', 'h4', 'h5'].map((host) => lab.start(host)));
    for (const reason of ['unknown-key', 'no-auth', 'unnamed-node', 'other-cluster']) {
      await lab.waitFor('h1', refused(reason), 5000, `refusal ${reason}`);
    }
    await lab.waitFor('h2', refused('unknown-key'), 5000, 'refusal unknown-key');
    await lab.waitFor('h3', refused('unexpected-auth'), 5000, 'refusal unexpected-auth');
    // Five nodes of which none hears another: the wire tells the four that come later that somebody answers.
    const status = await lab.waitFor('h1', ({ groups }) => groups[0]?.state !== 'starting', 5000);
    t.log(JSON.stringify(status.adverts.refused));
    t.deepEqual(status.peers, []);
    // Two that find it silent in the same moment are parted by what they say then.
    let states: (string | undefined)[] = [];
    await lab.until(
      async () => {
        const all = await Promise.all(['h1', 'h2', 'h3', 'h4', 'h5'].map((host) => lab.status(host)));
        states = all.map((each) => each?.groups[0]?.state);
        const isSettled = states.filter((state) => state === 'active').length === 1 && !states.includes('starting');
        return isSettled && (await lab.holders()).length === 1 ? true : null;
      },
      3000,
      () => `expected one active and the others waiting, found ${states.join(' ')}`,
    );
  },
);

test.serial('other settings are reported by both and part nobody', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', set: ['h2:cluster.down_after=4'] });
  for (const [host, peer] of [
    ['h1', 'h2'],
    ['h2', 'h1'],
  ] as const) {
    const status = await lab.waitFor(host, hasProblem('peer-config-differs'), 3000);
    t.is(status.peers[0]?.same_config, false);
    const message = status.problems.find(({ code }) => code === 'peer-config-differs')?.message ?? '';
    t.true(message.startsWith(`${peer} runs with other settings`), message);
  }
  t.deepEqual(await lab.holders(), ['h1']);
  t.is(await lab.stop('h1'), 0);
  await lab.waitForState('h2', 'active', 3000);
});

test.serial('unicast peers: a handover, a takeover, and strangers are refused', async (t) => {
  const lab = await Lab.up(t, { hosts: 3, interval: '100ms', unicast: true });
  const settled = await lab.waitFor(
    'h1',
    ({ peers }) => peers.filter(({ state }) => state === 'two-way').length === 2,
    3000,
  );
  t.deepEqual(settled.peers[0]?.paths, [{ interface: null, state: 'two-way' }]);
  await lab.exec('client', 'bash', '-c', 'for i in 1 2 3; do echo x >/dev/udp/192.0.2.1/10112; done');
  await lab.waitFor('h1', refused('unlisted-sender'), 2000, 'refusal unlisted-sender');
  const probe = await lab.probe();
  t.is(await lab.stop('h1'), 0);
  await lab.waitForState('h2', 'active', 3000);
  await lab.waitForHolders(['h2'], 3000);
  const { longestMs } = await probe.stop();
  t.log(`handover: outage ${longestMs} ms`);
  t.true(longestMs < 150, `${longestMs} ms without an answer`);
  await lab.kill('h2');
  await lab.waitForState('h3', 'active', 3000);
});
