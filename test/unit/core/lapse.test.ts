// A lease in milliseconds: what comes before what when a group is let go, and what a lapse leads to.

import test from 'ava';
import { instant } from '#lib/time';
import type { Lease, Settings } from '#model/settings';
import { type Bench, holder, kinds, standby } from './bench.ts';

const lease: Lease = { kind: 'nftables', ms: 2946, lateMs: 4, addressMs: 7000 };
const gated: Partial<Settings> = { lease };

function lapsed(): Bench {
  const bench = holder({}, gated);
  bench.hear({ entry: { role: 'standby' } });
  bench.step({ kind: 'lapsed' });
  return bench;
}

test('behind a gate: silence, then the word, then the addresses', (t) => {
  const bench = holder({}, gated);
  bench.hear({ entry: { role: 'standby' } });
  const effects = kinds(bench.step({ kind: 'stop' }));
  const order = effects.filter((kind) => ['silence', 'advert', 'release'].includes(kind));
  t.deepEqual(order, ['silence', 'advert', 'release']);
});

test('without a gate the addresses go before the word', (t) => {
  const bench = holder();
  bench.hear({ entry: { role: 'standby' } });
  const effects = kinds(bench.step({ kind: 'stop' }));
  const order = effects.filter((kind) => ['silence', 'advert', 'release'].includes(kind));
  t.deepEqual(order, ['release', 'advert']);
});

test('a lapse is said at once, and nothing is renewed while it lasts', (t) => {
  const bench = holder({}, gated);
  bench.hear({ entry: { role: 'standby' } });
  const effects = bench.step({ kind: 'lapsed' });
  t.true(kinds(effects).includes('advert'));
  t.is(bench.group.role, 'active');
  t.true([...bench.state.problems.values()].some(({ problem }) => problem.code === 'lease-lapsed'));
  const until = bench.now + 2000;
  const later = [];
  while (bench.wakeAt <= until) {
    later.push(...bench.runTo(bench.wakeAt));
    bench.hear({ echo: { sequence: 1 }, entry: { role: 'standby' } });
  }
  t.true(kinds(later).includes('advert'));
  t.false(kinds(later).includes('renew'));
  t.false(kinds(later).includes('hold'));
});

test('an echo of an advert from before the lapse opens nothing', (t) => {
  const bench = holder({}, gated);
  bench.hear({ entry: { role: 'standby' } });
  bench.step({ kind: 'sent', id: 1, at: instant(bench.now), last: 50, paths: [{ path: 'eth0', error: null }] });
  bench.step({ kind: 'lapsed' });
  const effects = bench.hear({ echo: { sequence: 50 }, entry: { role: 'standby' } });
  t.false(kinds(effects).includes('hold'));
  t.not(bench.state.lapse, null);
});

test('an echo of a later advert opens again, and the neighbours are told', (t) => {
  const bench = holder({}, gated);
  bench.hear({ entry: { role: 'standby' } });
  bench.step({ kind: 'sent', id: 1, at: instant(bench.now), last: 50, paths: [{ path: 'eth0', error: null }] });
  bench.step({ kind: 'lapsed' });
  const effects = bench.hearAndAnswer({ echo: { sequence: 51 }, entry: { role: 'standby' } });
  t.true(kinds(effects).includes('hold'));
  t.true(kinds(effects).includes('announce'));
  t.is(bench.state.lapse, null);
  t.false([...bench.state.problems.values()].some(({ problem }) => problem.code === 'lease-lapsed'));
});

test('beside a peer that is heard and does not hear it, it stays shut however long that lasts', (t) => {
  const bench = holder({}, gated);
  bench.hearAndAnswer({ echo: null, entry: { role: 'standby', priority: 10 } });
  bench.step({ kind: 'lapsed' });
  const effects = [];
  for (const until = bench.now + 6000; bench.now < until; ) {
    effects.push(...bench.runTo(bench.now + 500));
    effects.push(...bench.hearAndAnswer({ echo: null, entry: { role: 'standby', priority: 10 } }));
  }
  t.false(kinds(effects).includes('hold'));
  t.not(bench.state.lapse, null);
});

test('alone it opens after a down time', (t) => {
  const bench = holder({}, gated);
  bench.runTo(bench.now + 5000);
  bench.step({ kind: 'lapsed' });
  const at = bench.now;
  t.false(kinds(bench.runTo(at + 2900)).includes('hold'));
  t.true(kinds(bench.runTo(at + 3100)).includes('hold'));
  t.is(bench.group.role, 'active');
});

test('a group that is let go meanwhile stays shut', (t) => {
  const bench = lapsed();
  bench.hear({ entry: { role: 'active', priority: 200 } });
  t.not(bench.group.role, 'active');
  const effects = bench.runTo(bench.now + 200);
  t.false(kinds(effects).includes('hold'));
});

test('an address that somebody takes away beside a lapsed lease is put back once that is open again', (t) => {
  const bench = holder({}, gated);
  bench.hearAndAnswer({ entry: { role: 'standby' } });
  const key = bench.keys[0] ?? '';
  bench.step({ kind: 'lapsed' });
  bench.step({ kind: 'address-changed', key, present: false });
  t.false(kinds(bench.runTo(bench.now + 300)).includes('hold'));
  bench.hearAndAnswer({ entry: { role: 'standby' }, echo: { sequence: 999 } });
  t.is(bench.state.lapse, null);
  bench.runTo(bench.now + 5);
  t.true(bench.group.present.has(key));
});

test('a standby has nothing that could lapse', (t) => {
  const bench = standby({}, { entry: { role: 'active' } });
  bench.step({ kind: 'lapsed' });
  const effects = bench.hearAndAnswer({ entry: { role: 'resigning', successor: 'me' } });
  t.is(bench.state.lapse, null, 'a standby holds nothing that could have lapsed');
  t.true(kinds(effects).includes('hold'));
});

test('nothing else is claimed beside a lapsed lease', (t) => {
  const bench = holder({ groups: 2 }, gated);
  bench.hear({ entry: { role: 'standby', group: 'web' } });
  bench.step({ kind: 'lapsed' });
  bench.hear({ echo: { sequence: 0 }, entry: { role: 'active', group: 'g1', priority: 200 } });
  t.is(bench.state.groups[1]?.role, 'resigning');
  bench.hear({ echo: { sequence: 0 }, entry: { role: 'active', group: 'g1', priority: 200 } });
  bench.runTo(bench.now + 1);
  bench.hearAndAnswer({ echo: { sequence: 0 }, entry: { role: 'resigning', group: 'g1', successor: 'me' } });
  t.is(bench.state.groups[1]?.role, 'standby');
  t.deepEqual(bench.state.groups[1]?.reason, { kind: 'lease-lapsed' });
});

test('a host that asked for a gate and has none says why for as long as it runs', (t) => {
  const coarse = (settings: Partial<Settings>) =>
    [...holder({}, settings).state.problems.values()].filter(({ problem }) => problem.code === 'lease-coarse');
  t.like(coarse({ lease: { kind: 'address', ms: 2000, noGate: 'no nf_tables' } })[0], {
    problem: { code: 'lease-coarse', why: 'no nf_tables' },
  });
  t.deepEqual(coarse({ lease: { kind: 'address', ms: 2000 } }), []);
});
