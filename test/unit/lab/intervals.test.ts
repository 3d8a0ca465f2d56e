import test from 'ava';
import { Intervals, overlapOf } from '../../lab/intervals.ts';

test('answers close together are one interval, and a pause ends it at the last answer', (t) => {
  const ended: number[] = [];
  const answers = new Intervals(10, undefined, (atMs) => ended.push(atMs));
  for (const at of [100, 105, 110]) answers.add(at);
  answers.rest(119);
  t.deepEqual(ended, []);
  answers.rest(121);
  t.deepEqual(ended, [110]);
  answers.add(130);
  t.deepEqual(answers.list, [
    { fromMs: 100, toMs: 110 },
    { fromMs: 130, toMs: 130 },
  ]);
});

test('an answer after a pause begins a new interval though nobody said that the old one rests', (t) => {
  const answers = new Intervals(10);
  answers.add(1);
  answers.add(50);
  t.is(answers.list.length, 2);
});

test('overlap is the time in which both answered', (t) => {
  const a = [
    { fromMs: 0, toMs: 100 },
    { fromMs: 200, toMs: 300 },
  ];
  t.is(overlapOf(a, [{ fromMs: 90, toMs: 210 }]), 20);
  t.is(overlapOf(a, [{ fromMs: 101, toMs: 199 }]), 0);
  t.is(overlapOf(a, []), 0);
});
