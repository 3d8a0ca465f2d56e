// Measures what the schedule says, each in a lab of its own. Samples in which an instrument
// stood still are taken again, a few times; those that say nothing are kept apart, and fail the run.

import type { Owner } from '../lab/lab.ts';
import { type Cell, stallOf, steadyMs } from './cell.ts';
import type { Row, Sample } from './results.ts';
import { schedule, type Task } from './schedule.ts';
import type { SubjectName } from './subject.ts';

export interface Outcome {
  readonly rows: readonly Omit<Row, 'session'>[];
  /** In words: cell, subject, and what is wrong. */
  readonly broken: readonly string[];
  readonly repeated: number;
  readonly longestStallMs: number;
}

export interface Choice {
  readonly cells: readonly Cell[];
  readonly subjects: readonly SubjectName[];
  readonly runs: number;
  readonly tell: (text: string) => void;
}

interface Ready {
  readonly measure: (runs: number) => Promise<readonly Sample[]>;
  readonly end: () => Promise<void>;
}

const tries = 3;

export async function run(choice: Choice): Promise<Outcome> {
  const kept = new Map<string, Task & { samples: Sample[] }>();
  const broken: string[] = [];
  let repeated = 0;

  const judge = (task: Task, label: string, attempt: number, result: readonly Sample[] | string): boolean => {
    const key = `${task.cell.id} ${task.subject}`;
    const wrong = flaw(task, result);
    if (wrong !== null && attempt < tries) {
      repeated += 1;
      choice.tell(`${label} ${key}: again, ${wrong}`);
      return false;
    }
    if (typeof result === 'string' || !sound(task, result)) {
      broken.push(`${key}: ${wrong}`);
      choice.tell(`${label} ${key}: BROKEN, ${wrong}`);
      return true;
    }
    const entry = kept.get(key) ?? { ...task, samples: [] };
    entry.samples.push(...result);
    kept.set(key, entry);
    choice.tell(`${label} ${key}: ${result.map(brief).join(' | ')}`);
    return true;
  };

  for (const { label, runs, tasks } of schedule(choice.cells, choice.subjects, choice.runs)) {
    let left = tasks;
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const again: Task[] = [];
      for await (const [task, result] of inTurns(left, runs)) {
        if (!judge(task, label, attempt, result)) again.push(task);
      }
      left = again;
    }
  }

  const rows = [...kept.values()].map(({ cell, subject, samples }) => ({ cell: cell.id, subject, samples }));
  const stalls = rows.flatMap(({ samples }) => samples.map(stallOf));
  return { rows, broken, repeated, longestStallMs: Math.max(0, ...stalls) };
}

/** A result is samples, or why there are none. */
async function* inTurns(tasks: readonly Task[], runs: number): AsyncGenerator<[Task, readonly Sample[] | string]> {
  if (!tasks.every(({ cell }) => cell.together)) {
    for (const task of tasks) yield [task, await alone(() => begin(task), runs)];
    return;
  }
  const begun = tasks.map((task) => ({ task, ready: begin(task) }));
  await Promise.allSettled(begun.map(({ ready }) => ready));
  for (const { task, ready } of begun) yield [task, await alone(() => ready, runs)];
}

async function alone(begun: () => Promise<Ready>, runs: number): Promise<readonly Sample[] | string> {
  try {
    const { measure, end } = await begun();
    try {
      return await measure(runs);
    } finally {
      await end();
    }
  } catch (error) {
    return shortened(error instanceof Error ? error.message : String(error));
  }
}

/** A lab that does not come up shows the ends of its logs: the first lines say why. */
const shortened = (words: string): string => words.split('\n').slice(0, 3).join(' ').slice(0, 500);

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

const sound = ({ cell, subject }: Task, samples: readonly Sample[]): boolean =>
  samples.length > 0 && samples.every((sample) => cell.unsound(sample, subject) === null);

/** Why this is to be measured again, if there are tries left. */
function flaw({ cell, subject }: Task, result: readonly Sample[] | string): string | null {
  if (typeof result === 'string') return result;
  if (result.length === 0) return 'there is no sample';
  const words = result.flatMap((sample) => cell.unsound(sample, subject) ?? [])[0];
  if (words !== undefined) return words;
  const stall = Math.max(...result.map(stallOf));
  return cell.rounds === 'each' && stall > steadyMs ? `the instrument stood still for ${stall} ms` : null;
}

const brief = (sample: Sample): string =>
  Object.entries(sample)
    .filter(([key]) => key !== 'sent' && key !== 'answers')
    .map(([key, value]) => `${key} ${value ?? 'without end'}`)
    .join(', ');
