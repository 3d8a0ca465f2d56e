// What a daemon leaves behind when it is killed: who takes it for whose. Needs root and namespaces.

import test from 'ava';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { find, ip, makePair, sysctl } from './netns.ts';
import { Remote, runCleanup, vip4, vip6, waitFor } from './remote.ts';

const own = [vip4('10.9.0.10', { label: 'eth0:v' }), vip6('fd09::10')];

test.serial(
  'a restarted daemon finds its addresses, the last advert and the peers, and adopts without a gap',
  async (t) => {
    const pair = makePair(t);
    const first = new Remote(t, pair);
    await first.hold(own, 5000);
    await first.renew(5000);
    await first.kill();
    const second = new Remote(t, pair);
    const { start, now } = await second.start();
    t.deepEqual(start.facts.left, ['eth0/10.9.0.10/32', 'eth0/fd09::10/128']);
    t.is(start.facts.lastDownMs, 3000);
    t.deepEqual(start.words, []);
    t.is(start.facts.lastLivePeers, 2);
    const ago = now - (start.facts.lastAdvertAt ?? 0);
    t.true(ago > 0 && ago < 3000, `the last advert left ${ago} ms ago`);
    t.deepEqual(
      (await second.hold(own, 5000)).map(({ kind }) => kind),
      ['present', 'present'],
    );
    t.deepEqual(second.inputs('address-changed'), []);
    t.deepEqual(
      (await second.release(own)).map(({ kind }) => kind),
      ['absent', 'absent'],
    );
    t.is(find(pair.here, '10.9.0.10'), undefined);
  },
);

test.serial(
  'the end of the lease is recorded with each renewal, and unknown once something was let go of',
  async (t) => {
    const pair = makePair(t);
    const first = new Remote(t, pair);
    await first.hold(own, 5000);
    await first.renew(5000);
    await first.kill();
    const second = new Remote(t, pair);
    const { start, now } = await second.start();
    const leftMs = (start.facts.lastUntil ?? 0) - now;
    t.true(leftMs > 1000 && leftMs < 5000, `the lease runs for ${leftMs} ms`);
    t.is(start.facts.lastBoot?.length, 16);
    await second.hold(own, 5000);
    await second.renew(5000);
    await second.release(own.slice(0, 1));
    await second.settled();
    await second.kill();
    const third = new Remote(t, pair);
    t.like((await third.start()).start.facts, { lastAdvertAt: null, lastBoot: null, lastUntil: null });
    await third.hold(own.slice(1), 5000);
    await third.release(own.slice(1));
  },
);

test.serial('what was let go of is gone before the renewal after it: what is left may be adopted', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair);
  await first.hold(own, 5000);
  await first.renew(5000);
  const [release, renew] = [first.nextId(), first.nextId()];
  first.send({
    do: 'together',
    commands: [
      { do: 'release', id: release, addresses: own.slice(0, 1) },
      { do: 'renew', id: renew, forMs: 5000, livePeers: 2 },
    ],
  });
  await first.outcomes(release);
  await first.kill();
  const second = new Remote(t, pair);
  const { facts } = (await second.start()).start;
  t.deepEqual(facts.left, ['eth0/fd09::10/128']);
  t.not(facts.lastUntil, null);
  await second.hold(own.slice(1), 5000);
  await second.release(own.slice(1));
});

test.serial('an order that came too late is not carried out, and nothing of it is recorded', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair);
  const kinds = (await first.hold(own, 5000, -1)).map(({ kind }) => kind);
  t.deepEqual([...new Set(kinds)], ['late']);
  await first.kill();
  t.deepEqual((await new Remote(t, pair).start()).start.facts.left, []);
});

