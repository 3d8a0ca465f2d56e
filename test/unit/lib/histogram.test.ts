// Durations between fixed bounds: every one is counted once, and what is estimated stays within what came.

import test from 'ava';
import { array, assert, double, property } from 'fast-check';
import { boundsMs, Histogram } from '#lib/histogram';
import { instant, longAgo } from '#lib/time';

function of(values: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const [i, ms] of values.entries()) histogram.add(ms, instant(i));
  return histogram;
}

test('bounds grow', (t) => {
  t.true(boundsMs.every((bound, i) => bound > (boundsMs[i - 1] ?? 0)));
});

test('an empty one knows nothing', (t) => {
  const empty = new Histogram();
  t.is(empty.count, 0);
  t.is(empty.quantileMs(0.5), null);
  t.is(empty.maxAt, longAgo);
  t.true(empty.counts().every((count) => count === 0));
});

test('a bound belongs to its own bucket, what lies beyond the last to the one after it', (t) => {
  const counts = of([0, 0.1, 0.10001, 1, 5000, 5001, 1e9]).counts();
  t.is(counts.length, boundsMs.length + 1);
  t.is(counts[0], 2);
  t.is(counts[1], 1);
  t.is(counts[boundsMs.indexOf(1)], 1);
  t.is(counts[boundsMs.length - 1], 1);
  t.is(counts[boundsMs.length], 2);
});

test('count, sum, greatest and when it came; the first of two that are equal', (t) => {
  const some = of([2, 7.5, -3, 7.5]);
  t.is(some.count, 4);
  t.is(some.sumMs, 17);
  t.is(some.maxMs, 7.5);
  t.is(some.maxAt, instant(1));
  t.is(of([0]).maxAt, instant(0));
});

test('one late step in a thousand shows at the quantile of 99.9 %, and not at 99 %', (t) => {
  const rare = of([...Array.from({ length: 998 }, () => 0.4), 40, 40]);
  t.true((rare.quantileMs(0.5) ?? 99) <= 0.5);
  t.true((rare.quantileMs(0.99) ?? 99) <= 0.5);
  t.true((rare.quantileMs(0.999) ?? 0) > 30);
  t.is(rare.quantileMs(1), 40);
});

test('an estimate lies in the bucket of the true value, grows with the share, and is never above the greatest', (t) => {
  const durations = array(double({ min: 0, max: 20_000, noNaN: true }), { minLength: 1, maxLength: 200 });
  assert(
    property(durations, double({ min: 0.001, max: 1, noNaN: true }), (values, share) => {
      const histogram = of(values);
      const estimate = histogram.quantileMs(share) ?? Number.NaN;
      const sorted = values.toSorted((a, b) => a - b);
      const rank = Math.ceil(share * values.length - 1e-9);
      const exact = sorted[Math.max(0, rank - 1)] ?? Number.NaN;
      const slot = boundsMs.findIndex((bound) => exact <= bound);
      const from = slot === 0 ? 0 : slot < 0 ? 5000 : (boundsMs[slot - 1] ?? 0);
      const to = slot < 0 ? histogram.maxMs : (boundsMs[slot] ?? 0);
      return (
        estimate >= from &&
        estimate <= Math.min(to, histogram.maxMs) &&
        (histogram.quantileMs(Math.min(1, share * 1.1)) ?? 0) >= estimate &&
        histogram.counts().reduce((sum, count) => sum + count, 0) === values.length
      );
    }),
  );
  t.pass();
});
