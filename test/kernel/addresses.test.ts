// Addresses of a real kernel: lifetimes, labels, prefix lengths, and what happens to them when the
// daemon is killed. Needs root and network namespaces.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { find, ip, makePair, shown, sysctl } from './netns.ts';
import { Remote, vip4, vip6, waitFor } from './remote.ts';

test.serial('an address has a lifetime that counts down and that a renewal winds up again', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  const outcomes = await remote.hold([vip4('10.9.0.10'), vip6('fd09::10')], 3000);
  t.deepEqual(outcomes, [
    { key: 'eth0/10.9.0.10/32', kind: 'present' },
    { key: 'eth0/fd09::10/128', kind: 'present' },
  ]);
  const [four, six] = [find(pair.here, '10.9.0.10'), find(pair.here, 'fd09::10')];
  t.true((four?.valid_life_time ?? 99) <= 3 && (four?.valid_life_time ?? 0) >= 2);
  t.true((six?.valid_life_time ?? 99) <= 3);
  t.is(four?.preferred_life_time, 0, 'never a source by accident');
  t.is(six?.preferred_life_time, 0);
  t.not(six?.tentative, true, 'usable at once, without duplicate detection');
  await sleep(1200);
  t.true((find(pair.here, '10.9.0.10')?.valid_life_time ?? 99) <= 2);
  await remote.renew(3000);
  t.true((find(pair.here, '10.9.0.10')?.valid_life_time ?? 0) >= 2);
  t.true((find(pair.here, 'fd09::10')?.valid_life_time ?? 0) >= 2);
  t.deepEqual(remote.inputs('address-changed'), []);
});

test.serial('killed with SIGKILL, the kernel lets go within lease + 1.25 s and not before the lease', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.hold([vip4('10.9.0.10'), vip6('fd09::10')], 2000);
  await remote.renew(2000);
  const renewed = performance.now();
  await remote.kill();
  await sleep(1800 - (performance.now() - renewed));
  t.truthy(find(pair.here, '10.9.0.10'));
  t.truthy(find(pair.here, 'fd09::10'));
  await waitFor(() => shown(pair.here).every(({ local }) => local !== '10.9.0.10' && local !== 'fd09::10'));
  t.true(performance.now() - renewed < 3250 + 60, `gone after ${performance.now() - renewed} ms`);
});

test.serial(
  'label and prefix length are kept, and a prefix makes a connected route as `ip addr add` would',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair);
    const wide = vip4('10.9.1.10', { prefix: 24, label: 'eth0:vip' });
    await remote.hold([wide, vip6('fd09:1::10', { prefix: 64 })], 3000);
    await remote.renew(3000);
    t.like(find(pair.here, '10.9.1.10'), { prefixlen: 24, label: 'eth0:vip' });
    t.like(find(pair.here, 'fd09:1::10'), { prefixlen: 64 });
    t.regex(ip('-n', pair.here, 'route'), /10\.9\.1\.0\/24 dev eth0 proto kernel/);
    t.regex(ip('-n', pair.here, '-6', 'route'), /fd09:1::\/64 dev eth0/);
  },
);

test.serial('without a lease an address is permanent, and stays so when somebody gives it a lifetime', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'off');
  await remote.hold([vip4('10.9.0.10'), vip6('fd09::10')], null);
  t.is(find(pair.here, '10.9.0.10')?.valid_life_time, 0xffffffff);
  t.is(find(pair.here, 'fd09::10')?.valid_life_time, 0xffffffff);
  ip('-n', pair.here, 'addr', 'change', '10.9.0.10/32', 'dev', 'eth0', 'valid_lft', '5', 'preferred_lft', '0');
  await sleep(50);
  await remote.renew(null);
  t.is(find(pair.here, '10.9.0.10')?.valid_life_time, 0xffffffff);
});

test.serial('an address of ours that somebody makes permanent gets its lifetime back', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.hold([vip4('10.9.0.10')], 3000);
  ip(
    '-n',
    pair.here,
    'addr',
    'change',
    '10.9.0.10/32',
    'dev',
    'eth0',
    'valid_lft',
    'forever',
    'preferred_lft',
    'forever',
  );
  t.is(find(pair.here, '10.9.0.10')?.valid_life_time, 0xffffffff);
  await remote.renew(3000);
  t.true((find(pair.here, '10.9.0.10')?.valid_life_time ?? 99) <= 3);
  await remote.release([vip4('10.9.0.10')]);
  t.is(find(pair.here, '10.9.0.10'), undefined);
});

