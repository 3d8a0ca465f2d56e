// A node that stood still in the middle of something: what others made of its words meanwhile, and what it may still
// believe of theirs. And words that came in the same moment as what made them wrong.

import test from 'ava';
import { instant } from '#lib/time';
import { Bench, holder, kinds, standby } from './bench.ts';
import { checked, checkOf } from './checked.ts';

const third = { node: 'third', boot: '0000000000000033' } as const;
const opens = (bench: Bench) => kinds(bench.effects).includes('hold');

test('a word that took its time to leave is waited for from when it had left', (t) => {
  const bench = holder({ priority: 100 });
  const effects = bench.hear({ entry: { priority: 200, wants: 'preempt' } });
  const word = effects.find((effect) => effect.kind === 'advert');
  if (word === undefined) return t.fail();
  const begun = bench.now;
  bench.now += 1800;
  const paths = word.paths.map(({ path }) => ({ path, error: null }));
  bench.step({ kind: 'sent', id: word.id, at: instant(begun), last: 2, paths });
  bench.poll();
  bench.runTo(begun + 1800 + 499);
  t.is(bench.group.role, 'resigning', 'it has been named for a moment only');
  bench.runTo(begun + 1800 + 1100);
  return t.is(bench.group.role, 'active');
});

test('nobody is given up who was named in a word that is not known to have left', (t) => {
  const bench = holder({ priority: 100 });
  bench.hear({ entry: { priority: 200, wants: 'preempt' } });
  const word = bench.effects.find((effect) => effect.kind === 'advert');
  if (word === undefined) return t.fail();
  bench.now += 4800;
  bench.step({ kind: 'wake' });
  bench.poll();
  t.is(bench.group.role, 'resigning');
  const error = 'ENETDOWN';
  const paths = word.paths.map(({ path }) => ({ path, error }));
  bench.step({ kind: 'sent', id: word.id, at: instant(bench.now), last: 2, paths });
  bench.runTo(bench.now + 600);
  return t.not(bench.group.role, 'resigning', 'it is known now that it did not');
});

test('who said nothing for an interval and X may have been given up: it claims a window later', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } });
  bench.now = bench.state.lastAdvertAt + 1051;
  bench.hear({ entry: { role: 'faulted', priority: 200 } });
  bench.poll();
  t.is(bench.group.role, 'claiming');
  t.false(opens(bench));
  bench.runTo(bench.now + 60);
  t.is(bench.group.role, 'active');
});

test('a worse claimant may have opened: whoever waited for its turn opens once that one has let go, or is lost', (t) => {
  const claimant = () => {
    const bench = standby();
    bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } });
    bench.now = bench.state.lastAdvertAt + 1051;
    bench.hear({ entry: { role: 'faulted', priority: 200 } });
    bench.poll();
    bench.hearAndAnswer({ ...third, entry: { role: 'claiming', priority: 10 } });
    bench.runTo(bench.now + 500);
    t.is(bench.group.role, 'claiming');
    return bench;
  };
  const heard = claimant();
  heard.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } });
  t.is(heard.group.role, 'active');
  const dead = claimant();
  const until = dead.now + 2400;
  t.false(kinds(dead.runTo(until)).includes('hold'), 'it may have died in the call that opened');
  const hold = dead.runTo(until + 300).find((effect) => effect.kind === 'hold');
  t.is(dead.group.role, 'active', 'its lease is over');
  t.true(hold?.kind === 'hold' && hold.by > dead.now, 'the others wait for as long as it claims');
  const outrun = claimant();
  outrun.hearAndAnswer({ ...third, entry: { role: 'active', priority: 10 } });
  t.is(outrun.group.role, 'standby');
});

test('whoever stood still asks a holder again once it was heard again, not a life that is over perhaps', (t) => {
  const bench = standby({ priority: 150 }, { entry: { priority: 100 } });
  t.is(bench.group.wants, 'preempt');
  bench.step({ kind: 'slept', ms: 4000 });
  bench.runTo(bench.now + 3100);
  t.is(bench.group.role, 'standby', 'it has listened for a down time');
  t.is(bench.group.wants, 'nothing');
  t.like(bench.group.reason, { kind: 'holder-live', holder: 'peer' });
  bench.hear({ entry: { role: 'active', priority: 100 } });
  t.is(bench.group.wants, 'preempt');
});

test('whoever ran late asks the holder again with its next word, though that says nothing new', (t) => {
  const bench = standby({ priority: 150, downAfter: 5 }, { entry: { priority: 100 } });
  const holds = { entry: { role: 'active', priority: 100 } } as const;
  while (bench.now < 7000) {
    bench.runTo(bench.now + 500);
    bench.hearAndAnswer(holds);
  }
  t.is(bench.group.wants, 'preempt');
  bench.now += 2500;
  bench.poll();
  t.is(bench.group.role, 'standby', 'it was late by less than its lease');
  t.is(bench.group.wants, 'nothing');
  const [{ tableVersion } = { tableVersion: 0 }] = bench.state.boots.values();
  bench.hear({ entry: null, advert: { tableVersion } });
  t.is(bench.group.wants, 'preempt');
});

