// PROTOCOL section 2, two actives: who lets go, who goes on, and what both report.

import test from 'ava';
import { holder, kinds, standby } from './bench.ts';

const peerBoot = '0000000000000004';

test('two actives: the lower-ranked releases at once and resigns to the other; both count', (t) => {
  const bench = holder({ priority: 100 });
  const effects = bench.hear({ entry: { role: 'active', priority: 150 } });
  t.is(kinds(effects)[0], 'release');
  t.is(bench.group.role, 'resigning');
  t.is(bench.group.entry.successor, 'peer');
  t.is(bench.group.dualHolder, 1);
});

test('two actives: the better-ranked announces again and counts once', (t) => {
  const bench = holder({ priority: 100 });
  const effects = bench.hearAndAnswer({ entry: { role: 'active', priority: 50 } });
  t.is(bench.group.role, 'active');
  t.true(kinds(effects).includes('announce'));
  t.false(kinds(bench.hearAndAnswer({ entry: { role: 'active', priority: 50 } })).includes('announce'));
  t.is(bench.group.dualHolder, 1);
  const gone = bench.hearAndAnswer({ entry: { role: 'resigning', priority: 50, successor: 'me' } });
  t.is(bench.group.dualHolder, 1);
  t.false(kinds(gone).includes('announce'), 'its addresses are gone, but so it says only now');
  t.true(kinds(bench.hearAndAnswer({ entry: { role: 'standby', priority: 50 } })).includes('announce'));
});

test('two actives: a peer that resigns while we hold was one, though its active was never heard', (t) => {
  const bench = holder({ priority: 100 });
  const effects = bench.hearAndAnswer({ entry: { role: 'resigning', priority: 50, successor: 'me' } });
  t.is(bench.group.dualHolder, 1);
  t.true(kinds(effects).includes('announce'));
});

test('two actives: what was said before a silence, and before its table changed, is no word of today', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  bench.runTo(bench.now + 4500);
  t.is(bench.group.role, 'active', 'the better one was lost');
  bench.hearAndAnswer({ entry: null });
  t.is(bench.group.role, 'active', 'it is heard again, and what it does now is still to come');
  t.is(bench.group.dualHolder, 0);
  bench.hear({ entry: { role: 'active', priority: 200 } });
  t.is(bench.group.role, 'resigning');
  t.is(bench.group.dualHolder, 1);
});

test('two actives: an ordinary handover is none', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'active');
  bench.hearAndAnswer({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  bench.hearAndAnswer({ entry: { role: 'standby', priority: 50 } });
  t.is(bench.group.dualHolder, 0);
  bench.hearAndAnswer({ entry: { role: 'resigning', priority: 50, successor: 'me' } });
  t.is(bench.group.dualHolder, 1, 'but the same peer may become one later');
});

test('unheard: an active that hears another one for a down time without being echoed releases, whatever the rank', (t) => {
  const bench = holder({ priority: 200 });
  bench.hearAndAnswer({ entry: { role: 'standby' } });
  const { echoedSequence } = bench.state.boots.get(peerBoot) ?? { echoedSequence: 0 };
  const from = bench.now;
  const says = () =>
    bench.hearAndAnswer({ echo: { sequence: echoedSequence }, entry: { role: 'active', priority: 50 } });
  for (let at = from; at <= from + 2500; at += 500) {
    bench.runTo(at);
    says();
    t.is(bench.group.role, 'active', `after ${at - from}`);
  }
  bench.runTo(from + 3100);
  t.is(bench.group.role, 'starting');
  t.like(bench.group.reason, { kind: 'unheard', by: 'peer' });
});

test('unheard: an active that never echoed our boot moves nobody', (t) => {
  const bench = holder({ priority: 10 });
  for (let at = 3600; at <= 12_000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null, entry: { role: 'active', priority: 254 } });
  }
  t.is(bench.group.role, 'active');
});

test('unheard: it too is judged only after a full poll', (t) => {
  const bench = holder({ priority: 200 });
  bench.hearAndAnswer({ entry: { role: 'standby' } });
  const { echoedSequence } = bench.state.boots.get(peerBoot) ?? { echoedSequence: 0 };
  const from = bench.now;
  for (let at = from; at <= from + 2500; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: { sequence: echoedSequence }, entry: { role: 'active', priority: 50 } });
  }
  bench.runTo(from + 2999);
  bench.now = from + 3001;
  const effects = bench.step({ kind: 'wake' });
  t.is(bench.group.role, 'active');
  t.true(kinds(effects).includes('poll'));
  bench.poll();
  t.is(bench.group.role, 'starting');
});
