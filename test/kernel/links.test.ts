// What the core is told of links: down at once, up, gone, new, renamed, another MAC, another primary
// address; and that lost events do not blind. Needs root and network namespaces.

import test from 'ava';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LinkFacts } from '#model/input';
import { addLink, find, ip, makePair } from './netns.ts';
import { Remote, vip4, vip6, waitFor } from './remote.ts';

function last(remote: Remote, name: string): LinkFacts | undefined {
  return remote
    .inputs('links')
    .at(-1)
    ?.links.find((link) => link.name === name);
}

test.serial('a link goes down and comes up: told at once, and only when the facts differ', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  const { start } = await remote.start();
  t.like(
    start.facts.links.find(({ name }) => name === 'eth0'),
    { primary4: null },
  );
  await waitFor(() => typeof last(remote, 'eth0')?.linkLocal6 === 'string');
  const before = remote.inputs('links').length;
  const begun = Date.now();
  ip('-n', pair.there, 'link', 'set', 'eth0', 'down');
  await waitFor(() => last(remote, 'eth0')?.up === false);
  const down = remote.inputs('links').find(({ links }) => links.some(({ name, up }) => name === 'eth0' && !up));
  t.true((down?.wall ?? Number.POSITIVE_INFINITY) - begun < 1100, 'the kernel itself may wait a second');
  ip('-n', pair.there, 'link', 'set', 'eth0', 'up');
  await waitFor(() => last(remote, 'eth0')?.up === true);
  ip('-n', pair.here, 'link', 'set', 'eth0', 'down');
  const own = Date.now();
  await waitFor(() => last(remote, 'eth0')?.up === false);
  t.true(Date.now() - own < 100, 'taken down by hand on this host');
  const all = remote
    .inputs('links')
    .slice(before)
    .map(({ links }) => JSON.stringify(links));
  t.true(
    all.every((text, i) => text !== all[i - 1]),
    'no two words alike',
  );
});

test.serial('interfaces appear, are renamed, get another MAC and disappear; a hold finds a late one', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.start();
  const late = [vip4('10.9.0.10', { interface: 'eth1' })];
  t.like(await remote.hold(late, 3000), [{ kind: 'refused' }]);
  addLink(pair, 'eth1');
  await waitFor(() => last(remote, 'eth1')?.up === true);
  t.like(await remote.hold(late, 3000), [{ kind: 'present' }]);
  ip('-n', pair.here, 'link', 'set', 'eth1', 'address', '02:00:00:00:00:77');
  await waitFor(() => last(remote, 'eth1')?.mac === '02:00:00:00:00:77');
  ip('-n', pair.here, 'link', 'set', 'eth1', 'name', 'lan1');
  await waitFor(() => last(remote, 'lan1') !== undefined);
  t.is(last(remote, 'eth1'), undefined);
  t.like(await remote.release(late), [{ kind: 'absent' }]);
  t.is(find(pair.here, '10.9.0.10', 'lan1'), undefined, 'released under its new name');
  ip('-n', pair.here, 'link', 'del', 'lan1');
  await waitFor(() => last(remote, 'lan1') === undefined);
  t.pass();
});

test.serial(
  'an interface that goes takes our address along: told; it comes back under another index: held again',
  async (t) => {
    const pair = makePair(t);
    addLink(pair, 'eth1');
    const remote = new Remote(t, pair);
    const own = [vip4('10.9.0.10', { interface: 'eth1' }), vip6('fd09::10', { interface: 'eth1' })];
    await remote.hold(own, 3000);
    ip('-n', pair.here, 'link', 'del', 'eth1');
    await waitFor(() => remote.inputs('address-changed').length === 2);
    const { id } = await remote.renew(3000);
    t.deepEqual(
      (await remote.outcomes(id)).map(({ kind }) => kind),
      ['absent', 'absent'],
    );
    addLink(pair, 'eth1');
    await waitFor(() => last(remote, 'eth1')?.up === true);
    t.deepEqual(
      (await remote.hold(own, 3000)).map(({ kind }) => kind),
      ['present', 'present'],
    );
    await remote.renew(3000);
    t.truthy(find(pair.here, '10.9.0.10', 'eth1'));
  },
);

test.serial('a bridge port that leaves its bridge is still a link', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.start();
  ip('-n', pair.here, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', pair.here, 'link', 'set', 'eth0', 'master', 'br0');
  ip('-n', pair.here, 'link', 'set', 'eth0', 'nomaster');
  ip('-n', pair.here, 'link', 'del', 'br0');
  await waitFor(() => remote.inputs('links').length > 0 && last(remote, 'br0') === undefined);
  await sleep(50);
  t.truthy(last(remote, 'eth0'));
});

test.serial("the primary address is the first that is not ours, not secondary and not another agent's", async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.start();
  await remote.hold([vip4('10.9.1.10', { prefix: 24 })], 20_000);
  ip('-n', pair.here, 'addr', 'add', '10.9.2.9/32', 'dev', 'eth0', 'valid_lft', '60', 'preferred_lft', '0');
  ip('-n', pair.here, 'addr', 'add', '10.9.2.1/24', 'dev', 'eth0', 'valid_lft', '60', 'preferred_lft', '60');
  ip('-n', pair.here, 'addr', 'add', '10.9.2.2/24', 'dev', 'eth0');
  await waitFor(() => last(remote, 'eth0')?.primary4 === '10.9.2.1');
  ip('-n', pair.here, 'addr', 'del', '10.9.2.1/24', 'dev', 'eth0');
  await waitFor(() => last(remote, 'eth0')?.primary4 !== '10.9.2.1');
  t.true([null, '10.9.2.2'].includes(last(remote, 'eth0')?.primary4 ?? null));
  t.regex(await waitFor(() => last(remote, 'eth0')?.linkLocal6 ?? undefined), /^fe80::/);
});

test.serial('lost events end in a fresh look: nothing that vanished meanwhile stays unnoticed', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'address', '4096');
  const own = [vip4('10.9.0.10'), vip4('10.9.0.11')];
  await remote.hold(own, 20_000);
  remote.send({ do: 'stall', ms: 600 });
  await sleep(100);
  const noise = Array.from({ length: 300 }, (_, i) => `addr add 10.30.${i >> 8}.${i & 255}/32 dev eth0`);
  const lines = [...noise, 'addr del 10.9.0.10/32 dev eth0', 'link set eth0 address 02:00:00:00:00:99'];
  execFileSync('ip', ['-n', pair.here, '-batch', '-'], { input: lines.join('\n') });
  await waitFor(() => remote.inputs('address-changed').length > 0);
  t.like(remote.inputs('address-changed')[0], { key: 'eth0/10.9.0.10/32', present: false });
  await waitFor(() => last(remote, 'eth0')?.mac === '02:00:00:00:00:99');
  remote.send({ do: 'counts' });
  const counts = await remote.until((told) => told.told === 'counts');
  t.true(counts.told === 'counts' && counts.resyncs > 0, 'or this test did not overflow anything');
  t.is(remote.inputs('address-changed').length, 1);
  t.like(await remote.hold(own, 3000), [{ kind: 'present' }, { kind: 'present' }]);
});
