// The gate in a real kernel, as `nft` shows it: what is guarded, what is open, what a lease that ended does, and what
// becomes of the tables when somebody else lays hands on them. Needs root and network namespaces.

import test from 'ava';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { kernelTickMs } from '#linux/kernel-tick';
import { addLink, find, ip, makePair, shown } from './netns.ts';
import { Remote, runCleanup, vip4, vip6, waitFor } from './remote.ts';
import { beatMs, elements, guardedIn, leaseSeconds, nft, nftFile, openTo, tables } from './tables.ts';

const [four, six, other] = [vip4('10.9.0.10'), vip6('fd09::10'), vip4('10.9.0.20')];
const strict = 'table inet filter {\n chain input {\n type filter hook input priority 0; policy drop;\n }\n}';
const present = (key: string) => ({ key, kind: 'present' });
const both = [present('eth0/10.9.0.10/32'), present('eth0/fd09::10/128')];

test.serial(
  'held: guarded and open; silenced: there, guarded and shut; released: gone; at the end no table',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair, 'nftables');
    await remote.start();
    t.deepEqual(guardedIn(pair.here), []);
    t.deepEqual(
      tables(pair.here).map((name) => name.replace(/-[0-9a-f]{8}$/, '-')),
      ['inet locum-', 'arp locum-', 'netdev locum-'],
    );
    t.deepEqual(await remote.hold([four, six], 3000), both);
    t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10']);
    t.deepEqual(guardedIn(pair.here), ['10.9.0.10', 'fd09::10']);
    t.deepEqual(elements(pair.here, 'netdev', 'open4'), ['10.9.0.10']);
    remote.send({ do: 'silence', addresses: [four] });
    await waitFor(() => openTo(pair.here).length === 1);
    t.deepEqual(openTo(pair.here), ['fd09::10']);
    t.deepEqual(guardedIn(pair.here), ['10.9.0.10', 'fd09::10']);
    t.truthy(find(pair.here, '10.9.0.10'));
    t.deepEqual(await remote.release([four, six]), [
      { key: 'eth0/10.9.0.10/32', kind: 'absent' },
      { key: 'eth0/fd09::10/128', kind: 'absent' },
    ]);
    await waitFor(() => guardedIn(pair.here).length === 0);
    await remote.end();
    t.deepEqual(tables(pair.here), []);
  },
);

test.serial('a lease that ended is told once, stays shut through renewals, and opens again with a hold', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four, six], 400);
  await remote.renew(400);
  t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10']);
  await sleep(500);
  t.deepEqual(remote.inputs('lapsed'), []);
  await remote.renew(3000);
  await waitFor(() => remote.inputs('lapsed').length > 0);
  await remote.renew(3000);
  await remote.renew(3000);
  t.is(remote.inputs('lapsed').length, 1);
  t.deepEqual(openTo(pair.here), []);
  t.deepEqual(guardedIn(pair.here), ['10.9.0.10', 'fd09::10']);
  t.truthy(find(pair.here, '10.9.0.10'), 'the address outlives the gate and nothing answers for it');
  t.deepEqual(await remote.hold([four, six], 3000), both);
  t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10']);
  await remote.renew(3000);
  t.is(remote.inputs('lapsed').length, 1);
});

test.serial('the lifetime of an address is renewed seldom, and never ends before a lease that runs', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four], 500);
  const seconds: number[] = [];
  for (const end = performance.now() + 5500; performance.now() < end; await sleep(100)) {
    await remote.renew(500);
    seconds.push(find(pair.here, '10.9.0.10')?.valid_life_time ?? 0);
  }
  t.deepEqual(remote.inputs('lapsed'), []);
  t.true(Math.min(...seconds) >= 1, seconds.join());
  t.is(
    seconds.filter((left, i) => left > (seconds[i - 1] ?? left)).length,
    1,
    'five seconds, under a lease of half a one',
  );
});

