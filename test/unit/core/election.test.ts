// PROTOCOL section 2: when somebody may claim, in which turn, and who wins when two hold.

import test from 'ava';
import { instant } from '#lib/time';
import { type Bench, kinds, standby } from './bench.ts';

const peerBoot = '0000000000000004';
const thirdBoot = '0000000000000033';

test('down: silence counts only after a full poll begun after the deadline', (t) => {
  const bench = standby();
  const deadline = bench.now + 3000;
  bench.runTo(deadline - 1);
  bench.now = deadline + 1;
  bench.step({ kind: 'wake' });
  t.is(bench.group.role, 'standby', 'a timer alone judges nothing');
  bench.step({ kind: 'polled', begun: instant(deadline - 1) });
  t.is(bench.group.role, 'standby', 'nor does a poll begun before');
  t.true(kinds(bench.effects).includes('poll'), 'so it asks for another one');
  bench.step({ kind: 'polled', begun: instant(bench.now) });
  t.is(bench.group.role, 'claiming');
  t.is(bench.state.boots.get(peerBoot)?.state, 'lost');
});

test('down: the best standby claims at once', (t) => {
  const bench = standby();
  const heard = bench.now;
  bench.runTo(heard + 2999);
  t.is(bench.group.role, 'standby');
  bench.runTo(heard + 3000);
  t.is(bench.group.role, 'active');
  t.like(bench.group.reason, { kind: 'holder-lost', holder: 'peer' });
});

test('down: each further rank waits an interval and a window more', (t) => {
  const bench = standby({ priority: 100 });
  bench.hearAndAnswer({ node: 'third', boot: thirdBoot, sequence: 5, entry: { role: 'standby', priority: 150 } });
  bench.hearAndAnswer({
    node: 'other',
    boot: '0000000000000044',
    sequence: 6,
    entry: { role: 'standby', priority: 120 },
  });
  const heard = bench.now;
  const claimed = claimTime(bench, heard, () => {
    bench.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'standby', priority: 150 } });
    bench.hearAndAnswer({ node: 'other', boot: '0000000000000044', entry: { role: 'standby', priority: 120 } });
  });
  t.is(claimed, heard + 3000 + 2 * 1050);
});

test('down: who hears a better-ranked claimant waits', (t) => {
  const bench = standby({ priority: 100 });
  const claimed = claimTime(bench, bench.now, () => {
    bench.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'claiming', priority: 150 } });
  });
  t.is(claimed, null);
  t.is(bench.group.reason.kind, 'claimant-live');
});

test('down: a holder whose number still rises in another peer’s echo is not lost', (t) => {
  const bench = standby();
  let number = (bench.state.boots.get(peerBoot)?.sequence ?? 0) + 10;
  const claimed = claimTime(bench, bench.now, () => {
    number += 1;
    const seen = { boot: peerBoot, sequence: number, here: true, tableVersion: 1 };
    bench.hearAndAnswer({ node: 'third', boot: thirdBoot, echoes: [seen], entry: { role: 'standby', priority: 10 } });
  });
  t.is(claimed, null);
  const heard = bench.now;
  const later = claimTime(bench, heard, () => {
    const seen = { boot: peerBoot, sequence: number, here: true, tableVersion: 1 };
    bench.hearAndAnswer({ node: 'third', boot: thirdBoot, echoes: [seen], entry: { role: 'standby', priority: 10 } });
  });
  t.not(later, null, 'a number that stands still is no life');
});

test('own lateness is added to patience', (t) => {
  const bench = standby();
  const heard = bench.now;
  bench.runTo(heard + 500);
  bench.now = bench.wakeAt + 800;
  bench.step({ kind: 'wake' });
  bench.poll();
  bench.runTo(heard + 3100);
  t.is(bench.group.role, 'standby');
  bench.runTo(heard + 3801);
  t.is(bench.group.role, 'active');
});

test('claiming: said first, then asked of the kernel, active only with every address, then announced', (t) => {
  const bench = standby();
  const seen = bench.runTo(bench.now + 3000);
  const order = seen.filter(({ kind }) => ['advert', 'hold', 'announce'].includes(kind)).map(({ kind }) => kind);
  t.deepEqual(order.slice(-8), [
    'advert',
    'hold',
    'advert',
    'announce',
    'announce',
    'announce',
    'announce',
    'announce',
  ]);
});

test('claiming: an answer that misses an address is a refusal', (t) => {
  const bench = standby();
  const hold = claimHold(bench);
  bench.step({ kind: 'kernel', id: hold, outcomes: [] });
  t.is(bench.group.role, 'faulted');
  t.like(bench.group.reason, { kind: 'address-refused' });
});

test('claiming: a live holder or a better claimant goes first', (t) => {
  for (const entry of [{ role: 'active', priority: 1 } as const, { role: 'claiming', priority: 254 } as const]) {
    const bench = standby();
    claimHold(bench);
    const effects = bench.hear({ node: 'third', boot: thirdBoot, entry });
    t.is(bench.group.role, 'standby', entry.role);
    t.true(kinds(effects).includes('release'));
  }
  const bench = standby();
  claimHold(bench);
  bench.hear({ node: 'third', boot: thirdBoot, entry: { role: 'claiming', priority: 1 } });
  t.is(bench.group.role, 'claiming', 'a worse claimant does not');
});

