import test from 'ava';
import { linear, logarithmic, text } from '../../bench/svg.ts';

test('a straight axis begins at zero and ends at a round number above the greatest', (t) => {
  const axis = linear(87, 0, 100);
  t.deepEqual(axis.ticks, [0, 25, 50, 75, 100]);
  t.is(axis.at(50), 50);
  t.deepEqual(linear(1000, 280, 50).ticks, [0, 250, 500, 750, 1000]);
  t.is(linear(1000, 280, 50).at(1000), 50);
  t.deepEqual(linear(0.3, 0, 1).ticks, [0, 0.1, 0.2, 0.3]);
});

test('a logarithmic axis has whole powers of ten around its values', (t) => {
  const axis = logarithmic(1, 3500, 0, 400);
  t.deepEqual(axis.ticks, [1, 10, 100, 1000, 10_000]);
  t.is(axis.at(10), 100);
  t.is(logarithmic(1, 1, 0, 10).ticks.length, 2);
});

test('words cannot become marks', (t) => {
  t.true(text(1, 2, 'a < b & c').includes('>a &lt; b &amp; c</text>'));
});
