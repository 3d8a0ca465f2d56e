// In which order things are measured. Rounds first, so that what the machine does meanwhile meets every cell; the subjects of
// a cell follow each other. Cells that settle slowly and cost nothing while they wait are made ready a few at once.

import type { Cell } from './cell.ts';
import type { SubjectName } from './subject.ts';

export interface Task {
  readonly cell: Cell;
  readonly subject: SubjectName;
}

/** What is made ready at once, and then measured one after the other. */
export interface Turn {
  readonly label: string;
  /** For cells whose samples all come from one lab. */
  readonly runs: number;
  readonly tasks: readonly Task[];
}

/** Eight labs at once. */
const mostTogether = 4;
/** Of five rounds, those cells take part in three whose numbers nobody set a target for. */
const roundsOf = ({ often }: Cell, runs: number): number => (often ? runs : Math.ceil(runs * 0.6));

export function schedule(cells: readonly Cell[], subjects: readonly SubjectName[], runs: number): readonly Turn[] {
  const tasks = (cell: Cell): readonly Task[] =>
    cell.subjects.filter((subject) => subjects.includes(subject)).map((subject) => ({ cell, subject }));
  const rounds = Array.from({ length: runs }, (_, i) => i + 1).flatMap((round) => {
    const now = cells.filter((cell) => cell.rounds === 'each' && round <= roundsOf(cell, runs));
    return batches(now).map((batch) => ({ label: `${round}/${runs}`, runs: 1, tasks: batch.flatMap(tasks) }));
  });
  const once = cells
    .filter((cell) => cell.rounds === 'once')
    .map((cell) => ({ label: 'all', runs, tasks: tasks(cell) }));
  return [...rounds, ...once].filter((turn) => turn.tasks.length > 0);
}

function batches(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const found: Cell[][] = [];
  for (const cell of cells) {
    const last = found.at(-1);
    if (cell.together && last?.[0]?.together === true && last.length < mostTogether) last.push(cell);
    else found.push([cell]);
  }
  return found;
}