test.serial('a thousand addresses are held, renewed and released, each in one call', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.start();
  const many = Array.from({ length: 1000 }, (_, i) =>
    i % 2 === 0 ? vip4(`10.20.${i >> 8}.${i & 255}`) : vip6(`fd20::${i.toString(16)}`),
  );
  const id = remote.nextId();
  remote.send({ do: 'hold', id, addresses: many, forMs: 4000 });
  const done = await remote.until((told) => told.told === 'done');
  t.is(shown(pair.here).filter(({ preferred_life_time }) => preferred_life_time === 0).length, 1000);
  const outcomes = await remote.outcomes(id);
  t.is(outcomes.filter(({ kind }) => kind === 'present').length, 1000);
  const renewals: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    // Sooner than this a renewal of so many is left out.
    await sleep(260);
    renewals.push((await remote.renew(4000)).ms);
  }
  const lives = shown(pair.here).filter(({ preferred_life_time }) => preferred_life_time === 0);
  t.is(lives.length, 1000);
  t.true(lives.every(({ valid_life_time }) => valid_life_time >= 2));
  const released = await remote.release(many);
  t.true(released.every(({ kind }) => kind === 'absent'));
  t.is(shown(pair.here).filter(({ preferred_life_time }) => preferred_life_time === 0).length, 0);
  t.deepEqual(remote.inputs('address-changed'), [], 'our own doing is no surprise');
  remote.send({ do: 'counts' });
  const counts = await remote.until((told) => told.told === 'counts');
  t.log(`hold ${done.ms.toFixed(1)} ms, renewals ${renewals.map((ms) => ms.toFixed(1)).join(' ')} ms`);
  t.log(`event overflows: ${JSON.stringify(counts)}`);
  t.true(Math.min(...renewals) < 250, 'a renewal of a thousand fits an interval of a second');
  t.true(Math.max(...renewals) > 10, 'or nothing was renewed');
});

test.serial('an address that somebody removes is told at once, and a hold puts it back', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  for (const address of [vip4('10.9.0.10'), vip6('fd09::10')]) {
    await remote.hold([address], 3000);
    const before = remote.inputs('address-changed').length;
    const begun = Date.now();
    ip('-n', pair.here, 'addr', 'del', `${address.address}/${address.prefix}`, 'dev', 'eth0');
    const told = await waitFor(() => remote.inputs('address-changed')[before]);
    t.is(told.key, `eth0/${address.address}/${address.prefix}`);
    t.false(told.present);
    t.true(told.wall - begun < 1000, `told after ${told.wall - begun} ms`);
    t.like(await remote.hold([address], 3000), [{ kind: 'present' }]);
    t.truthy(find(pair.here, address.address));
  }
  t.is(remote.inputs('address-changed').length, 2, 'putting it back is our own doing');
});

test.serial('a renewal reports what is gone as absent and does not bring it back', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.hold([vip4('10.9.0.10'), vip4('10.9.0.11')], 3000);
  ip('-n', pair.here, 'addr', 'del', '10.9.0.10/32', 'dev', 'eth0');
  await waitFor(() => remote.inputs('address-changed').length === 1);
  const { id } = await remote.renew(3000);
  t.deepEqual(await remote.outcomes(id), [{ key: 'eth0/10.9.0.10/32', kind: 'absent' }]);
  t.is(find(pair.here, '10.9.0.10'), undefined);
});

test.serial('release and hold in the same turn: the last word counts and nothing is reported', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  const own = [vip4('10.9.0.10'), vip6('fd09::10')];
  await remote.hold(own, 3000);
  const ids = [remote.nextId(), remote.nextId(), remote.nextId()] as const;
  remote.send({
    do: 'together',
    commands: [
      { do: 'release', id: ids[0], addresses: own },
      { do: 'hold', id: ids[1], addresses: own, forMs: 3000 },
      { do: 'renew', id: ids[2], forMs: 3000, livePeers: 1 },
    ],
  });
  t.deepEqual(
    (await remote.outcomes(ids[0])).map(({ kind }) => kind),
    ['absent', 'absent'],
  );
  t.deepEqual(
    (await remote.outcomes(ids[1])).map(({ kind }) => kind),
    ['present', 'present'],
  );
  await sleep(50);
  t.truthy(find(pair.here, '10.9.0.10'));
  t.truthy(find(pair.here, 'fd09::10'));
  t.deepEqual(remote.inputs('address-changed'), []);
});

