// A claim by a node that ran late, or whose order came to its kernel late: whoever hands over or stands next in line
// waits for it an interval and X, and no longer.

import test from 'ava';
import { instant } from '#lib/time';
import type { Effect } from '#model/effect';
import { type Bench, kinds, standby } from './bench.ts';

const named = { entry: { role: 'resigning', priority: 200, successor: 'me' } } as const;

function holdOf(effects: readonly Effect[]): Extract<Effect, { kind: 'hold' }> {
  const hold = effects.find((effect) => effect.kind === 'hold');
  if (hold === undefined) throw new Error('nothing was asked of the kernel');
  return hold;
}

function lateAnswer(bench: Bench): readonly Effect[] {
  const { id } = holdOf(bench.effects);
  return bench.step({ kind: 'kernel', id, outcomes: bench.keys.map((key) => ({ key, kind: 'late' })) });
}

test('late claim: what is claimed may be opened within an interval and not afterwards', (t) => {
  const bench = standby();
  t.is(holdOf(bench.hear(named)).by, instant(bench.now + 1000));
});

test('late claim: the interval counts from when this node was due to wake, if that was before', (t) => {
  const bench = standby();
  const due = bench.wakeAt;
  bench.now = due + 5;
  t.is(holdOf(bench.hear(named)).by, instant(due + 1000));
});

test('late claim: who ran late claims on no word before a poll has shown what came after it', (t) => {
  const bench = standby();
  bench.now = bench.wakeAt + 6;
  bench.hear(named);
  t.is(bench.group.role, 'standby');
  t.true(kinds(bench.effects).includes('poll'));
  bench.step({ kind: 'polled', begun: instant(bench.now - 1) });
  t.is(bench.group.role, 'standby', 'nor on a poll that began before');
  bench.step({ kind: 'polled', begun: instant(bench.now) });
  t.is(bench.group.role, 'claiming');
});

test('late claim: the resigner took the group back while this node stood still', (t) => {
  const bench = standby();
  bench.now = bench.wakeAt + 200;
  bench.hear(named);
  bench.hear({ entry: { role: 'active', priority: 200 } });
  bench.poll();
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'holder-live', holder: 'peer' });
});

test('late claim: the kernel did nothing, so it looks again before it claims anew, and no back-off holds it up', (t) => {
  const bench = standby();
  bench.hear(named);
  bench.now += 30;
  lateAnswer(bench);
  t.is(bench.group.role, 'standby');
  t.is(bench.group.refusal, null);
  t.false(kinds(bench.effects).includes('hold'));
  t.true(kinds(bench.effects).includes('poll'));
  bench.poll();
  t.is(bench.group.role, 'active');
});

test('late claim: from a silent holder it is still from that one that the group is claimed', (t) => {
  const bench = standby();
  const deadline = bench.now + 3000;
  bench.runTo(deadline - 1);
  bench.now = deadline;
  bench.step({ kind: 'wake' });
  bench.step({ kind: 'polled', begun: instant(bench.now) });
  lateAnswer(bench);
  t.is(bench.group.role, 'standby');
  bench.poll();
  t.is(bench.group.role, 'active');
  t.like(bench.group.reason, { kind: 'holder-lost', holder: 'peer' });
});

const holds = { entry: { role: 'active', priority: 200 } } as const;

/** Hears the holder go on for so long. */
function waits(bench: Bench, ms: number): void {
  for (const end = bench.now + ms; bench.now < end; ) {
    bench.hearAndAnswer(holds);
    bench.runTo(Math.min(end, bench.now + 500));
  }
  bench.hearAndAnswer(holds);
}

test('late claim: who did not take what it was handed asks again later, each time, until it takes it', (t) => {
  const bench = standby({ priority: 250 });
  for (const delayMs of [10_000, 20_000, 40_000, 60_000, 60_000]) {
    t.is(bench.group.wants, 'preempt');
    bench.hear(named);
    lateAnswer(bench);
    bench.hearAndAnswer(holds);
    bench.poll();
    t.is(bench.group.wants, 'nothing');
    t.like(bench.group.reason, { kind: 'waiting-to-preempt', delayMs });
    waits(bench, delayMs - 100);
    t.is(bench.group.wants, 'nothing');
    waits(bench, 200);
  }
  bench.hearAndAnswer(named);
  t.is(bench.group.role, 'active');
  t.is(bench.group.missed, null);
});

test('late claim: so does who had not claimed yet as the holder took the group back', (t) => {
  const bench = standby({ priority: 250 });
  bench.now = bench.wakeAt + 200;
  bench.hear(named);
  bench.hearAndAnswer(holds);
  bench.poll();
  t.like(bench.group.reason, { kind: 'waiting-to-preempt', delayMs: 10_000 });
});

test('late claim: so does who stood still in the middle of its claim', (t) => {
  const bench = standby({ priority: 250 });
  bench.hear(named);
  bench.now += 5000;
  bench.step({ kind: 'wake' });
  t.is(bench.group.role, 'starting');
  waits(bench, 4000);
  t.like(bench.group.reason, { kind: 'waiting-to-preempt', delayMs: 10_000 });
});

test('late claim: a longer preempt_delay stands as it is', (t) => {
  const slow = standby({ priority: 250, preemptDelayMs: 15_000 });
  slow.hear(named);
  lateAnswer(slow);
  slow.hearAndAnswer(holds);
  t.like(slow.group.reason, { kind: 'waiting-to-preempt', delayMs: 15_000 });
});
