// Links and interfaces under a holder: a cable that is pulled with and without a second path, a path that dies beside
// another, an interface that gets another MAC, and one that is not there yet.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { lastAnswerMs, spanCount, untilAnswers } from '../lab/seen.ts';
import { Tap } from '../lab/tap.ts';

test('link down on the only path, 1 s: the holder lets go at once, another claims after the down time', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '1s' });
  const atMs = monotonicMs();
  await lab.cut('h1');
  await lab.waitForHolders([], 500);
  t.log(`addresses gone ${monotonicMs() - atMs} ms after the link, the cut itself included`);
  // It tries for half a second to hand over.
  const faulted = await lab.waitForState('h1', 'faulted', 3000);
  t.is(faulted.groups[0]?.reason, 'the link of eth0 is down');
  t.true(faulted.problems.some(({ code, message }) => code === 'link-down' && message.includes('eth0')));
  await lab.waitForState('h2', 'active', 10_000);
  await lab.waitForHolders(['h2'], 3000);

  const probe = await lab.probe();
  await lab.heal('h1');
  await lab.waitForState('h1', 'active', 15_000);
  const { longestMs } = await probe.stop();
  t.log(`back by preemption: outage ${longestMs} ms`);
  t.true(longestMs < 150, `${longestMs} ms without an answer`);
  t.deepEqual(
    (await lab.status('h1'))?.problems.filter(({ code }) => code === 'link-down'),
    [],
  );
});

test('link down with a second path left, 1 s: a handover, said on the path that is left', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, paths: 2, interval: '1s' });
  const probe = await lab.probe();
  const witness = await lab.answering();
  await lab.cut('h1', { path: 1 });
  await lab.waitForState('h2', 'active', 3000);
  await lab.waitForHolders(['h2'], 3000);
  await lab.waitForState('h1', 'faulted', 3000);
  await lab.until(
    async () => ((await lab.clientBelieves()) === 'h2' ? true : null),
    1000,
    () => 'stale neighbour',
  );
  const { longestMs } = await probe.stop();
  t.log(`outage ${longestMs} ms`);
  t.true(longestMs < 500, `${longestMs} ms without an answer, and the down time is 3000 ms`);
  t.is((await witness.stop()).longestOverlapMs, 0, 'two holders');
});

for (const way of ['silent', 'link'] as const) {
  test(`a path lost (${way}) while another is left: reported, and nothing moves`, async (t) => {
    const lab = await Lab.up(t, { hosts: 2, paths: 2, interval: '100ms' });
    const probe = await lab.probe();
    const witness = await lab.answering();
    await lab.cut('h1', way === 'link' ? { path: 2 } : { path: 2, way });
    const path = (state: string) => (peer: string) => (status: { readonly peers: readonly Peer[] }) =>
      status.peers.some(
        (one) => one.name === peer && one.paths.some((p) => p.interface === 'eth1' && p.state === state),
      );
    await lab.waitFor('h2', path('lost')('h1'), 3000, 'lost path');
    await lab.waitFor('h1', path('lost')('h2'), 3000, 'lost path');
    t.is((await lab.status('h2'))?.peers[0]?.state, 'two-way', 'the peer is heard on the other path');
    await lab.heal('h1', 2);
    await lab.waitFor('h2', path('two-way')('h1'), 5000, 'healed path');
    const { longestMs, lost } = await probe.stop();
    const seen = await witness.stop();
    t.log(`outage ${longestMs} ms, ${lost} answers lost`);
    t.true(longestMs < 100, `${longestMs} ms without an answer`);
    t.is(spanCount(seen), 1, 'the address moved');
    t.true(lastAnswerMs(seen, 'h1') > seen.endMs - 200);
    t.is((await lab.status('h1'))?.groups[0]?.state, 'active');
  });
}
interface Peer {
  readonly name: string;
  readonly paths: readonly { readonly interface: string | null; readonly state: string }[];
}

test('an interface whose MAC changes is announced on again', async (t) => {
  // Announcements on a clock would hide the one that is waited for.
  const lab = await Lab.up(t, {
    hosts: 2,
    interval: '100ms',
    set: ['group.announce={ count = 2, again_after = "0s", refresh = "0s" }'],
  });
  const tap = await Tap.open(t, lab);
  const probe = await lab.probe();
  await lab.exec('h1', 'sh', '-c', 'ip link set eth0 address 02:4c:00:00:77:01');
  const told = (address: string) =>
    tap.announcements().find((one) => one.mac === '02:4c:00:00:77:01' && one.address === address);
  await lab.until(
    async () => told('192.0.2.100') ?? null,
    1000,
    () => 'IPv4 not announced with the new MAC',
  );
  await lab.until(
    async () => told('20010db8000000000000000000010001') ?? null,
    1000,
    () => `IPv6 not announced with the new MAC: ${JSON.stringify(tap.announcements())}`,
  );
  const neighbours = await lab.exec('client', 'ip', 'neigh', 'show', '192.0.2.100');
  t.regex(neighbours, /02:4c:00:00:77:01/);
  await lab.waitForState('h1', 'active', 3000);
  const { longestMs } = await probe.stop();
  t.log(`outage ${longestMs} ms`);
  t.true(longestMs < 1000, `${longestMs} ms`);
});

test('an interface that appears later is waited for: a group on it, and a path over it', async (t) => {
  const lab = await Lab.up(t, {
    hosts: 2,
    interval: '100ms',
    wait: 'answering',
    set: ['h1:group.interface=late0', 'h1:cluster.paths=["eth0", "late0"]'],
  });
  const waiting = await lab.waitForState('h1', 'faulted', 5000);
  t.is(waiting.groups[0]?.reason, 'interface late0 does not exist; it is waited for');
  t.true(waiting.problems.some(({ code }) => code === 'interface-missing'));
  await lab.waitForState('h2', 'active', 5000);
  await lab.exec(
    'h1',
    'ip',
    'link',
    'add',
    'late0',
    'type',
    'veth',
    'peer',
    'name',
    'far0',
    'netns',
    `${lab.description.prefix}-bridge`,
  );
  await lab.exec('bridge', 'ip', 'link', 'set', 'far0', 'master', 'br1', 'up');
  await lab.exec('h1', 'ip', 'link', 'set', 'late0', 'up');
  await lab.waitForState('h1', 'active', 10_000);
  await lab.waitForHolders(['h1'], 3000);
  t.regex(await lab.exec('h1', 'ip', '-4', 'addr', 'show', 'dev', 'late0'), /192\.0\.2\.100\/32/);
  const held = await lab.status('h1');
  t.deepEqual(
    held?.problems.filter(({ code }) => code === 'interface-missing'),
    [],
  );
  await lab.waitFor('h2', (status) => status.peers.some(({ state }) => state === 'two-way'), 3000);
  const logs = await lab.logs('h1');
  t.regex(logs, /path late0: /);
  t.regex(logs, /path late0 is open/);

  await lab.exec('h1', 'ip', 'link', 'del', 'late0');
  await lab.waitForState('h1', 'faulted', 3000);
  const witness = await lab.answering({ unanswered: true });
  await untilAnswers(witness, 'h2', 3000);
  await witness.stop();
});
