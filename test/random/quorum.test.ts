// Some dozens of random runs in quorum mode. Every finding names the seed that replays it.

import { env } from 'node:process';
import test from 'ava';
import { runQuorum } from './quorum.ts';

const first = Number(env['LOCUM_SEED'] ?? 1);
const runs = Number(env['LOCUM_RUNS'] ?? 40);

test('whatever fails: at no instant two hosts answer, and in the end one does', (t) => {
  const found: string[] = [];
  let won = 0;
  for (let seed = first; seed < first + runs; seed += 1) {
    const run = runQuorum(seed);
    won += run.won;
    found.push(...run.findings.map((finding) => `node dist-test/random/quorum.js ${seed}: ${finding}`));
  }
  t.deepEqual(found.slice(0, 20), []);
  t.true(won > 2 * runs, `only ${won} claims were won in ${runs} runs`);
});
