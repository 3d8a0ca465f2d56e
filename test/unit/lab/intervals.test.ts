import test from 'ava';
import { Intervals, overlapOf } from '../../lab/intervals.ts';

test('a few questions without an answer do not end an interval, one more ends it at the last answer', (t) => {
  const ended: number[] = [];
  const answers = new Intervals(2, undefined, (atMs) => ended.push(atMs));
  for (const at of [100, 105, 110]) answers.answered(at);
  answers.asked();
  answers.asked();
  t.deepEqual(ended, []);
  answers.asked();
  t.deepEqual(ended, [110]);
  answers.answered(130);
  t.deepEqual(answers.list, [
    { fromMs: 100, toMs: 110 },
    { fromMs: 130, toMs: 130 },
  ]);
});

test('time alone ends nothing: the instrument may have stood still', (t) => {
  const answers = new Intervals(2);
  answers.answered(1);
  answers.asked();
  answers.answered(5000);
  t.deepEqual(answers.list, [{ fromMs: 1, toMs: 5000 }]);
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
