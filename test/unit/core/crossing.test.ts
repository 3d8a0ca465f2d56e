// PROTOCOL section 2: two turns that come in one moment. Who did not stand first from the beginning says that it claims,
// and opens only when whoever claims in the same moment has been heard.

import test from 'ava';
import { instant } from '#lib/time';
import { Bench, kinds, standby } from './bench.ts';
import { checked, checkOf } from './checked.ts';

const thirdBoot = '0000000000000033';
const windowMs = 50;
const third = { node: 'third', boot: thirdBoot } as const;
const able = { ...third, entry: { role: 'standby', priority: 10 } } as const;
const opens = (bench: Bench) => kinds(bench.effects).includes('hold');

/** The holder fell silent, and the better one does not take the group: it is this node's turn now, and it has just said so. */
function claimant(): Bench {
  const bench = standby();
  for (let at = bench.now; bench.group.role === 'standby' && at < 10_000; at += 500) {
    while (bench.group.role === 'standby' && bench.wakeAt <= at) bench.runTo(bench.wakeAt);
    if (bench.group.role !== 'standby') break;
    bench.runTo(at);
    bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 250 } });
  }
  return bench;
}

test('crossing: whoever waited for its turn says that it claims, and opens a window later', (t) => {
  const bench = claimant();
  const from = bench.now;
  t.is(bench.group.role, 'claiming');
  t.is(bench.group.entry.role, 'claiming', 'the others hear of it at once');
  t.is(bench.group.holdId, null);
  bench.runTo(from + windowMs - 1);
  t.is(bench.group.role, 'claiming');
  bench.runTo(from + windowMs);
  t.is(bench.group.role, 'active');
});

test('crossing: it opens only after a poll that began when the window was over', (t) => {
  const bench = claimant();
  const end = bench.now + windowMs;
  bench.now = end;
  bench.step({ kind: 'wake' });
  t.false(opens(bench), 'packets may wait');
  t.true(kinds(bench.effects).includes('poll'));
  bench.step({ kind: 'polled', begun: instant(end - 1) });
  t.false(opens(bench), 'a poll that began before tells nothing');
  t.true(kinds(bench.effects).includes('poll'));
  bench.step({ kind: 'polled', begun: instant(end) });
  t.true(opens(bench));
});

test('crossing: whoever is heard to hold the group or to claim it with a better rank goes first', (t) => {
  for (const entry of [
    { role: 'active', priority: 1 },
    { role: 'claiming', priority: 250 },
  ] as const) {
    const bench = claimant();
    bench.hear({ ...third, entry });
    t.is(bench.group.role, 'standby', entry.role);
    t.false(kinds(bench.effects).includes('release'), 'it never answered');
  }
  const better = claimant();
  better.hear({ ...third, entry: { role: 'claiming', priority: 1 } });
  t.is(better.group.role, 'claiming', 'a worse one gives way itself');
});

test('crossing: the kernel may open for an interval from the decision, not from the end of the window', (t) => {
  const bench = claimant();
  const decided = bench.now;
  const hold = bench.runTo(decided + windowMs).find((effect) => effect.kind === 'hold');
  t.is(hold?.kind === 'hold' ? hold.by : null, instant(decided + 1000));
});

test('crossing: whoever joined just now opens a window later, for others may not count it yet', (t) => {
  const joining = (others: boolean): Bench => {
    const bench = new Bench();
    const speak = () => {
      if (others) bench.hearAndAnswer(able);
    };
    for (let at = 100; at <= 2600; at += 500) {
      bench.runTo(at);
      speak();
    }
    bench.runTo(3000);
    return bench;
  };
  const beside = joining(true);
  t.is(beside.group.role, 'claiming');
  beside.runTo(3000 + windowMs);
  t.is(beside.group.role, 'active');
  t.is(joining(false).group.role, 'active', 'with nobody who could claim, at once');
});

test('crossing: where somebody held the group before, those who listen may know more, and count too', (t) => {
  const bench = new Bench();
  for (let at = 100; at <= 2600; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
    bench.hearAndAnswer({ ...third, entry: { role: 'starting', priority: 10 } });
  }
  bench.runTo(3000);
  t.is(bench.group.role, 'standby');
  bench.hear({ entry: { role: 'draining', priority: 200 } });
  t.is(bench.group.role, 'claiming');
  t.false(opens(bench));
  bench.runTo(3000 + windowMs);
  t.is(bench.group.role, 'active');
});

test('crossing: where the one that was named is not heard, it may have heard that, and the first in line opens a window later', (t) => {
  const bench = standby({ preempt: false }, { entry: { priority: 50 } });
  bench.hearAndAnswer(able);
  const from = bench.now;
  while (bench.state.boots.get(thirdBoot)?.state !== 'lost' && bench.now < from + 5000) {
    bench.runTo(bench.now + 500);
    bench.hearAndAnswer({ entry: { role: 'active', priority: 50 } });
  }
  bench.hear({ entry: { role: 'resigning', priority: 50, successor: 'third' } });
  t.is(bench.group.role, 'claiming');
  t.false(opens(bench));
  bench.runTo(bench.now + windowMs);
  t.is(bench.group.role, 'active');
});

test('crossing: where the one that was named is heard as one that cannot, the word that it can may be on its way', (t) => {
  const bench = standby({ preempt: false }, { entry: { priority: 50 } });
  bench.hearAndAnswer({ ...third, entry: { role: 'faulted', priority: 250 } });
  bench.runTo(bench.now + 500);
  bench.hear({ entry: { role: 'resigning', priority: 50, successor: 'third' } });
  t.is(bench.group.role, 'claiming');
  t.false(opens(bench));
  bench.hear({ ...third, entry: { role: 'claiming', priority: 250 } });
  t.is(bench.group.role, 'standby');
});

test('crossing: what all need comes back, and more than one is able in the same moment: each opens a window later', (t) => {
  for (const role of ['faulted', 'fenced'] as const) {
    const bench = standby({ checks: [checkOf()] }, { entry: { role, priority: 50 } });
    for (const code of [1, 0]) {
      while ((bench.state.checks[0]?.running ?? null) === null) {
        bench.runTo(bench.wakeAt);
        bench.hearAndAnswer({ entry: { role, priority: 50 } });
      }
      checked(bench, code);
      if (code === 1) t.is(bench.group.role, 'faulted');
    }
    bench.poll();
    t.is(bench.group.role, 'claiming', role);
    t.is(bench.group.holdId, null);
    bench.runTo(bench.now + windowMs);
    t.is(bench.group.role, 'active');
  }
});

test('crossing: the successor and the first in line wait for nobody', (t) => {
  const named = standby();
  named.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 250 } });
  named.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.true(opens(named));
  const first = standby();
  first.hearAndAnswer(able);
  first.hear({ entry: { role: 'faulted', priority: 200 } });
  t.true(opens(first));
});
