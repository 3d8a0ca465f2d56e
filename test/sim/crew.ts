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

/** A seed, and what is asked for beside it. */
export interface Job {
  readonly seed: number;
  readonly asked: Asked;
}

/** So many seeds, infinite for ever, that are asked for the same. */
export function* jobs(first: number, runs: number, asked: Asked): Generator<Job> {
  for (let seed = first; seed < first + runs; seed += 1) yield { seed, asked };
}

/** `taken` is false when it is enough. */
export async function playAll(all: Iterable<Job>, taken: (outcome: Outcome, job: Job) => boolean): Promise<void> {
  const waiting = all[Symbol.iterator]();
  let enough = false;
  const take = (): Job | undefined => {
    const next = enough ? undefined : waiting.next();
    return next === undefined || next.done === true ? undefined : next.value;
  };
  for (const flag of engine) setFlagsFromString(flag);
  await Promise.all(
    Array.from({ length: availableParallelism() }, async () => {
      const first = take();
      if (first === undefined) return;
      await employ(first, take, (outcome, job) => {
        if (!taken(outcome, job)) enough = true;
      });
    }),
  );
}

function employ(first: Job, take: () => Job | undefined, taken: (outcome: Outcome, job: Job) => void): Promise<void> {
  const worker = new Worker(new URL('./worker.js', import.meta.url));
  return new Promise((resolve, reject) => {
    let job = first;
    worker.on('error', reject);
    worker.on('message', (outcome: Outcome) => {
      taken(outcome, job);
      const next = take();
      if (next === undefined) {
        void worker.terminate().then(() => resolve());
        return;
      }
      job = next;
      worker.postMessage(job, []);
    });
    worker.postMessage(job, []);
  });
}
