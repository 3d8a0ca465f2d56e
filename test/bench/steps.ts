// Where the time of a takeover goes, as the new holder's daemon tells it in its status: microseconds from the decision,
// step by step. A daemon that names no steps yields none.

import type { Lab } from '../lab/lab.ts';
import type { Sample } from './results.ts';

const mark = 'step:';

/** Of the group that was done last; what did not happen is left out. */
export async function stepsOf(lab: Pick<Lab, 'status'>, host: string): Promise<Sample> {
  const groups = (await lab.status(host))?.groups ?? [];
  const end = (steps: Readonly<Record<string, number | null>>): number =>
    Math.max(0, ...Object.values(steps).map((us) => us ?? 0));
  const all = groups.flatMap(({ takeover }) => (takeover ? [takeover.steps_us] : []));
  const last = all.toSorted((a, b) => end(b) - end(a))[0] ?? {};
  return Object.fromEntries(
    Object.entries(last).flatMap(([name, us]) => (us === null ? [] : [[`${mark}${name}`, us]])),
  );
}

/** The names in these samples, in the order in which they were told. */
export const stepNames = (samples: readonly Sample[]): readonly string[] => [
  ...new Set(samples.flatMap((sample) => Object.keys(sample).filter((key) => key.startsWith(mark)))),
];

export const stepTitle = (name: string): string => name.slice(mark.length).replaceAll('_', ' ');
