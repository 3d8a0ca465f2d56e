// The same seed gives the same run, to the last event.

import test from 'ava';
import { runSeed } from './run.ts';

for (const seed of [3, 16]) {
  test(`seed ${seed} twice`, (t) => {
    const [one, two] = [runSeed(seed), runSeed(seed)];
    t.is(one.hash, two.hash);
    t.is(one.steps, two.steps);
    t.not(one.hash, runSeed(seed + 100_000).hash);
  });
}