test.serial('a hold of another group never opens what has lapsed', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four], 100);
  await sleep(200);
  const [late] = await remote.hold([other], 3000);
  t.is(late?.kind, 'late');
  t.is(remote.inputs('lapsed').length, 1);
  t.is(find(pair.here, '10.9.0.20'), undefined);
  await remote.hold([other], 3000);
  t.deepEqual(openTo(pair.here), ['10.9.0.20']);
  t.deepEqual(guardedIn(pair.here), ['10.9.0.10', '10.9.0.20']);
  await remote.renew(3000);
  t.deepEqual(openTo(pair.here), ['10.9.0.20']);
});

test.serial('the kernel is given the whole lease, and less than a tick more', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four], 60_000);
  const tick = kernelTickMs();
  for (let forMs = 60_000; forMs < 60_000 + 2 * tick; forMs += 1) {
    const { ms } = await remote.renew(forMs);
    const given = beatMs(pair.here);
    t.true(given.length > 0);
    // What passed of it within the call, and what is left over of a millisecond.
    for (const one of given) t.true(one > forMs - ms - 1 && one < forMs + tick, `${forMs}: ${one}`);
  }
});

test.serial('a renewal that reaches the kernel late, or past its end, shuts the gate', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four], 5000);
  remote.send({ do: 'clock', stepMs: 60 });
  await remote.renew(5000);
  await waitFor(() => remote.inputs('lapsed').length === 1);
  t.deepEqual(openTo(pair.here), [], 'it took 60 ms where 50 are allowed');
  remote.send({ do: 'clock', stepMs: 0 });
  await remote.hold([four], 5000);
  t.deepEqual(openTo(pair.here), ['10.9.0.10']);
  await remote.renew(-1);
  await waitFor(() => remote.inputs('lapsed').length === 2);
  t.deepEqual(openTo(pair.here), []);
  const [late] = await remote.hold([other], -1);
  t.is(late?.kind, 'late');
});

test.serial('a claim that the kernel takes too slowly is late; the second in a row is refused, in words', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  const refused = '3 times more than 50 ms passed while the kernel took a lease';
  for (let round = 0; round < 2; round += 1) {
    remote.send({ do: 'clock', stepMs: 60 });
    t.deepEqual(await remote.hold([four], 5000), [{ key: 'eth0/10.9.0.10/32', kind: 'late' }]);
    t.deepEqual(await remote.hold([four], 5000), [{ key: 'eth0/10.9.0.10/32', kind: 'refused', error: refused }]);
    t.deepEqual(openTo(pair.here), []);
    t.is(find(pair.here, '10.9.0.10'), undefined);
    remote.send({ do: 'clock', stepMs: 0 });
    t.deepEqual(await remote.hold([four], 5000), [present('eth0/10.9.0.10/32')]);
    t.deepEqual(openTo(pair.here), ['10.9.0.10']);
    await remote.release([four]);
  }
});

test.serial(
  'stopped on its way to the kernel and killed at any later moment: what it held is open no longer',
  async (t) => {
    let waited = 0;
    for (const claims of [false, true]) {
      for (let look = 1; look <= 8; look += 1) {
        const pair = makePair(t);
        const remote = new Remote(t, pair, 'nftables');
        await remote.hold([four], 5000);
        const gone = once(remote.process, 'exit');
        remote.send({ do: 'clock', stepMs: 200, killedAtLook: look });
        if (claims) remote.send({ do: 'hold', id: remote.nextId(), addresses: [four, six], forMs: 60_000 });
        else remote.send({ do: 'renew', id: remote.nextId(), forMs: 60_000, livePeers: 2 });
        // Where there are fewer looks than that it has shut the gate.
        remote.process.stdin?.end();
        await gone;
        const { counting, waiting } = leaseSeconds(pair.here);
        t.true(
          counting.every((seconds) => seconds <= 5),
          `killed at look ${look}: ${counting.join()} s`,
        );
        if (waiting.some((seconds) => seconds > 5)) waited += 1;
      }
    }
    t.true(waited >= 2, 'and it was stopped between its two words to the kernel');
  },
);