test('what an earlier life of a node offered is offered no more once a later one is heard', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ ...third, entry: { role: 'resigning', priority: 180, successor: 'me' } });
  bench.runTo(bench.now + 100);
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  bench.hearAndAnswer({ ...third, boot: '0000000000000034', entry: { role: 'standby', priority: 180 } });
  t.like(bench.group.reason, { kind: 'holder-live', holder: 'peer' });
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'third' } });
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'waiting-turn', ahead: 1 });
});

test('who was named may hand the group on in the same moment: whom it names goes first then', (t) => {
  for (const heardFirst of ['peer', 'third'] as const) {
    const bench = standby();
    const fourth = { node: 'fourth', boot: '0000000000000044' } as const;
    bench.hearAndAnswer({ ...fourth, entry: { role: 'standby', priority: 10 } });
    bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 20 } });
    const fromPeer = { entry: { role: 'resigning', priority: 200, successor: 'third' } } as const;
    const fromThird = { ...third, entry: { role: 'resigning', priority: 20, successor: 'fourth' } } as const;
    for (const word of heardFirst === 'peer' ? [fromPeer, fromThird] : [fromThird, fromPeer]) bench.hearAndAnswer(word);
    t.is(bench.group.role, 'standby', `heard first: ${heardFirst}`);
    t.is(bench.group.vacancy?.successor, 'fourth');
    t.like(bench.group.reason, { kind: 'waiting-turn', ahead: 1 });
  }
});

test('an offer that was taken is none any more, however long its word is heard', (t) => {
  const bench = standby();
  const fourth = { node: 'fourth', boot: '0000000000000044' } as const;
  const still = { entry: { role: 'resigning', priority: 10, successor: 'me' } } as const;
  bench.hearAndAnswer({ ...fourth, entry: { role: 'standby', priority: 10 } });
  bench.hearAndAnswer(still);
  t.is(bench.group.role, 'active');
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 250 } });
  bench.runTo(bench.now + 1200);
  bench.hearAndAnswer(still);
  bench.hearAndAnswer({ ...fourth, entry: { role: 'standby', priority: 10 } });
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 250, wants: 'preempt' } });
  t.is(bench.group.role, 'resigning');
  bench.hearAndAnswer({ ...third, entry: { role: 'active', priority: 250 } });
  t.is(bench.group.role, 'standby');
  bench.hearAndAnswer({ ...third, entry: { role: 'resigning', priority: 250, successor: 'fourth' } });
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'waiting-turn', ahead: 1 });
});

test('whoever was heard to have taken a group before it was heard that it was offered is lost like any holder', (t) => {
  const bench = standby();
  const takes = { ...third, entry: { role: 'active', priority: 50 } } as const;
  const offers = { entry: { role: 'resigning', priority: 200, successor: 'third' } } as const;
  bench.hearAndAnswer(takes);
  const heardAt = bench.now;
  while (bench.now < heardAt + 3500 && bench.group.role === 'standby') {
    bench.hearAndAnswer(offers);
    bench.runTo(bench.now + 100);
  }
  t.like(bench.group.reason, { kind: 'holder-lost', holder: 'third' });
});

test('who stood still until its listening was over has heard nobody answer it, and listens anew', (t) => {
  const bench = new Bench();
  bench.runTo(500);
  bench.now = 3050;
  bench.step({ kind: 'wake' });
  bench.poll();
  t.is(bench.group.role, 'starting');
  t.is(bench.group.reason.kind, 'late-wake');
  bench.runTo(6040);
  t.is(bench.group.role, 'starting');
  bench.runTo(6060);
  t.is(bench.group.role, 'active');
});

test('whose rank rises as a vacancy opens claims a window later, for others may go by the rank that it had', (t) => {
  const bench = new Bench({ checks: [checkOf({ onFail: { kind: 'weight', weight: -100 } })] });
  for (let at = 100; at <= 2600; at += 500) {
    bench.runTo(at);
    if (at === 600) checked(bench, 1);
    bench.hearAndAnswer({ ...third, entry: { role: 'starting', priority: 50 } });
  }
  t.is(bench.group.entry.priority, 1);
  bench.runTo(3010);
  t.is(bench.group.role, 'standby', 'third is better, and counted although it listens still');
  checked(bench, 0);
  bench.poll();
  t.is(bench.group.entry.priority, 100);
  t.is(bench.group.role, 'claiming', 'it says so at once');
  t.false(opens(bench));
  bench.runTo(3010 + 50);
  t.is(bench.group.role, 'active');
});

test('a standby that stood still is woken for the end of its listening, whatever it woke for', (t) => {
  const bench = standby();
  bench.now = Math.max(bench.now, bench.wakeAt) + 2500;
  bench.step({ kind: 'wake' });
  t.is(bench.group.role, 'starting');
  t.is(bench.state.groupsAt, bench.group.listenUntil);
});
