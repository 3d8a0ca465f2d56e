// The simulator as CI runs it: so many cluster-hours from the first seed on. Every finding names what replays it.

import { env } from 'node:process';
import test, { type ExecutionContext } from 'ava';
import { jobs, playAll } from './crew.ts';
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
  const tallies = await play(t, [{ asked: {}, runs: hours }]);
  if (hours >= 30) t.deepEqual(missing(tallies, [...drawnKinds]), []);
});

test.serial(`in each weather that no seed draws, for ${hoursEach} cluster-hours`, async (t) => {
  t.timeout(900_000);
  const each = undrawn.map((weather) => ({
    asked: { mode: 'availability', nodes: 3, weather },
    runs: hoursEach,
  }));
  // Two hosts under the name of one voter are what a user has to avoid.
  const voting = undrawn
    .filter((weather) => weather !== 'twins')
    .map((weather) => ({
      // A majority that goes on without the rest is what quorum mode is for.
      asked: { mode: 'quorum', nodes: weather === 'outages' ? 5 : 3, weather },
      runs: Math.ceil(hoursEach / (weather === 'outages' ? 2 : 4)),
    }));
  const tallies = await play(t, [...each, ...voting]);
  const kinds = Object.keys(faults).filter((kind) => !drawnKinds.has(kind));
  t.deepEqual(missing(tallies, kinds), []);
});

interface Part {
  readonly asked: Asked;
  readonly runs: number;
}

/** All by the same workers, which have compiled most of it after the first minute. A tally for each part. */
async function play(t: ExecutionContext, parts: readonly Part[]): Promise<Tally[]> {
  const tallies = new Map(parts.map(({ asked }) => [asked, new Tally()]));
  const began = performance.now();
  const all = parts.flatMap(({ asked, runs }) => [...jobs(first, runs, asked)]);
  await playAll(all, (outcome, { asked }) => {
    tallies.get(asked)?.take(outcome);
    return [...tallies.values()].every(({ findings }) => findings.length < 20);
  });
  const seconds = (performance.now() - began) / 1000;
  t.log(`${all.length} cluster-hours in ${seconds.toFixed(0)} s`);
  for (const [asked, tally] of tallies) report(t, asked, tally);
  return [...tallies.values()];
}

function report(t: ExecutionContext, asked: Asked, tally: Tally): void {
  t.log(`${asked.weather ?? ''} ${tally.summary()}`.trim());
  for (const line of tally.details()) t.log(line);
  const [worst] = tally.findings;
  if (worst !== undefined) for (const line of storyOf(worst.seed, asked, 20_000)) t.log(line);
  t.deepEqual(
    tally.findings.map(({ seed, finding }) => `${replayCommand(seed, asked)}: ${finding?.checker}: ${finding?.words}`),
    [],
  );
}

/** The kinds of fault that never came. */
function missing(tallies: readonly Tally[], kinds: readonly string[]): string[] {
  return kinds.filter((kind) => !tallies.some(({ reached }) => reached.has(kind)));
}
