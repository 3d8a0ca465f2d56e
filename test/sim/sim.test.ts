// The simulator as CI runs it: so many cluster-hours from the first seed on. Every finding names what replays it.

import { env } from 'node:process';
import test from 'ava';
import { playAll } from './crew.ts';
import { faults } from './faults.ts';
import { replayCommand, Tally } from './tally.ts';

/** Many where nobody waits for them. */
const hours = Number(env['LOCUM_SIM_HOURS'] ?? (env['CI'] === 'true' ? 2000 : 30));
const first = Number(env['LOCUM_SEED'] ?? 1);

test(`whatever fails, for ${hours} cluster-hours`, async (t) => {
  t.timeout(900_000);
  const tally = new Tally();
  const began = performance.now();
  await playAll({
    first,
    runs: hours,
    asked: {},
    taken(outcome) {
      tally.take(outcome);
      return tally.findings.length < 20;
    },
  });
  t.log(tally.summary((performance.now() - began) / 1000));
  for (const line of tally.details()) t.log(line);
  t.deepEqual(
    tally.findings.map(({ seed, finding }) => `${replayCommand(seed, {})}: ${finding?.checker}: ${finding?.words}`),
    [],
  );
  if (hours >= 30)
    t.deepEqual(
      Object.keys(faults).filter((kind) => !tally.reached.has(kind)),
      [],
    );
});
