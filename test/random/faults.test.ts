// Some hundred random runs of a virtual cluster. Every finding names the seed that replays it.

import { env } from 'node:process';
import test from 'ava';
import { runFaults } from './faults.ts';

const first = Number(env['LOCUM_SEED'] ?? 1);
const runs = Number(env['LOCUM_RUNS'] ?? 60);

test('whatever fails: never two holders while all is whole, one again afterwards, and then rest', (t) => {
  const found: string[] = [];
  for (let seed = first; seed < first + runs; seed += 1) {
    const { findings } = runFaults(seed);
    found.push(...findings.map((finding) => `node dist-test/random/faults.js ${seed}: ${finding}`));
  }
  t.deepEqual(found.slice(0, 20), []);
});
