// Measures what the schedule says, each in a lab of its own. Samples in which an instrument stood still are taken again, a
// few times; those that say nothing are kept apart, and fail the run. What was taken again is told with its reason.

import type { Owner } from '../lab/lab.ts';
import { type Cell, stallOf, steadyMs } from './cell.ts';
import type { Discarded, Row, Sample } from './results.ts';
import { schedule, type Task, type Turn } from './schedule.ts';
import type { SubjectName } from './subject.ts';

export interface Outcome {
  readonly rows: readonly Omit<Row, 'session'>[];
  /** In words: cell, subject, and what is wrong. */
  readonly broken: readonly string[];
  /** What was measured again, and what was not kept. */
  readonly discarded: readonly Discarded[];
  readonly repeated: number;
  readonly longestStallMs: number;
}

export interface Choice {
  readonly cells: readonly Cell[];
  readonly subjects: readonly SubjectName[];
  readonly runs: number;
  readonly tell: (text: string) => void;
}

/** Samples, and where it ended early why. */
interface Taken {
  readonly task: Task;
  readonly samples: readonly Sample[];
  readonly failed: string | null;
}

interface Ready {
  readonly measure: () => Promise<Sample>;
  readonly end: () => Promise<void>;
}

const tries = 3;

export async function run(choice: Choice): Promise<Outcome> {
  const kept = new Map<string, Task & { samples: Sample[] }>();
  const broken: string[] = [];
  const discarded: Discarded[] = [];
  let repeated = 0;

  /** True when it is to be measured again. */
  const judge = ({ task, samples, failed }: Taken, label: string, again: string | null): boolean => {
    const { cell, subject } = task;
    const key = `${cell.id} ${subject}`;
    if (again !== null) {
      repeated += 1;
      discarded.push({ cell: cell.id, subject, why: again, samples });
      choice.tell(`${label} ${key}: again, ${again}`);
      return true;
    }
    const wrong = failed ?? senseless(task, samples);
    if (wrong !== null) {
      broken.push(`${key}: ${wrong}`);
      discarded.push({ cell: cell.id, subject, why: wrong, samples });
      choice.tell(`${label} ${key}: BROKEN, ${wrong}`);
      return false;
    }
    const entry = kept.get(key) ?? { ...task, samples: [] };
    entry.samples.push(...samples);
    kept.set(key, entry);
    choice.tell(`${label} ${key}: ${samples.map(brief).join(' | ')}`);
    return false;
  };

  for (const turn of schedule(choice.cells, choice.subjects, choice.runs)) {
    let left = turn.tasks;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const again: Task[] = [];
      for await (const group of taken({ ...turn, tasks: left })) {
        const flaws = attempt < tries ? group.map(flaw) : group.map(() => null);
        const first = flaws.find((words) => words !== null);
        for (const [i, one] of group.entries()) {
          const other = first === undefined ? null : `with the other subject: ${first}`;
          if (judge(one, turn.label, flaws[i] ?? other)) again.push(one.task);
        }
      }
      left = again;
    }
  }

  const rows = [...kept.values()].map(({ cell, subject, samples }) => ({ cell: cell.id, subject, samples }));
  const stalls = rows.flatMap(({ samples }) => samples.map(stallOf));
  return { rows, broken, discarded, repeated, longestStallMs: Math.max(0, ...stalls) };
}

/** In groups that are only good together. */
async function* taken({ tasks, beside }: Turn): AsyncGenerator<readonly Taken[]> {
  if (beside !== null) {
    yield await sideBySide(tasks, beside);
  } else if (tasks.every(({ cell }) => cell.together)) {
    const begun = tasks.map((task) => ({ task, ready: begin(task) }));
    await Promise.allSettled(begun.map(({ ready }) => ready));
    for (const { task, ready } of begun) yield [await alone(task, () => ready)];
  } else {
    for (const task of tasks) yield [await alone(task, () => begin(task))];
  }
}

async function alone(task: Task, begun: () => Promise<Ready>): Promise<Taken> {
  try {
    const { measure, end } = await begun();
    try {
      return { task, samples: [await measure()], failed: null };
    } finally {
      await end();
    }
  } catch (error) {
    return { task, samples: [], failed: words(error) };
  }
}

/** All labs stand while each is measured in turn; who fails is left out from then on. */
async function sideBySide(tasks: readonly Task[], times: number): Promise<readonly Taken[]> {
  const all = tasks.map((task) => ({
    task,
    ready: null as Ready | null,
    samples: [] as Sample[],
    failed: null as string | null,
  }));
  const safely = async (one: (typeof all)[number], act: () => Promise<void>): Promise<void> => {
    if (one.failed !== null) return;
    try {
      await act();
    } catch (error) {
      one.failed = words(error);
    }
  };
  const begun = async (one: (typeof all)[number]): Promise<void> => {
    one.ready = await begin(one.task);
  };
  await Promise.all(all.map((one) => safely(one, () => begun(one))));
  for (let i = 0; i < times; i += 1) {
    for (const one of all) {
      await safely(one, async () => {
        if (one.ready !== null) one.samples.push(await one.ready.measure());
      });
    }
  }
  for (const one of all) await one.ready?.end().catch((error: unknown) => void (one.failed ??= words(error)));
  return all.map(({ task, samples, failed }) => ({ task, samples, failed }));
}

/** A lab that does not come up shows the ends of its logs: the first lines say why. */
const words = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 3).join(' ').slice(0, 500);

/** A lab of its own, which is gone afterwards whatever happened. */
async function begin({ cell, subject }: Task): Promise<Ready> {
  const ends: (() => Promise<void>)[] = [];
  const owner: Owner = { passed: true, log: () => {}, teardown: (end) => ends.push(end) };
  const end = async (): Promise<void> => {
    for (const one of ends.toReversed()) await one();
  };
  try {
    return { measure: await cell.prepare(subject, owner), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** What no figure can be read from. */
function senseless({ cell, subject }: Task, samples: readonly Sample[]): string | null {
  if (samples.length === 0) return 'there is no sample';
  return samples.flatMap((sample) => cell.unsound(sample, subject) ?? [])[0] ?? null;
}

/** Why this is to be measured again, if there are tries left. */
function flaw({ task, samples, failed }: Taken): string | null {
  const wrong = failed ?? senseless(task, samples);
  if (wrong !== null) return wrong;
  const stall = Math.max(...samples.map(stallOf));
  return task.cell.steady && stall > steadyMs ? `the instrument stood still for ${stall} ms` : null;
}

const brief = (sample: Sample): string =>
  Object.entries(sample)
    .filter(([key]) => key !== 'sent' && key !== 'answers')
    .map(([key, value]) => `${key} ${value ?? 'without end'}`)
    .join(', ');
