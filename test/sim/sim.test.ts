// The simulator as CI runs it: so many cluster-hours from the first seed on. Every finding names what replays it.

import { env } from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { playAll } from './crew.ts';
import { faults } from './faults.ts';
import type { Asked } from './plan.ts';
import { profiles } from './profiles.ts';
import { storyOf } from './story.ts';
import { replayCommand, Tally } from './tally.ts';

/** Many where nobody waits for them. */
const hours = Number(env['LOCUM_SIM_HOURS'] ?? (env['CI'] === 'true' ? 2000 : 30));
const first = Number(env['LOCUM_SEED'] ?? 1);

/** Of each weather that no seed draws. */
const hoursEach = Math.max(6, Math.round(hours / 100));
const undrawn = Object.keys(profiles).filter((name) => profiles[name]?.weight === 0);
const drawnKinds = new Set(Object.values(profiles).flatMap((one) => (one.weight > 0 ? Object.keys(one.faults) : [])));

test.serial(`whatever fails, for ${hours} cluster-hours`, async (t) => {
  t.timeout(900_000);
  const tally = await play(t, {}, hours);
  if (hours >= 30) t.deepEqual(missing([tally], [...drawnKinds]), []);
});

test.serial(`in each weather that no seed draws, for ${hoursEach} cluster-hours`, async (t) => {
  t.timeout(900_000);
  const tallies: Tally[] = [];
  for (const weather of undrawn) tallies.push(await play(t, { mode: 'availability', nodes: 3, weather }, hoursEach));
  // A majority that goes on without the rest is what quorum mode is for.
  await play(t, { mode: 'quorum', nodes: 5, weather: 'outages' }, Math.ceil(hoursEach / 2));
  const kinds = Object.keys(faults).filter((kind) => !drawnKinds.has(kind));
  t.deepEqual(missing(tallies, kinds), []);
});

async function play(t: ExecutionContext, asked: Asked, runs: number): Promise<Tally> {
  const tally = new Tally();
  const began = performance.now();
  await playAll({
    first,
    runs,
    asked,
    taken(outcome) {
      tally.take(outcome);
      return tally.findings.length < 20;
    },
  });
  t.log(`${asked.weather ?? ''} ${tally.summary((performance.now() - began) / 1000)}`.trim());
  for (const line of tally.details()) t.log(line);
  const [worst] = tally.findings;
  if (worst !== undefined) for (const line of storyOf(worst.seed, asked, 20_000)) t.log(line);
  t.deepEqual(
    tally.findings.map(({ seed, finding }) => `${replayCommand(seed, asked)}: ${finding?.checker}: ${finding?.words}`),
    [],
  );
  return tally;
}

/** The kinds of fault that never came. */
function missing(tallies: readonly Tally[], kinds: readonly string[]): string[] {
  return kinds.filter((kind) => !tallies.some(({ reached }) => reached.has(kind)));
}