test.serial('refused, in words: no such interface, IPv6 disabled; a lease that has ended is late', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  const [missing] = await remote.hold([vip4('10.9.0.10', { interface: 'eth7' })], 3000);
  t.like(missing, { kind: 'refused', error: 'there is no interface eth7' });
  sysctl(pair.here, 'net/ipv6/conf/eth0/disable_ipv6', '1');
  const [disabled, fine] = await remote.hold([vip6('fd09::10'), vip4('10.9.0.10')], 3000);
  const both = [disabled, fine];
  t.regex(JSON.stringify(both.find((outcome) => outcome?.kind === 'refused')), /EACCES.*disable_ipv6/);
  t.truthy(both.find((outcome) => outcome?.kind === 'present'));
  const [late] = await remote.hold([vip4('10.9.0.11')], -5);
  t.is(late?.kind, 'late');
  t.is(find(pair.here, '10.9.0.11'), undefined);
  t.regex(JSON.stringify(await remote.hold([vip4('10.9.0.12', { prefix: 33 })], 3000)), /refused.*EINVAL/);
  await remote.hold([vip4('10.9.0.13')], 5000);
  await remote.kill();
  const { start } = await new Remote(t, pair).start();
  t.true(start.facts.left.includes('eth0/10.9.0.13/32'), 'a fault of the address does not cost it our tag');
});

test.serial('a primary that goes takes the secondaries of its subnet along: told, and put back', async (t) => {
  const pair = makePair(t);
  sysctl(pair.here, 'net/ipv4/conf/eth0/promote_secondaries', '0');
  sysctl(pair.here, 'net/ipv4/conf/all/promote_secondaries', '0');
  const remote = new Remote(t, pair);
  const wide = [10, 11, 12].map((n) => vip4(`10.9.1.${n}`, { prefix: 24 }));
  await remote.hold(wide, 3000);
  t.true(find(pair.here, '10.9.1.11')?.secondary);
  t.like(await remote.release(wide.slice(0, 1)), [{ key: 'eth0/10.9.1.10/24', kind: 'absent' }]);
  await waitFor(() => remote.inputs('address-changed').length === 2);
  t.deepEqual(
    remote.inputs('address-changed').map(({ key, present }) => ({ key, present })),
    [
      { key: 'eth0/10.9.1.11/24', present: false },
      { key: 'eth0/10.9.1.12/24', present: false },
    ],
  );
  await remote.hold(wide, 3000);
  const all = await remote.release(wide);
  t.deepEqual(
    all.map(({ kind }) => kind),
    ['absent', 'absent', 'absent'],
  );
  t.is(remote.inputs('address-changed').length, 2);
  t.deepEqual(
    shown(pair.here).filter(({ local }) => local.startsWith('10.9.1.')),
    [],
  );
});

test.serial(
  'more addresses than one request carries come and go, and each that the kernel refuses is told',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair);
    const many = (make: (at: number) => ReturnType<typeof vip4>) => Array.from({ length: 1100 }, (_, at) => make(at));
    const fours = many((at) => vip4(`10.9.${10 + Math.floor(at / 250)}.${1 + (at % 250)}`));
    const held = await remote.hold(fours, 5000);
    t.is(held.filter(({ kind }) => kind === 'present').length, fours.length);
    t.is(shown(pair.here).filter(({ local }) => /^10\.9\.1\d\./.test(local)).length, fours.length);
    await remote.release(fours);
    t.deepEqual(
      shown(pair.here).filter(({ local }) => /^10\.9\.1\d\./.test(local)),
      [],
    );
    sysctl(pair.here, 'net/ipv6/conf/eth0/disable_ipv6', '1');
    const sixes = many((at) => vip6(`fd09::1:${(at + 1).toString(16)}`));
    const outcomes = await remote.hold([...sixes, vip4('10.9.0.10')], 5000);
    const refused = outcomes.filter((outcome) => outcome.kind === 'refused' && outcome.error.includes('EACCES'));
    t.is(refused.length, sixes.length);
    t.deepEqual(
      outcomes.filter(({ kind }) => kind === 'present').map(({ key }) => key),
      ['eth0/10.9.0.10/32'],
    );
  },
);