test.serial('a last advert from before a suspend is of no known age: nothing can be adopted on it', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair, 'address', '', '5000');
  await first.hold(own, 5000);
  await first.renew(5000);
  await first.kill();
  const same = new Remote(t, pair, 'address', '', '5000.5');
  t.not((await same.start()).start.facts.lastAdvertAt, null);
  await same.hold(own, 5000);
  await same.renew(5000);
  await same.kill();
  const later = new Remote(t, pair, 'address', '', '65000');
  const { facts } = (await later.start()).start;
  t.deepEqual(facts.left, ['eth0/10.9.0.10/32', 'eth0/fd09::10/128']);
  t.is(facts.lastAdvertAt, null);
  await later.hold(own, 5000);
  await later.release(own);
});

test.serial('a start takes for its own only what is recorded, there, and looks as we write it', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair);
  await first.hold([...own, vip4('10.9.0.11'), vip4('10.9.0.12')], 5000);
  await first.settled();
  await first.kill();
  ip('-n', pair.here, 'addr', 'del', '10.9.0.10/32', 'dev', 'eth0');
  ip('-n', pair.here, 'addr', 'add', '10.9.0.10/32', 'dev', 'eth0');
  ip('-n', pair.here, 'addr', 'del', '10.9.0.11/32', 'dev', 'eth0');
  ip('-n', pair.here, 'addr', 'add', '10.9.0.13/32', 'dev', 'eth0');
  const second = new Remote(t, pair);
  const { start } = await second.start();
  t.deepEqual(start.facts.left, ['eth0/fd09::10/128', 'eth0/10.9.0.12/32']);
  t.is(start.words.length, 1, 'what is gone needs no word, what looks wrong does');
  t.regex(start.words[0] ?? '', /10\.9\.0\.10.*(tag|permanent)/);
});

test.serial('a record of another boot of the kernel, or of a renamed interface, names nothing', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair);
  await first.hold(own, 5000);
  await first.settled();
  await first.kill();
  const file = join(pair.runtimeDir, 'claims.json');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/"kernelBoot":"[^"]*"/, '"kernelBoot":"00000000-0000-0000-0000-000000000000"'));
  const second = new Remote(t, pair);
  const { start } = await second.start();
  t.deepEqual(start.facts.left, []);
  t.is(start.facts.lastAdvertAt, null);
  await second.kill();
  writeFileSync(file, text);
  ip('-n', pair.here, 'link', 'set', 'eth0', 'name', 'lan0');
  const third = new Remote(t, pair);
  t.deepEqual((await third.start()).start.facts.left, []);
});

test.serial('a corrupt record is told in words, names nothing, and cleanup touches nothing', async (t) => {
  const pair = makePair(t);
  const file = join(pair.runtimeDir, 'claims.json');
  ip('-n', pair.here, 'addr', 'add', '10.9.0.10/32', 'dev', 'eth0');
  for (const [text, expected] of [
    ['', /not JSON/],
    ['{"version":1', /not JSON/],
    ['{"version":2}', /not a record.*version/],
    ['[]', /not a record/],
    ['{"version":1,"kernelBoot":"x","pid":1,"boot":"x","downMs":1,"lease":"off","addresses":[{}]}', /addresses\.0/],
  ] as const) {
    writeFileSync(file, text);
    t.regex(runCleanup(pair).trouble ?? '', expected);
    const remote = new Remote(t, pair);
    const { start } = await remote.start();
    t.deepEqual(start.facts.left, []);
    t.regex(start.words[0] ?? '', expected);
    await remote.kill();
  }
  t.truthy(find(pair.here, '10.9.0.10'));
});

test.serial(
  "the record follows the address at once, is nobody else's to read, and is empty after a release",
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair);
    await remote.hold(own, 5000);
    await remote.settled();
    const file = join(pair.runtimeDir, 'claims.json');
    t.is(statSync(file).mode & 0o777, 0o600);
    t.is(statSync(join(pair.runtimeDir, 'beat')).mode & 0o777, 0o600);
    const named = () => (JSON.parse(readFileSync(file, 'utf8')) as { addresses: { address: string }[] }).addresses;
    t.deepEqual(
      named().map(({ address }) => address),
      ['10.9.0.10', 'fd09::10'],
    );
    const written = statSync(file).mtimeMs;
    await remote.renew(5000);
    await remote.renew(5000);
    t.is(statSync(file).mtimeMs, written, 'a renewal does not write the record');
    await remote.release(own);
    await waitFor(() => named().length === 0);
    t.pass();
  },
);

