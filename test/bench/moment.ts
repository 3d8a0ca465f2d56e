// When in an interval a fault comes: that decides for how long clients wait, more than which daemon runs. A host may go at
// any time, and what makes the labs is in step with the daemons that it started. So the samples of a cell are spread over
// the interval, evenly for any number of them, in steps of the golden ratio.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from './faults.ts';
import { milliseconds, type Trial } from './subject.ts';

/** How many moments each cell of each subject has had. */
const taken = new Map<string, number>();

export async function someMoment({ id }: Fault, { subject, shape: { interval, groups } }: Trial): Promise<void> {
  const cell = `${subject} ${id} ${interval} ${groups}`;
  const count = (taken.get(cell) ?? 0) + 1;
  taken.set(cell, count);
  await sleep(milliseconds(interval) * ((count * 0.618_033_988_75) % 1));
}
