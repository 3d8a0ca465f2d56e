// Announcements as the other end of the wire sees them, byte by byte. Needs root and namespaces.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { advertisementsOf, arpsOf, capture } from './frames.ts';
import { addLink, ip, makePair, sysctl } from './netns.ts';
import { Remote, vip4, vip6, waitFor } from './remote.ts';

test.serial(
  'an IPv4 address: one gratuitous request and one reply, broadcast, from the MAC of the interface',
  async (t) => {
    const pair = makePair(t);
    ip('-n', pair.here, 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0a');
    const frames = await capture(t, pair);
    const remote = new Remote(t, pair);
    await remote.start();
    remote.send({ do: 'announce', addresses: [vip4('10.0.0.100')] });
    await waitFor(() => arpsOf(frames).length >= 2);
    t.deepEqual(
      arpsOf(frames).map((frame) => frame.toString('hex').slice(0, 84)),
      [
        'ffffffffffff02000000000a0806000108000604000102000000000a0a0000640000000000000a000064',
        'ffffffffffff02000000000a0806000108000604000202000000000a0a00006402000000000a0a000064',
      ],
    );
  },
);

test.serial(
  'an IPv6 address: an advertisement to all nodes, hop limit 255, override, router only where it routes',
  async (t) => {
    const pair = makePair(t);
    ip('-n', pair.here, 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0a');
    const frames = await capture(t, pair);
    const remote = new Remote(t, pair);
    await remote.start();
    await waitFor(() =>
      remote.inputs('links').some(({ links }) => links.some(({ linkLocal6 }) => linkLocal6 !== null)),
    );
    for (const [address, forwarding, flags] of [
      ['fd00::100', '0', 0x20],
      ['fd00::101', '1', 0xa0],
    ] as const) {
      sysctl(pair.here, 'net/ipv6/conf/eth0/forwarding', forwarding);
      const own = vip6(address);
      await remote.hold([own], 3000);
      remote.send({ do: 'announce', addresses: [own] });
      const seen = () =>
        advertisementsOf(frames).find((frame) => frame.subarray(62, 78).toString('hex').endsWith(address.slice(-3)));
      const frame = await waitFor(seen);
      t.is(frame[21], 255, 'hop limit');
      t.is(frame.subarray(38, 54).toString('hex'), 'ff020000000000000000000000000001');
      t.is(frame.toString('hex', 22, 24), 'fe80', 'from the link-local address');
      t.is(frame[58], flags);
      t.is(frame.toString('hex', 78, 86), '020102000000000a', 'target link-layer address');
      t.is(sumOf(frame), 0xffff, 'checksum');
    }
  },
);

test.serial('the neighbour believes both, at once', async (t) => {
  const pair = makePair(t);
  ip('-n', pair.there, 'addr', 'add', '10.9.0.1/24', 'dev', 'eth0');
  ip('-n', pair.there, 'addr', 'add', 'fd09::1/64', 'dev', 'eth0', 'nodad');
  ip('-n', pair.there, 'neigh', 'add', '10.9.0.10', 'lladdr', '02:00:00:00:00:01', 'dev', 'eth0', 'nud', 'reachable');
  ip('-n', pair.there, 'neigh', 'add', 'fd09::10', 'lladdr', '02:00:00:00:00:01', 'dev', 'eth0', 'nud', 'reachable');
  sysctl(pair.there, 'net/ipv4/neigh/eth0/locktime', '0');
  ip('-n', pair.here, 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0a');
  const remote = new Remote(t, pair);
  const own = [vip4('10.9.0.10'), vip6('fd09::10')];
  await remote.hold(own, 3000);
  remote.send({ do: 'announce', addresses: own });
  const believed = (address: string) => /02:00:00:00:00:0a/.test(ip('-n', pair.there, 'neigh', 'show', address));
  await waitFor(() => believed('10.9.0.10') && believed('fd09::10'));
  t.pass();
});

test.serial('five announcements of 255 addresses leave quickly and all arrive', async (t) => {
  const pair = makePair(t);
  const frames = await capture(t, pair);
  const remote = new Remote(t, pair);
  await remote.start();
  const many = Array.from({ length: 255 }, (_, i) => (i % 2 === 0 ? vip4(`10.9.0.${i}`) : vip6(`fd09::${i}`)));
  await remote.hold(many, 5000);
  const before = remote.told.length;
  const announce = { do: 'announce', addresses: many } as const;
  remote.send({ do: 'together', commands: [announce, announce, announce, announce, announce] });
  const done = await remote.until((told) => told.told === 'done', before);
  await waitFor(() => arpsOf(frames).length >= 5 * 2 * 128 && advertisementsOf(frames).length >= 5 * 127);
  t.is(arpsOf(frames).length, 5 * 2 * 128);
  t.true(done.told === 'done' && done.ms < 1000, `the first of them in ${JSON.stringify(done)}`);
  t.log(`${done.told === 'done' ? done.ms.toFixed(1) : '?'} ms`);
  remote.send({ do: 'counts' });
  t.like(await remote.until((told) => told.told === 'counts'), { sent: 5 * (2 * 128 + 127), failed: 0 });
});

test.serial(
  'a thousand addresses take several turns of the loop, and it is told when each was announced once',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair);
    await remote.start();
    const many = Array.from({ length: 1000 }, (_, i) => vip4(`10.9.${4 + (i >> 8)}.${i & 255}`));
    await remote.hold(many, 5000);
    const before = remote.told.length;
    remote.send({ do: 'announce', addresses: many });
    const announced = await remote.until((told) => told.told === 'announced', before);
    t.true(announced.told === 'announced' && announced.sent >= 1000, JSON.stringify(announced));
    const kinds = remote.told.slice(before).map(({ told }) => told);
    t.true(kinds.indexOf('done') < kinds.indexOf('announced'), 'not within the call');
  },
);

test.serial(
  'what cannot be announced is counted and said once; an interface that comes back is announced on',
  async (t) => {
    const pair = makePair(t);
    addLink(pair, 'eth1');
    const remote = new Remote(t, pair);
    await remote.start();
    const own = [vip4('10.9.0.10', { interface: 'eth1' }), vip6('fd09::10', { interface: 'eth1' })];
    await remote.hold(own, 3000);
    remote.send({ do: 'announce', addresses: own });
    await sleep(50);
    ip('-n', pair.here, 'link', 'del', 'eth1');
    await waitFor(() => remote.inputs('links').some(({ links }) => links.every(({ name }) => name !== 'eth1')));
    remote.send({ do: 'announce', addresses: own });
    remote.send({ do: 'announce', addresses: own });
    remote.send({ do: 'announce', addresses: [vip4('10.9.0.10', { interface: 'lo' })] });
    // The second one of the two is a repetition, which comes a little later.
    await sleep(100);
    remote.send({ do: 'counts' });
    const counts = await remote.until((told) => told.told === 'counts');
    t.like(counts, { sent: 3, failed: 5 });
    const words = remote.told.flatMap((told) => (told.told === 'warning' ? [told.words] : []));
    t.deepEqual(words, [
      'addresses cannot be announced on eth1: it does not exist',
      'addresses cannot be announced on lo: it has no Ethernet address',
    ]);
    addLink(pair, 'eth1');
    await waitFor(() =>
      remote
        .inputs('links')
        .at(-1)
        ?.links.some(({ name, up }) => name === 'eth1' && up),
    );
    const frames = await capture(t, pair, 'eth1');
    await remote.hold(own, 3000);
    remote.send({ do: 'announce', addresses: own });
    await waitFor(() => arpsOf(frames).length >= 2 && advertisementsOf(frames).length >= 1);
    t.pass();
  },
);

/** The ones' complement sum over pseudo-header and message: all ones when the checksum is right. */
function sumOf(frame: Buffer): number {
  const length = frame.readUInt16BE(18);
  let sum = length + 58;
  for (let at = 22; at < 54 + length; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
