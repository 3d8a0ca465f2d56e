// One thing to measure, of each subject: how to get ready for it, how to measure it, and what makes a sample unsound.

import type { Owner } from '../lab/lab.ts';
import type { Sample } from './results.ts';
import type { SubjectName } from './subject.ts';

export interface Cell {
  /** Words between slashes, the part first: faults/stop/1s. */
  readonly id: string;
  readonly subjects: readonly SubjectName[];
  /** `each`: every sample has a lab of its own. `beside`: the subjects' labs stand side by side, and samples are taken in turn. */
  readonly rounds: 'each' | 'beside';
  /** How many samples for each run: below one where no target is set, above where samples scatter around one. */
  readonly share: number;
  /** A sample in which an instrument stood still for longer than `steadyMs` is taken again. */
  readonly steady: boolean;
  /** Labs of such cells are made at once and measured in turn: slow to settle, and idle without any cost that counts. */
  readonly together: boolean;
  /** Resolves when everything has settled, with what takes one sample; `beside` calls that several times. */
  prepare(subject: SubjectName, owner: Owner): Promise<() => Promise<Sample>>;
  /** Why this sample says nothing, or null. How slow it is plays no part in it. */
  unsound(sample: Sample, subject: SubjectName): string | null;
}

/** An instrument that stood still for longer is no instrument; above `steadyMs` a sample is taken again first, if its cell asks for that. */
const brokenStallMs = 1000;
export const steadyMs = 15;

export const stallOf = (sample: Sample): number => sample['stallMs'] ?? 0;

/** What any sample of an instrument must fulfil: it asked, was answered, and did not stand still. */
export function unsoundInstrument(sample: Sample): string | null {
  const { sent, answers } = sample;
  if (stallOf(sample) > brokenStallMs) return `the instrument stood still for ${stallOf(sample)} ms`;
  if (typeof sent === 'number' && !(sent > 0)) return 'the client sent nothing';
  if (typeof answers === 'number' && !(answers > 0)) return 'the client got no answer at all';
  return null;
}
