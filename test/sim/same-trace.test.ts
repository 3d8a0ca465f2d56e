// The same seed gives the same run, to the last event; another one gives another.

import test from 'ava';
import { runSeed } from './run.ts';

test('a seed twice', (t) => {
  const [one, two] = [runSeed(10), runSeed(10)];
  t.is(one.hash, two.hash);
  t.is(one.steps, two.steps);
  t.not(one.hash, runSeed(19).hash);
});