test.serial(
  'nft flush ruleset by others: said once with who it was, mended at once, and open no longer than before',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair, 'nftables');
    await remote.start();
    const heldAt = performance.now();
    await remote.hold([four, six], 2500);
    await sleep(1500);
    nft(pair.here, 'flush', 'ruleset');
    await waitFor(() => openTo(pair.here).length === 2);
    t.deepEqual(guardedIn(pair.here), ['10.9.0.10', 'fd09::10']);
    t.deepEqual(elements(pair.here, 'netdev', 'guarded4'), ['10.9.0.10']);
    t.regex(nft(pair.here, 'list', 'ruleset'), /hook egress device "eth0"/);
    const words = () => remote.told.flatMap((told) => (told.told === 'warning' ? [told.words] : []));
    await waitFor(() => words().length > 0);
    t.regex(
      words()[0] ?? '',
      /^the tables locum-[0-9a-f]{8} of nf_tables, .* by nft, pid \d+; they were made anew at once$/,
    );
    t.deepEqual(remote.inputs('lapsed'), []);
    t.is(words().length, 1);
    await waitFor(() => openTo(pair.here).length === 0);
    const openMs = performance.now() - heldAt;
    t.true(openMs < 2500 + 1000, `the lease ends when it would have, not after ${openMs} ms`);
    await remote.renew(3000);
    await waitFor(() => remote.inputs('lapsed').length > 0);
    t.is(remote.inputs('lapsed').length, 1);
  },
);

test.serial('a rule put before ours, a rule taken away, a set emptied, a table put to sleep: mended', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four, six], 60_000);
  const name = () => (tables(pair.here)[0] ?? '').split(' ')[1] ?? '';
  const plain = () =>
    nft(pair.here, '-s', 'list', 'ruleset')
      .replaceAll(/ expires \w+/g, '')
      .replaceAll(/timeout \w+/g, '')
      .replaceAll(/(table \w+ locum-[0-9a-f]{8})-b/g, '$1');
  const before = plain();
  const commands: readonly ((table: string) => string)[] = [
    (table) => `insert rule inet ${table} in accept`,
    (table) => `flush chain inet ${table} out`,
    (table) => `flush set inet ${table} guarded4`,
    (table) => `flush set arp ${table} counts0`,
    (table) => `add table inet ${table} { flags dormant; }`,
    (table) => `delete table netdev ${table}`,
  ];
  for (const command of commands) {
    const told = remote.told.length;
    nftFile(pair.here, command(name()));
    await remote.until((one): one is Extract<typeof one, { told: 'warning' }> => one.told === 'warning', told);
    t.is(plain(), before, command(name()));
  }
  t.deepEqual(remote.inputs('lapsed'), []);
  await remote.renew(60_000);
  t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10']);
});

test.serial('rules of others stay as they are, and changing them is nothing to us', async (t) => {
  const pair = makePair(t);
  nftFile(pair.here, strict);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four], 3000);
  nftFile(pair.here, 'add rule inet filter input tcp dport 22 accept');
  nft(pair.here, 'delete', 'table', 'inet', 'filter');
  nftFile(pair.here, strict);
  await sleep(100);
  t.deepEqual(
    remote.told.filter(({ told }) => told === 'warning'),
    [],
  );
  t.deepEqual(openTo(pair.here), ['10.9.0.10']);
  await remote.release([four]);
  await remote.end();
  t.deepEqual(tables(pair.here), ['inet filter']);
});

