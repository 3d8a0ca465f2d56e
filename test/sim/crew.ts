// Many seeds side by side, one worker for each processor. Outcomes come in the order in which they are ready.

import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { Asked } from './plan.ts';
import type { Outcome } from './run.ts';

/**
 * For the workers that start from now on. Nearly all that a run allocates is garbage at once: the more room there is
 * for it, the less often somebody looks. And every seed brings something new, for which what was compiled is thrown
 * away: what waits longer to be compiled is compiled less often.
 */
const engine = [
  '--min-semi-space-size=32',
  '--max-semi-space-size=32',
  // Next to nothing survives: whoever helps to collect it costs more than it takes over.
  '--no-parallel-scavenge',
  '--interrupt-budget=400000',
];

export interface Task {
  readonly first: number;
  /** How many seeds; infinite for ever. */
  readonly runs: number;
  readonly asked: Asked;
  /** False: enough. */
  readonly taken: (outcome: Outcome) => boolean;
}

export async function playAll({ first, runs, asked, taken }: Task): Promise<void> {
  let next = first;
  let enough = false;
  const take = (): number | null => {
    if (enough || next >= first + runs) return null;
    next += 1;
    return next - 1;
  };
  for (const flag of engine) setFlagsFromString(flag);
  const workers = Math.min(availableParallelism(), runs);
  await Promise.all(
    Array.from({ length: workers }, () =>
      employ(take, asked, (outcome) => {
        if (!taken(outcome)) enough = true;
      }),
    ),
  );
}

function employ(take: () => number | null, asked: Asked, taken: (outcome: Outcome) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const seed = take();
      if (seed === null) void worker.terminate().then(() => resolve());
      else worker.postMessage({ seed, asked }, []);
    };
    worker.on('error', reject);
    worker.on('message', (outcome: Outcome) => {
      taken(outcome);
      give();
    });
    give();
  });
}
