// PROTOCOL sections 2 and 3: what a holder may go on with after a late wake or a restart, what it owes
// when it stops, and what becomes of addresses that go without its doing.

import test from 'ava';
import { instant } from '#lib/time';
import { rateMargin } from '#model/settings';
import type { StartFacts } from '#model/input';
import { settingsFor } from '../../world/settings.ts';
import { Bench, holder, kinds, link, standby } from './bench.ts';
import { checked, checkOf } from './checked.ts';

const key = 'eth0/10.0.0.0/32';
const peerBoot = '0000000000000004';

test('late wake: an active that wakes later than its authority releases before it does anything else', (t) => {
  const bench = holder();
  bench.now = bench.state.lastAdvertAt + 2001;
  const effects = bench.step({ kind: 'wake' });
  t.is(kinds(effects)[0], 'release');
  t.is(bench.group.role, 'starting');
  t.is(bench.group.reason.kind, 'late-wake');
});

test('late wake: whatever input comes first finds the addresses gone', (t) => {
  const bench = holder();
  bench.now = bench.state.lastAdvertAt + 5000;
  const effects = bench.hear({ entry: { role: 'active', priority: 10 } });
  t.is(kinds(effects)[0], 'release');
  t.is(bench.group.role, 'starting');
});

test('late wake: within the authority it goes on', (t) => {
  const bench = holder();
  bench.now = bench.state.lastAdvertAt + 1999;
  bench.step({ kind: 'wake' });
  t.is(bench.group.role, 'active');
});

test('lease: renewed on an advert that left, never otherwise, to end a lease after it', (t) => {
  const bench = holder();
  bench.runTo(3900);
  bench.now = 4000;
  const advert = bench.step({ kind: 'wake' }).find((effect) => effect.kind === 'advert');
  t.false(kinds(bench.effects).includes('renew'));
  const id = advert?.kind === 'advert' ? advert.id : 0;
  bench.now = 4001;
  t.false(
    kinds(
      bench.step({ kind: 'sent', id, at: instant(4000), last: 1, paths: [{ path: 'eth0', error: 'ENETDOWN' }] }),
    ).includes('renew'),
  );
  const renew = bench
    .step({ kind: 'sent', id, at: instant(4000), last: 1, paths: [{ path: 'eth0', error: null }] })
    .find((effect) => effect.kind === 'renew');
  t.like(renew, { kind: 'renew', advertAt: 4000, until: 6000 });
});

test('lease: an address that is put back ends a lease after the last advert, as the others do', (t) => {
  const bench = holder();
  bench.runTo(4400);
  const last = bench.state.lastAdvertAt;
  t.true(last < 4400);
  const effects = bench.step({ kind: 'address-changed', key, present: false });
  t.like(
    effects.find((effect) => effect.kind === 'hold'),
    { until: last + 2000 },
  );
});

test('lease off: the sign of life goes on, or a restarted daemon could never adopt', (t) => {
  const bench = holder({}, { lease: { kind: 'off' } });
  const renewals = bench.runTo(6600).flatMap((effect) => (effect.kind === 'renew' ? [effect] : []));
  t.true(renewals.length >= 3, `${renewals.length} in three seconds`);
  t.true(renewals.every(({ until }) => until === null));
});

test('lease: a standby renews nothing', (t) => {
  const bench = standby();
  t.false(kinds(bench.runTo(bench.now + 2500)).includes('renew'));
});

const crashed: StartFacts = {
  links: [link],
  left: [key],
  lastAdvertAt: instant(-1000),
  lastDownMs: 3000,
  lastLivePeers: 1,
  lastBoot: '00000000000000a9',
  lastUntil: instant(1000),
  lastLease: 'nftables',
  epochFloor: 0,
  remembered: null,
  latch: null,
};

test('adoption: addresses of the record are taken on at once', (t) => {
  const bench = new Bench({}, crashed);
  t.is(bench.group.role, 'active');
  t.true(kinds(bench.effects).includes('hold'));
  t.false(kinds(bench.effects).includes('release'));
});

test('adoption: confirmed by a peer that echoes the new boot, it goes on', (t) => {
  const bench = new Bench({}, crashed);
  bench.runTo(500);
  bench.hearAndAnswer();
  bench.runTo(2500);
  t.is(bench.group.role, 'active');
});