test('claiming: the answer to a claim that was given up is stale and counted', (t) => {
  const bench = standby();
  const hold = claimHold(bench);
  bench.hear({ node: 'third', boot: thirdBoot, entry: { role: 'active', priority: 254 } });
  bench.step({ kind: 'kernel', id: hold, outcomes: bench.keys.map((key) => ({ key, kind: 'present' })) });
  t.is(bench.group.role, 'standby');
  t.is(bench.state.staleOutcomes, 1);
});

test('preemption: better priority asks, equal does not, preempt = false does not, pinned is left alone', (t) => {
  const asks = (wish: object, entry: object) => {
    const bench = standby({ priority: 150, ...wish }, { entry: { priority: 100, ...entry } });
    return bench.group.wants;
  };
  t.is(asks({}, {}), 'preempt');
  t.is(asks({ priority: 100 }, { tieBreak: '192.0.2.0' }), 'nothing');
  t.is(asks({ preempt: false }, {}), 'nothing');
  t.is(asks({}, { pinned: true }), 'nothing');
});

test('preemption: it is never a grab from a live holder', (t) => {
  const bench = standby({ priority: 150 }, { entry: { priority: 100 } });
  for (let at = bench.now; at < 20_000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ entry: { role: 'active', priority: 100 } });
    t.is(bench.group.role, 'standby');
  }
});

test('handover: the named successor claims on receipt, the others wait an interval', (t) => {
  const named = standby();
  named.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(named.group.role, 'claiming');
  const other = standby();
  other.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'standby', priority: 10 } });
  const from = other.now;
  other.hear({ entry: { role: 'resigning', priority: 200, successor: 'third' } });
  t.is(other.group.role, 'standby');
  other.runTo(from + 999);
  t.is(other.group.role, 'standby');
  other.runTo(from + 1051);
  t.is(other.group.role, 'claiming');
});

test('handover: any other role word from the holder is a resignation too', (t) => {
  for (const role of ['standby', 'faulted', 'draining', 'starting', 'fenced'] as const) {
    const bench = standby({ priority: 100 });
    bench.hear({ entry: { role, priority: 50 } });
    t.is(bench.group.role, 'claiming', role);
  }
});

test('paths: a peer is lost only when it is silent on all of them', (t) => {
  const bench = standby({ paths: ['eth0', 'eth1'] });
  const claimed = claimTime(bench, bench.now, () => {
    bench.hearAndAnswer({ path: 'eth1', entry: { role: 'active', priority: 200 } });
  });
  t.is(claimed, null);
  t.is(bench.state.boots.get(peerBoot)?.paths.get('eth0')?.state, 'lost');
  t.is(bench.state.boots.get(peerBoot)?.state, 'two-way');
});

/** When the bench claims, while something is heard every half interval; null when not in six down times. */
function claimTime(bench: Bench, from: number, hears: () => void): number | null {
  for (let at = from; at <= from + 18_000; at += 100) {
    bench.runTo(at);
    if (bench.group.role === 'active' || bench.group.role === 'claiming') return at;
    if ((at - from) % 500 === 0) hears();
  }
  return null;
}

/** Takes the holder away and runs into the claim; the id of the hold that the kernel has to answer. */
function claimHold(bench: Bench): number {
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  const hold = bench.effects.find((effect) => effect.kind === 'hold');
  if (hold?.kind !== 'hold') throw new Error('no claim');
  bench.hear({ entry: { role: 'draining' } });
  return hold.id;
}

test('handover: the named successor claims at once though another standby ranks better', (t) => {
  const bench = standby({ priority: 10 });
  bench.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'standby', priority: 250 } });
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'claiming');
});

test('handover: a named successor that was last heard as starting goes first all the same', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'starting', priority: 10 } });
  bench.hear({ entry: { role: 'resigning', priority: 1, successor: 'third' } });
  t.like(bench.group.reason, { kind: 'waiting-turn', ahead: 1 });
});

test('handover: where the named successor cannot, a resigner that ranks better may take the group back first', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'faulted', priority: 10 } });
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'third' } });
  t.like(bench.group.reason, { kind: 'waiting-turn', ahead: 1 });

  const worse = standby();
  worse.hearAndAnswer({ node: 'third', boot: thirdBoot, entry: { role: 'faulted', priority: 10 } });
  worse.hear({ entry: { role: 'resigning', priority: 1, successor: 'third' } });
  t.is(worse.group.role, 'claiming', 'one that ranks worse comes after this node');
});

test('claiming: an unproven claimant does not take the turn of one who claims already', (t) => {
  const bench = standby();
  claimHold(bench);
  bench.hear({ node: 'third', boot: thirdBoot, echo: null, entry: { role: 'claiming', priority: 254 } });
  t.is(bench.group.role, 'claiming');
});

test('claiming: whoever gave way to a holder that lets go at once takes its turn as the others reckon it', (t) => {
  const bench = standby();
  claimHold(bench);
  bench.hear({ node: 'third', boot: thirdBoot, entry: { role: 'active', priority: 200 } });
  t.is(bench.group.role, 'standby');
  bench.hear({ node: 'third', boot: thirdBoot, entry: { role: 'starting', priority: 200 } });
  t.like(bench.group.reason, { kind: 'resigned', by: 'third' });
  t.is(bench.group.role, 'claiming', 'nobody who waits for the third is counted');
});
