// How long a node listens before its first claim, where that is longer than a down time: whatever happens meanwhile.

import test from 'ava';
import { Bench, link } from './bench.ts';
import { checked, checkOf } from './checked.ts';

const delayed = { startupDelayMs: 30_000 };
const down = { ...link, up: false };

test('a stall while it listens shortens nothing', (t) => {
  const bench = new Bench(delayed);
  bench.runTo(2000);
  bench.now = 6000;
  bench.step({ kind: 'wake' });
  t.is(bench.group.reason.kind, 'late-wake');
  bench.runTo(29_900);
  t.is(bench.group.role, 'starting');
  bench.runTo(30_100);
  t.is(bench.group.role, 'active');
});

test('nor does a fault after which it listens anew', (t) => {
  const bench = new Bench({ ...delayed, checks: [checkOf({ rise: 1, fall: 1 })] });
  bench.runTo(1000);
  bench.step({ kind: 'links', links: [down] });
  checked(bench, 1);
  bench.step({ kind: 'links', links: [link] });
  bench.runTo(2000);
  checked(bench, 0);
  t.is(bench.group.role, 'starting');
  bench.runTo(30_900);
  t.is(bench.group.role, 'starting');
});

test('it begins when the link comes up, however late the first time, and anew when it comes up again before it is over', (t) => {
  const bench = new Bench(delayed, { links: [down] });
  bench.runTo(100_000);
  bench.step({ kind: 'links', links: [link] });
  bench.runTo(110_000);
  bench.step({ kind: 'links', links: [down] });
  bench.runTo(111_000);
  bench.step({ kind: 'links', links: [link] });
  bench.runTo(140_900);
  t.is(bench.group.role, 'starting');
  bench.runTo(141_100);
  t.is(bench.group.role, 'active');
});

test('a link that comes up again later is listened to for a down time, as without a delay', (t) => {
  const bench = new Bench(delayed);
  bench.runTo(40_000);
  t.is(bench.group.role, 'active');
  bench.step({ kind: 'links', links: [down] });
  bench.runTo(41_000);
  bench.step({ kind: 'links', links: [link] });
  bench.runTo(44_100);
  t.is(bench.group.role, 'active');
});

test('so it is for a path that carries adverts and no group', (t) => {
  const wish = { ...delayed, paths: ['eth0', 'eth1'] };
  const path = { ...link, name: 'eth1', index: 3 };
  const bench = new Bench(wish, { links: [link, { ...path, up: false }] });
  bench.runTo(20_000);
  bench.step({ kind: 'links', links: [link, path] });
  bench.runTo(49_900);
  t.is(bench.group.role, 'starting');
  bench.runTo(50_100);
  t.is(bench.group.role, 'active');
  bench.step({ kind: 'links', links: [link, { ...path, up: false }] });
  bench.step({ kind: 'links', links: [link, path] });
  t.is(bench.group.role, 'active');
});