test.serial(
  'killed and started again: what is left open goes on, a hold takes it over, and `cleanup` ends it',
  async (t) => {
    const pair = makePair(t);
    const first = new Remote(t, pair, 'nftables');
    await first.hold([four, six], 4000);
    await first.settled();
    await first.kill();
    const second = new Remote(t, pair, 'nftables');
    const { start } = await second.start();
    t.is(start.facts.left.length, 2);
    t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10'], 'until the first word from above nothing changes');
    t.deepEqual(await second.hold([four, six], 3000), both);
    t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10']);
    await second.settled();
    await second.kill();
    const third = new Remote(t, pair, 'nftables');
    await third.start();
    await third.release([four]);
    t.deepEqual(openTo(pair.here), [], 'one that does not hold what was left has no lease for the rest either');
    t.deepEqual(guardedIn(pair.here), ['fd09::10']);
    await third.kill();
    const cleaned = runCleanup(pair);
    t.deepEqual(cleaned.removed, ['eth0/fd09::10/128']);
    t.regex(cleaned.gate ?? '', /^locum-[0-9a-f]{8}$/);
    t.deepEqual(tables(pair.here), []);
    t.is(find(pair.here, 'fd09::10'), undefined);
    t.is(runCleanup(pair).gate, null);
  },
);

test.serial(
  'killed while it adopts: the tables of the one before stay in force, and the next one finds them among two',
  async (t) => {
    let aside = 0;
    for (let look = 1; look <= 6; look += 1) {
      const pair = makePair(t);
      const first = new Remote(t, pair, 'nftables');
      await first.hold([four, six], 8000);
      await first.settled();
      await first.kill();
      const second = new Remote(t, pair, 'nftables');
      await second.start();
      const gone = once(second.process, 'exit');
      second.send({ do: 'clock', stepMs: 0, killedAtLook: look });
      second.send({ do: 'hold', id: second.nextId(), addresses: [four, six], forMs: 60_000 });
      second.process.stdin?.end();
      await gone;
      const { counting } = leaseSeconds(pair.here);
      if (tables(pair.here).length === 6) aside += 1;
      else if (counting.some((seconds) => seconds > 50)) break;
      t.true(counting.length > 0 && Math.max(...counting) <= 8, `killed at look ${look}: ${counting.join()} s`);
      const third = new Remote(t, pair, 'nftables');
      await third.start();
      t.deepEqual(openTo(pair.here), ['10.9.0.10', 'fd09::10'], `killed at look ${look}`);
      t.deepEqual(await third.hold([four, six], 3000), both);
      t.is(tables(pair.here).length, 3);
      t.deepEqual(guardedIn(pair.here), ['10.9.0.10', 'fd09::10']);
      await third.settled();
      await third.kill();
      t.regex(runCleanup(pair).gate ?? '', /^locum-[0-9a-f]{8}$/);
      t.deepEqual(tables(pair.here), []);
    }
    t.true(aside > 0, 'and it was killed with tables of its own made aside');
  },
);

test.serial(
  'one link-local address on two interfaces: silencing one of them takes it off, and leaves the other',
  async (t) => {
    const pair = makePair(t);
    addLink(pair, 'eth1');
    const [here, there] = [vip6('fe80::1'), vip6('fe80::1', { interface: 'eth1' })];
    const on = (name: string) => shown(pair.here, name).some(({ local }) => local === 'fe80::1');
    const remote = new Remote(t, pair, 'nftables');
    t.is((await remote.hold([here], 10_000))[0]?.kind, 'present');
    t.is((await remote.hold([there], 10_000))[0]?.kind, 'present');
    await remote.timed({ do: 'silence', addresses: [here] });
    t.false(on('eth0'), 'gone before the word');
    t.true(on('eth1'));
    t.deepEqual(openTo(pair.here), ['fe80::1']);
    t.deepEqual(await remote.release([here]), [{ key: 'eth0/fe80::1/128', kind: 'absent' }]);
    t.is((await remote.hold([here], 10_000))[0]?.kind, 'present', 'held again, with nothing left of what was before');
    t.true(on('eth0'));
    ip('-n', pair.here, 'addr', 'del', 'fe80::1/128', 'dev', 'eth0');
    await waitFor(() => remote.inputs('address-changed').length > 0);
    await remote.timed({ do: 'silence', addresses: [there] });
    t.deepEqual(await remote.release([there]), [{ key: 'eth1/fe80::1/128', kind: 'absent' }]);
  },
);

