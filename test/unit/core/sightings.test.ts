// Somebody else speaks for an address that this node holds: announced again, counted, reported; never let go of.

import test from 'ava';
import { later } from '#lib/time';
import { type Bench, holder, kinds, link, standby } from './bench.ts';

const other = '02:00:00:00:00:99';
const see = (bench: Bench, mac: string) => bench.step({ kind: 'seen', key: bench.keys[0] ?? '', mac });
const conflict = (bench: Bench) =>
  [...bench.state.problems.values()].map(({ problem }) => problem).find(({ code }) => code === 'address-conflict');
const announced = (effects: ReturnType<typeof kinds>) => effects.filter((kind) => kind === 'announce').length;

test('a holder announces again, and reports whom it saw', (t) => {
  const bench = holder();
  t.is(announced(kinds(see(bench, other))), 1);
  t.is(bench.group.role, 'active');
  t.deepEqual(conflict(bench), {
    code: 'address-conflict',
    group: 'web',
    key: 'eth0/10.0.0.0/32',
    mac: other,
    times: 1,
  });
});

test('it defends at most once a second, whatever the other does', (t) => {
  const bench = holder();
  let count = 0;
  for (let i = 0; i < 100; i += 1) {
    bench.runTo(bench.now + 20);
    count += announced(kinds(see(bench, other)));
  }
  t.is(count, 2);
  t.like(conflict(bench), { times: 100 });
});

test('after ten quiet seconds it is over', (t) => {
  const bench = holder();
  see(bench, other);
  const since = bench.now;
  bench.runTo(since + 9_999);
  t.truthy(conflict(bench));
  bench.runTo(since + 10_000);
  t.is(conflict(bench), undefined);
  t.is(bench.group.conflict, null);
});

test('own hardware addresses, addresses of no group, and groups that are not held are nothing', (t) => {
  const bench = holder();
  see(bench, link.mac);
  bench.step({ kind: 'seen', key: 'eth0/198.51.100.1/32', mac: other });
  t.is(conflict(bench), undefined);
});

test('what a last holder said just before it let go may come late', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'active');
  bench.runTo(bench.now + 190);
  see(bench, other);
  t.is(conflict(bench), undefined);
  bench.runTo(bench.now + 20);
  see(bench, other);
  t.truthy(conflict(bench), 'later it is somebody who has the address');
});

test('nor is that a conflict which waited in a socket since then, however late it is read', (t) => {
  const bench = holder();
  const since = bench.group.since;
  bench.runTo(since + 10_000);
  const seen = { kind: 'seen', key: bench.keys[0] ?? '', mac: other } as const;
  bench.step({ ...seen, after: later(since, 199) });
  t.is(conflict(bench), undefined);
  bench.step({ ...seen, after: later(since, 200) });
  t.truthy(conflict(bench));
});

test('a live node that says it holds the group settles it by adverts', (t) => {
  const bench = holder();
  bench.hear({ entry: { role: 'active', priority: 10 }, advert: { facts: { gateway: 'none', macs: [other] } } });
  see(bench, other);
  t.is(conflict(bench), undefined);
});

test('who lets go has no conflict', (t) => {
  const bench = holder();
  see(bench, other);
  bench.hearAndAnswer();
  bench.step({ kind: 'stop' });
  t.is(conflict(bench), undefined);
});