test.serial('an end in order leaves no record and no beat, after a release as after a removal by hand', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair);
  await first.hold([...own, vip4('10.9.0.11')], 5000);
  await first.renew(5000);
  t.deepEqual(readdirSync(pair.runtimeDir).toSorted(), ['beat', 'claims.json']);
  ip('-n', pair.here, 'addr', 'del', '10.9.0.11/32', 'dev', 'eth0');
  await waitFor(() => first.inputs('address-changed').length > 0);
  await first.release(own);
  await first.end();
  t.is(first.process.exitCode, 0);
  t.deepEqual(readdirSync(pair.runtimeDir), []);
});

test.serial('an end with an address that was not released keeps the record, so that cleanup finds it', async (t) => {
  const pair = makePair(t);
  const first = new Remote(t, pair);
  await first.hold(own, 20_000);
  await first.renew(20_000);
  await first.release(own.slice(1));
  await first.end();
  t.deepEqual(readdirSync(pair.runtimeDir).toSorted(), ['beat', 'claims.json']);
  t.deepEqual(runCleanup(pair).removed, ['eth0/10.9.0.10/32']);
  t.deepEqual(readdirSync(pair.runtimeDir), []);
});

test.serial('cleanup takes away what a dead daemon left, and nothing else', async (t) => {
  const pair = makePair(t);
  sysctl(pair.here, 'net/ipv4/conf/eth0/promote_secondaries', '0');
  const wide = [vip4('10.9.1.10', { prefix: 24 }), vip4('10.9.1.11', { prefix: 24 })];
  const first = new Remote(t, pair);
  await first.hold([...own, ...wide, vip4('10.9.0.12')], 20_000);
  await first.settled();
  await first.kill();
  ip('-n', pair.here, 'addr', 'add', '10.9.0.99/32', 'dev', 'eth0');
  ip('-n', pair.here, 'addr', 'add', '10.9.0.98/32', 'dev', 'eth0', 'valid_lft', '90', 'preferred_lft', '0');
  ip(
    '-n',
    pair.here,
    'addr',
    'change',
    '10.9.0.12/32',
    'dev',
    'eth0',
    'valid_lft',
    'forever',
    'preferred_lft',
    'forever',
  );
  const outcome = runCleanup(pair);
  t.deepEqual(outcome.removed.toSorted(), [
    'eth0/10.9.0.10/32',
    'eth0/10.9.1.10/24',
    'eth0/10.9.1.11/24',
    'eth0/fd09::10/128',
  ]);
  t.deepEqual(
    outcome.skipped.map(({ key }) => key),
    ['eth0/10.9.0.12/32'],
  );
  t.deepEqual(outcome.failed, []);
  for (const address of ['10.9.0.10', 'fd09::10', '10.9.1.10', '10.9.1.11']) t.is(find(pair.here, address), undefined);
  for (const address of ['10.9.0.99', '10.9.0.98', '10.9.0.12']) t.truthy(find(pair.here, address));
  t.false(existsSync(join(pair.runtimeDir, 'claims.json')));
  t.deepEqual(runCleanup(pair), { removed: [], skipped: [], failed: [], gate: null, trouble: null });
});

test.serial('a record that cannot be written: held under a lease with a warning, refused without one', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.start();
  ip('netns', 'exec', pair.here, 'mkdir', join(pair.runtimeDir, 'claims.json.new'));
  t.like(await remote.hold([vip4('10.9.0.10')], 3000), [{ kind: 'present' }]);
  const isWarned = () => remote.told.some((told) => told.told === 'warning' && /cannot be written/.test(told.words));
  t.true(await waitFor(isWarned));
  t.regex(JSON.stringify(await remote.hold([vip4('10.9.0.11')], null)), /refused.*cannot be written/);
  t.is(find(pair.here, '10.9.0.11'), undefined);
});
