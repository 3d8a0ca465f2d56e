// PROTOCOL section 4: a suspend shows in boot time against monotonic time; release before anything else. The leases of
// the kernel stood still meanwhile, and so did every deadline here: none of them says that somebody may hold by now.

import test from 'ava';
import { instant } from '#lib/time';
import { Bench, holder, kinds, link, standby } from './bench.ts';

const slept = { kind: 'slept', ms: 60_000 } as const;

test('a holder releases first, says so, and listens for a down time before it claims', (t) => {
  const bench = holder();
  const effects = bench.step(slept);
  t.deepEqual(kinds(effects).slice(0, 2), ['release', 'advert']);
  t.false(kinds(effects).some((kind) => kind === 'hold' || kind === 'renew' || kind === 'announce'));
  t.is(bench.group.role, 'starting');
  t.deepEqual(bench.group.reason, slept);
  const at = bench.now;
  bench.runTo(at + 2990);
  t.is(bench.group.role, 'starting');
  bench.runTo(at + 3500);
  t.is(bench.group.role, 'active');
});

test('behind a gate the silence comes first, then the word', (t) => {
  const lease = { kind: 'nftables', ms: 2900, lateMs: 4, addressMs: 5000 } as const;
  const effects = holder({}, { lease }).step(slept);
  t.deepEqual(kinds(effects).slice(0, 3), ['silence', 'advert', 'release']);
});

test('an advert that left before the sleep renews nothing after it', (t) => {
  const bench = holder();
  bench.now = bench.wakeAt;
  const advert = bench.step({ kind: 'wake' }).find((effect) => effect.kind === 'advert');
  bench.step(slept);
  const id = advert?.kind === 'advert' ? advert.id : 0;
  const paths = [{ path: 'eth0', error: null }];
  t.false(kinds(bench.step({ kind: 'sent', id, at: instant(bench.now), last: 1, paths })).includes('renew'));
});

test('an address that the kernel granted before the sleep makes no holder after it', (t) => {
  const bench = new Bench();
  while (bench.group.role !== 'claiming') {
    bench.now = bench.wakeAt;
    for (const effect of bench.step({ kind: 'wake' })) {
      const input = effect.kind === 'hold' ? null : bench.answerTo(effect);
      if (input !== null) bench.step(input);
    }
  }
  const { holdId } = bench.group;
  t.true(kinds(bench.step(slept)).includes('release'));
  const outcomes = bench.keys.map((key) => ({ key, kind: 'present' }) as const);
  bench.step({ kind: 'kernel', id: holdId ?? 0, outcomes });
  t.is(bench.state.groups[0]?.role, 'starting');
});

test('a standby forgets whom it waited for, and believes no silence from before', (t) => {
  const bench = standby();
  bench.runTo(bench.now + 2500);
  bench.step(slept);
  t.is(bench.group.role, 'starting');
  const at = bench.now;
  bench.runTo(at + 2900);
  t.is(bench.state.boots.values().next().value?.state, 'two-way', 'the holder gets a down time to be heard again');
  t.is(bench.group.role, 'starting');
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  bench.runTo(at + 4000);
  t.is(bench.group.role, 'standby');
});

test('eight hours of sleep do not become eight hours of patience', (t) => {
  const bench = standby();
  bench.step({ kind: 'slept', ms: 28_800_000 });
  bench.runTo(bench.now + 7000);
  t.is(bench.group.role, 'active');
});

test('a longer wait that was asked for goes on', (t) => {
  const bench = new Bench({ startupDelayMs: 20_000 });
  bench.runTo(1000);
  bench.step(slept);
  t.is(bench.group.listenUntil, instant(20_000));
});

test('a resigner forgets its successor; one that stops goes on stopping', (t) => {
  const resigner = holder();
  resigner.hearAndAnswer({ entry: { role: 'standby', priority: 200, wants: 'preempt' } });
  t.is(resigner.group.role, 'resigning');
  resigner.step(slept);
  t.is(resigner.group.role, 'starting');

  const stopping = holder();
  stopping.hearAndAnswer({ entry: { role: 'standby', priority: 50 } });
  stopping.step({ kind: 'stop' });
  t.is(stopping.group.role, 'resigning');
  stopping.step(slept);
  t.is(stopping.group.role, 'resigning');
  t.true(kinds(stopping.runTo(stopping.now + 1000)).includes('exit'));
});

test('a faulted group listens for a down time once its fault is over', (t) => {
  const bench = holder();
  const key = bench.keys[0] ?? '';
  bench.step({ kind: 'foreign', keys: [key] });
  bench.runTo(bench.now + 10_000);
  bench.step(slept);
  t.is(bench.group.role, 'faulted');
  const at = bench.now;
  bench.step({ kind: 'foreign', keys: [] });
  bench.step({ kind: 'links', links: [link] });
  bench.runTo(at + 2900);
  t.is(bench.group.role, 'starting');
});