for (const lease of ['off', 'address'] as const) {
  const forMs = lease === 'off' ? null : 3000;

  test.serial(
    `one without a gate (${lease}) shuts nothing of what it holds by the tables of the one before`,
    async (t) => {
      const pair = makePair(t);
      const first = new Remote(t, pair, 'nftables');
      await first.hold([four, six], 300);
      await first.settled();
      await first.kill();
      const next = new Remote(t, pair, lease);
      await next.start();
      t.is(tables(pair.here).length, 3, 'what was left stays shut until it is decided about');
      t.deepEqual(await next.hold([four, six], forMs), both);
      t.deepEqual(tables(pair.here), []);
      await waitFor(() => next.told.find((told) => told.told === 'warning' && /earlier daemon left/.test(told.words)));
    },
  );

  test.serial(`nor (${lease}) keeps it those tables when it lets go of what was left, or finds nothing`, async (t) => {
    const pair = makePair(t);
    const first = new Remote(t, pair, 'nftables');
    await first.hold([four, six], 300);
    await first.settled();
    await first.kill();
    const next = new Remote(t, pair, lease);
    await next.release([four]);
    t.is(tables(pair.here).length, 3, 'the other one is still there, and shut');
    await next.release([six]);
    t.deepEqual(tables(pair.here), []);
    await next.kill();
    const third = new Remote(t, pair, 'nftables');
    await third.start();
    await third.kill();
    t.is(tables(pair.here).length, 3);
    const last = new Remote(t, pair, lease);
    await last.start();
    t.deepEqual(tables(pair.here), []);
  });
}

test.serial("an administrator's address is never guarded", async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.start();
  ip('-n', pair.here, 'addr', 'add', '10.9.0.10/32', 'dev', 'eth0');
  await sleep(50);
  t.deepEqual(await remote.hold([four], 3000), [{ key: 'eth0/10.9.0.10/32', kind: 'foreign' }]);
  t.deepEqual(guardedIn(pair.here), []);
});

test.serial('two daemons on one host: each its own tables, and the lease of one is nothing to the other', async (t) => {
  const pair = makePair(t);
  const runtimeDir = mkdtempSync(join(tmpdir(), 'lcmk-'));
  t.teardown(() => rmSync(runtimeDir, { recursive: true, force: true }));
  const one = new Remote(t, pair, 'nftables');
  const two = new Remote(t, { ...pair, runtimeDir }, 'nftables');
  await one.hold([four], 150);
  await two.hold([other], 5000);
  t.is(new Set(tables(pair.here)).size, 6);
  await sleep(250);
  await one.renew(3000);
  await two.renew(3000);
  t.is(one.inputs('lapsed').length, 1);
  t.is(two.inputs('lapsed').length, 0);
  await one.release([four]);
  await one.end();
  t.is(tables(pair.here).length, 3);
  t.deepEqual(openTo(pair.here), ['10.9.0.20']);
});

test.serial(
  'a rehearsed takeover takes no time, says nothing, leaves nothing, and keeps its hands off what is held',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair, 'nftables');
    await remote.start();
    const rehearsed = { do: 'rehearse', addresses: [four, six], times: 20 } as const;
    const ms = await remote.timed(rehearsed);
    t.true(ms < 20 * 50, `${ms} ms for twenty`);
    t.regex(
      nft(pair.here, 'list', 'ruleset'),
      /hook egress device "eth0"/,
      'what a first claim would have to build is there',
    );
    t.deepEqual([...guardedIn(pair.here), ...openTo(pair.here)], []);
    t.is(find(pair.here, '240.0.0.1'), undefined);
    t.deepEqual(await remote.hold([four], 700), [present('eth0/10.9.0.10/32')]);
    t.deepEqual(remote.inputs('kernel').length, 1, 'nobody hears how a rehearsal went');
    await remote.timed(rehearsed);
    t.deepEqual(openTo(pair.here), ['10.9.0.10']);
    await waitFor(() => openTo(pair.here).length === 0);
    t.deepEqual(remote.inputs('lapsed'), []);
  },
);