test('adoption: over before the kernel knew of it, it is let go of, and that is no fault of the address', (t) => {
  const bench = new Bench({}, crashed);
  const id = bench.group.holdId ?? 0;
  const effects = bench.step({ kind: 'kernel', id, outcomes: bench.keys.map((one) => ({ key: one, kind: 'late' })) });
  t.true(kinds(effects).includes('release'));
  t.is(bench.group.role, 'starting');
  t.is(bench.group.reason.kind, 'lease-lapsed');
  t.is(bench.group.refusal, null, 'or a better rank would not ask for it for ten minutes');
  t.deepEqual([...bench.state.problems.values()], []);
});

test('adoption: unconfirmed, where there were peers, it ends before others may claim', (t) => {
  const bench = new Bench({}, crashed);
  const end = 3000 / rateMargin - 1000;
  bench.runTo(end - 1);
  t.is(bench.group.role, 'active');
  bench.runTo(end + 1);
  t.is(bench.group.role, 'starting');
  t.is(bench.group.reason.kind, 'adoption-unconfirmed');
});

test('adoption: a live peer that never echoes the new boot does not confirm it', (t) => {
  const bench = new Bench({}, { ...crashed, lastLivePeers: 0 });
  for (const at of [500, 1000, 1500, 1900]) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null });
  }
  bench.runTo(2100);
  t.is(bench.group.role, 'starting');
});

test('adoption: with no peer before and none now it goes on', (t) => {
  const bench = new Bench({}, { ...crashed, lastLivePeers: 0 });
  bench.runTo(2500);
  t.is(bench.group.role, 'active');
});

test('adoption: worth what the last advert of the life before was worth, however long the first word takes', (t) => {
  const bench = new Bench({}, { ...crashed, lastAdvertAt: instant(-2500) });
  const by = bench.effects.flatMap((effect) => (effect.kind === 'hold' ? [effect.by] : []));
  const end = 3000 / rateMargin - 2500;
  t.deepEqual(by.map(Math.round), [Math.round(end)], 'the kernel opens nothing once others may claim');
  bench.now = end + 1;
  const effects = bench.step({ kind: 'wake' });
  t.is(kinds(effects)[0], 'release');
  t.is(bench.group.role, 'starting');
});

test('adoption: too late, unknown, let go of, incomplete or without a link, the leftovers go and it listens', (t) => {
  const reasons: Record<string, Partial<StartFacts>> = {
    late: { lastAdvertAt: instant(-2900) },
    unknown: { lastAdvertAt: null },
    handing: { lastUntil: null },
    linkless: { links: [{ ...link, up: false }] },
    other: { left: ['eth0/10.9.9.9/32'] },
  };
  for (const [name, facts] of Object.entries(reasons)) {
    const bench = new Bench({}, { ...crashed, ...facts });
    t.not(bench.group.role, 'active', name);
    const release = bench.effects.find((effect) => effect.kind === 'release');
    t.is(release?.kind === 'release' && release.addresses.length, 1, name);
  }
});

test('stop: release, then the word, and the end when the successor is heard', (t) => {
  const bench = holder();
  bench.hearAndAnswer();
  const effects = bench.step({ kind: 'stop' });
  t.deepEqual(
    kinds(effects).filter((kind) => kind !== 'event'),
    ['release', 'advert'],
  );
  const release = effects.find((effect) => effect.kind === 'release');
  bench.step({ kind: 'kernel', id: release?.kind === 'release' ? release.id : 0, outcomes: [{ key, kind: 'absent' }] });
  t.true(kinds(bench.hear({ entry: { role: 'active' } })).includes('exit'));
});

test('stop: the word is said again every 5 ms, and the end comes within 500 ms though nobody answers', (t) => {
  const bench = holder();
  bench.hearAndAnswer();
  bench.step({ kind: 'stop' });
  const from = bench.now;
  const adverts = bench.runTo(from + 100).filter(({ kind }) => kind === 'advert').length;
  t.true(adverts >= 19 && adverts <= 22, `${adverts} in 100 ms`);
  t.false(kinds(bench.runTo(from + 499)).includes('exit'));
  t.true(kinds(bench.runTo(from + 500)).includes('exit'));
});

