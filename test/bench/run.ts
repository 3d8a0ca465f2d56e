// Rounds of cells, the subjects of each in turns, so that what the machine does meanwhile meets both. Samples in which
// an instrument stood still are taken again, a few times; those that say nothing are kept apart, and fail the run.

import type { Owner } from '../lab/lab.ts';
import { type Cell, stallOf, steadyMs } from './cell.ts';
import type { Row, Sample } from './results.ts';
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
  readonly subject: SubjectName;
  readonly measure: (runs: number) => Promise<readonly Sample[]>;
  readonly end: () => Promise<void>;
}

const tries = 3;

export async function run(choice: Choice): Promise<Outcome> {
  const kept = new Map<string, { readonly cell: Cell; readonly subject: SubjectName; samples: Sample[] }>();
  const broken: string[] = [];
  let repeated = 0;

  const measureAll = async (cell: Cell, runs: number, label: string): Promise<void> => {
    let left = cell.subjects.filter((subject) => choice.subjects.includes(subject));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const again: SubjectName[] = [];
      for await (const [subject, result] of inTurns(cell, left, runs)) {
        const wrong = flaw(cell, subject, result);
        const name = `${label} ${cell.id} ${subject}`;
        if (wrong !== null && attempt < tries) {
          repeated += 1;
          again.push(subject);
          choice.tell(`${name}: again, ${wrong}`);
        } else if (typeof result === 'string' || !sound(cell, subject, result)) {
          broken.push(`${cell.id} ${subject}: ${wrong}`);
          choice.tell(`${name}: BROKEN, ${wrong}`);
        } else {
          const key = `${cell.id} ${subject}`;
          const entry = kept.get(key) ?? { cell, subject, samples: [] };
          entry.samples.push(...result);
          kept.set(key, entry);
          choice.tell(`${name}: ${result.map(brief).join(' | ')}`);
        }
      }
      left = again;
    }
  };

  const once = choice.cells.filter(({ rounds }) => rounds === 'once');
  const each = choice.cells.filter(({ rounds }) => rounds === 'each');
  for (let round = 1; round <= choice.runs; round += 1) {
    for (const cell of each) await measureAll(cell, 1, `${round}/${choice.runs}`);
  }
  for (const cell of once) await measureAll(cell, choice.runs, '   ');

  const rows = [...kept.values()].map(({ cell, subject, samples }) => ({ cell: cell.id, subject, samples }));
  const stalls = rows.flatMap(({ samples }) => samples.map(stallOf));
  return { rows, broken, repeated, longestStallMs: Math.max(0, ...stalls) };
}

/** A result is samples, or why there are none. */
async function* inTurns(
  cell: Cell,
  subjects: readonly SubjectName[],
  runs: number,
): AsyncGenerator<[SubjectName, readonly Sample[] | string]> {
  if (!cell.together) {
    for (const subject of subjects) yield [subject, await alone(() => begin(cell, subject), runs)];
    return;
  }
  const begun = subjects.map((subject) => ({ subject, ready: begin(cell, subject) }));
  await Promise.allSettled(begun.map(({ ready }) => ready));
  for (const { subject, ready } of begun) yield [subject, await alone(() => ready, runs)];
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
async function begin(cell: Cell, subject: SubjectName): Promise<Ready> {
  const ends: (() => Promise<void>)[] = [];
  const owner: Owner = { passed: true, log: () => {}, teardown: (end) => ends.push(end) };
  const end = async (): Promise<void> => {
    for (const one of ends.toReversed()) await one();
  };
  try {
    return { subject, measure: await cell.prepare(subject, owner), end };
  } catch (error) {
    await end();
    throw error;
  }
}

const sound = (cell: Cell, subject: SubjectName, samples: readonly Sample[]): boolean =>
  samples.length > 0 && samples.every((sample) => cell.unsound(sample, subject) === null);

/** Why this is to be measured again, if there are tries left. */
function flaw(cell: Cell, subject: SubjectName, result: readonly Sample[] | string): string | null {
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
