import test from 'ava';
import { shape } from '../../bench/growth-table.ts';

const point = (at: number, median: number, around = 0.1) => ({
  at,
  median,
  least: median - around,
  greatest: median + around,
  count: 5,
});
const told = (first: number, middle: number, last: number, around?: number): string => {
  const points = [point(1, first, around), point(101, middle, around), point(201, last, around)];
  return shape(points, point(101, middle, around));
};

test('what grows less in the second part is flatter, what grows as much is straight, and more is steeper', (t) => {
  t.is(told(1, 5, 6), 'flatter');
  t.is(told(1, 5, 9), 'straight');
  t.is(told(1, 2, 9), '**steeper**');
});

test('what the samples scatter is not called a shape', (t) => {
  t.is(told(1, 2, 9, 3), 'straight within the spread');
  t.is(told(1, 2, 3, 3), 'less growth than spread');
});