test('stop: a kernel that never answers a release does not hold it up', (t) => {
  const bench = holder();
  bench.step({ kind: 'stop' });
  bench.now += 500;
  t.true(kinds(bench.step({ kind: 'wake' })).includes('exit'));
});

test('stop: nothing is claimed, checked or exited twice afterwards', (t) => {
  const bench = standby();
  t.true(kinds(bench.step({ kind: 'stop' })).includes('exit'));
  const after = [
    ...bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } }),
    ...bench.runTo(bench.now + 9000),
    ...bench.step({ kind: 'stop' }),
  ];
  t.deepEqual(
    kinds(after).filter((kind) => ['hold', 'check', 'exit'].includes(kind)),
    [],
  );
});

test('removed address: asked for again in the same step, and reported', (t) => {
  const bench = holder();
  const effects = bench.step({ kind: 'address-changed', key, present: false });
  t.true(kinds(effects).includes('hold'));
  t.true(bench.state.problems.has(`address-removed web ${key}`));
});

test('removed address: a renewal that misses it says nothing new', (t) => {
  const bench = holder();
  for (let i = 0; i < 6; i += 1) {
    const hold = bench.step({ kind: 'address-changed', key, present: false }).find(({ kind }) => kind === 'hold');
    const id = hold?.kind === 'hold' ? hold.id : 0;
    if (i < 5) bench.step({ kind: 'kernel', id, outcomes: [{ key, kind: 'present' }] });
  }
  for (let i = 0; i < 9; i += 1) bench.step({ kind: 'kernel', id: 99_999, outcomes: [{ key, kind: 'absent' }] });
  t.is(bench.group.removals?.times, 6);
});

test('a link that goes down faults the group at once; one that comes back makes it listen', (t) => {
  const bench = holder();
  const effects = bench.step({ kind: 'links', links: [{ ...link, up: false }] });
  t.is(kinds(effects)[0], 'release');
  t.is(bench.group.role, 'faulted');
  bench.step({ kind: 'links', links: [link] });
  t.is(bench.group.role, 'starting');
});

test('a MAC that changes is announced', (t) => {
  const bench = holder();
  const effects = bench.step({ kind: 'links', links: [{ ...link, mac: '02:00:00:00:00:77' }] });
  t.is(kinds(effects).filter((kind) => kind === 'announce').length, 5);
});

test('nothing left for a down time: a holder that cannot speak lets go', (t) => {
  const bench = holder();
  const from = bench.now;
  for (let i = 0; i < 400 && bench.group.role === 'active'; i += 1) {
    bench.now = Math.max(bench.now, bench.wakeAt);
    const advert = bench.step({ kind: 'wake' }).find(({ kind }) => kind === 'advert');
    if (advert?.kind !== 'advert') continue;
    bench.step({
      kind: 'sent',
      id: advert.id,
      at: instant(bench.now),
      last: 1,
      paths: [{ path: 'eth0', error: 'EPERM' }],
    });
  }
  t.is(bench.group.reason.kind, 'unsendable');
  t.true(bench.now - from <= 3000);
  t.true(bench.state.problems.has('path-unsendable eth0'));
});

test('duplicate name: a second live boot of our own name ends the holding, and only a proven one does', (t) => {
  const bench = holder();
  bench.hear({ node: 'me', boot: '00000000000000bb', echo: null });
  t.is(bench.group.role, 'active');
  bench.hear({ node: 'me', boot: '00000000000000bb' });
  t.is(bench.group.role, 'faulted');
  t.true(bench.state.problems.has('duplicate-name me'));
});

test('yield: a successor that did not answer is not two-way until it is heard anew', (t) => {
  const bench = holder({ priority: 100 });
  bench.hearAndAnswer({ entry: { priority: 200, wants: 'preempt' } });
  t.is(bench.group.role, 'resigning');
  bench.runTo(bench.now + 1100);
  t.is(bench.group.role, 'active');
  t.is(bench.state.boots.get(peerBoot)?.state, 'one-way');
  bench.hearAndAnswer({ entry: { priority: 200, wants: 'preempt' } });
  t.is(bench.group.role, 'resigning');
});

