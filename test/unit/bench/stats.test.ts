import test from 'ava';
import { ratioOf, spreadOf } from '../../bench/stats.ts';

test('the median of an even count lies between the middle two', (t) => {
  t.is(spreadOf([9, 1, 4, 2])?.median, 3);
  t.deepEqual(spreadOf([9, 1, 2]), { median: 2, least: 1, greatest: 9, count: 3 });
});

test('no samples have no spread', (t) => {
  t.is(spreadOf([]), null);
});

test('never is longer than anything, and gives no ratio', (t) => {
  const never = spreadOf([null, 5, null]);
  t.is(never?.median, Number.POSITIVE_INFINITY);
  t.is(never?.least, 5);
  t.is(ratioOf(spreadOf([1]), never), null);
  t.is(ratioOf(never, spreadOf([1])), null);
});

test('a ratio is of medians, and nothing divides by nothing', (t) => {
  t.is(ratioOf(spreadOf([1, 2, 6]), spreadOf([8])), 0.25);
  t.is(ratioOf(spreadOf([1]), spreadOf([0])), null);
  t.is(ratioOf(null, spreadOf([1])), null);
});
