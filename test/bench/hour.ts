// The same as a load, after the daemons have run for an hour: memory that grows slowly shows here, and what an idle
// cluster costs once everything is compiled.

import { setTimeout as sleep } from 'node:timers/promises';
import { measureLoad } from './load.ts';
import type { Sample } from './results.ts';
import type { Trial } from './subject.ts';

const hourMs = 3_600_000;
const windowMs = 60_000;

/** The hour counts from now, so that both subjects, begun together, have theirs at the same time. */
export function measureHour(trial: Trial): (runs: number) => Promise<readonly Sample[]> {
  const dueMs = performance.now() + hourMs;
  return async (runs) => {
    await sleep(Math.max(0, dueMs - performance.now()));
    return measureLoad(trial, runs, { warmMs: 0, leastMs: windowMs });
  };
}