test('yield: a node that stood still before the word of it left waits for the successor from the word on', (t) => {
  const bench = holder({ priority: 100 });
  const effects = bench.hear({ entry: { priority: 200, wants: 'preempt' } });
  const word = effects.find((effect) => effect.kind === 'advert');
  if (word === undefined) return t.fail();
  t.is(bench.group.role, 'resigning');
  bench.now += 1800;
  const saidAt = bench.now;
  const sent = bench.answerTo(word);
  if (sent !== null) bench.step(sent);
  bench.poll();
  bench.runTo(saidAt + 499);
  t.is(bench.group.role, 'resigning', 'it has been named for a moment only');
  bench.runTo(saidAt + 1049);
  t.is(bench.group.role, 'standby');
  bench.runTo(saidAt + 1100);
  return t.is(bench.group.role, 'active');
});

test('announcing: a holder that missed words of a live peer announces once more, for it may have held the group', (t) => {
  const bench = holder();
  bench.hearAndAnswer({ sequence: 10 });
  bench.hearAndAnswer({ sequence: 11 });
  bench.runTo(bench.now + 100);
  t.false(kinds(bench.hearAndAnswer({ sequence: 12 })).includes('announce'), 'every word of it was heard');
  t.true(kinds(bench.hearAndAnswer({ sequence: 14, entry: { role: 'starting' } })).includes('announce'));
});

test('refusal: a back-off that ends while another fault lasts wakes nobody in a loop', (t) => {
  const bench = holder();
  bench.step({ kind: 'address-changed', key, present: false });
  const id = bench.group.holdId ?? 0;
  bench.step({ kind: 'kernel', id, outcomes: [{ key, kind: 'refused', error: 'EPERM' }] });
  t.is(bench.group.reason.kind, 'address-refused');
  bench.step({ kind: 'links', links: [{ ...link, up: false }] });
  const seen = bench.runTo(bench.now + 5000);
  t.true(seen.length < 100, `${seen.length} effects in five seconds`);
});

test('adoption: one of two addresses is not enough', (t) => {
  const [group] = settingsFor({ node: 'me' }).groups;
  const [address] = group?.addresses ?? [];
  if (group === undefined || address === undefined) return t.fail();
  const two = { ...group, addresses: [address, { ...address, address: '10.0.0.9' }] };
  t.is(new Bench({}, crashed, { groups: [two] }).group.role, 'starting');
  return t.is(new Bench({}, { ...crashed, left: [key, 'eth0/10.0.0.9/32'] }, { groups: [two] }).group.role, 'active');
});

test('a deaf fault that turns into another one makes the node listen from then on', (t) => {
  const bench = new Bench({ checks: [checkOf({ intervalMs: 100, timeoutMs: 50 })] });
  checked(bench, 0);
  bench.runTo(3500);
  t.is(bench.group.role, 'active');
  bench.step({ kind: 'links', links: [{ ...link, up: false }] });
  checked(bench, 1);
  bench.runTo(3700);
  bench.step({ kind: 'links', links: [link] });
  t.is(bench.group.reason.kind, 'check-failed');
  checked(bench, 0);
  t.is(bench.group.role, 'starting');
});

test('lease: renewed eight times in a lease at most, however many adverts leave', (t) => {
  const bench = holder({ intervalMs: 50 });
  const renewals = bench.runTo(5500).filter(({ kind }) => kind === 'renew').length;
  t.true(renewals >= 7 && renewals <= 8, `${renewals} in two seconds`);
});

test('lease: an advert that was given to a path without a link has not left', (t) => {
  const bench = holder({ paths: ['eth0', 'eth1'] });
  bench.runTo(3900);
  bench.now = 4000;
  const advert = bench.step({ kind: 'wake' }).find(({ kind }) => kind === 'advert');
  const id = advert?.kind === 'advert' ? advert.id : 0;
  const effects = bench.step({ kind: 'sent', id, at: instant(4000), last: 1, paths: [{ path: 'eth1', error: null }] });
  t.false(kinds(effects).includes('renew'), 'eth1 is no link of this host');
});
