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
  /** Null: each task has a lab of its own. A number: the labs stay, and give so many samples in turn. */
  readonly beside: number | null;
  readonly tasks: readonly Task[];
}

/** Eight labs at once. */
const mostTogether = 4;

export function schedule(cells: readonly Cell[], subjects: readonly SubjectName[], runs: number): readonly Turn[] {
  const tasks = (cell: Cell): readonly Task[] =>
    cell.subjects.filter((subject) => subjects.includes(subject)).map((subject) => ({ cell, subject }));
  const rounds = Array.from({ length: runs }, (_, i) => i + 1).flatMap((round) =>
    passes(cells, round).flatMap((pass) =>
      batches(pass).map((batch) => ({ label: `${round}/${runs}`, beside: null, tasks: batch.flatMap(tasks) })),
    ),
  );
  const beside = cells
    .filter((cell) => cell.rounds === 'beside')
    .map((cell) => ({ label: 'all', beside: Math.ceil(cell.share * runs), tasks: tasks(cell) }));
  return [...rounds, ...beside].filter((turn) => turn.tasks.length > 0);
}

/** Who is measured several times in a round comes again when all others have had their turn. */
function passes(cells: readonly Cell[], round: number): readonly (readonly Cell[])[] {
  const timesIn = ({ share }: Cell): number => Math.ceil(share * round) - Math.ceil(share * (round - 1));
  const due = cells.filter((cell) => cell.rounds === 'each');
  const most = Math.max(0, ...due.map(timesIn));
  return Array.from({ length: most }, (_, pass) => due.filter((cell) => timesIn(cell) > pass));
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
