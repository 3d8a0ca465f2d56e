// What is measured: which faults at which intervals and with how many addresses, which loads. Not every combination:
// each fault at each interval with one address; many addresses and the growth of a load at 100 ms.

import { measureArrival, unsoundArrival } from './arrival.ts';
import type { Cell } from './cell.ts';
import { measureCrowd, unsoundCrowd } from './crowd.ts';
import { type Fault, faults, measureFault, unsoundFault } from './faults.ts';
import { mostRouters } from './keepalived.ts';
import { prepareLoad, unsoundLoad, type Windows } from './load.ts';
import { measureLoop } from './loop.ts';
import { measureMemory, unsoundMemory } from './memory.ts';
import { prepareStart, unsoundStart } from './start.ts';
import { beginTrial, type Shape, subjectNames } from './subject.ts';

export const intervals = ['1s', '100ms', '10ms'] as const;
export const addressCounts = [1, 20, 255, 1000] as const;
export const groupCounts = [1, 10, 50, 100, 255, 500, 1000] as const;
export const nodeCounts = [2, 4, 8, 16] as const;
/** At which addresses are many, and loads grow. */
export const growthInterval = '100ms';

const one: Shape = { interval: growthInterval, groups: 1, nodes: 2, paths: 1 };
const subjectsFor = (groups: number) => (groups <= mostRouters ? subjectNames : (['locum'] as const));

export const faultId = (fault: string, interval: string): string => `faults/${fault}/${interval}`;
export const addressesId = (fault: string, count: number): string => `addresses/${fault}/${count}`;
export const crowdId = (fault: string, interval: string): string => `crowd/${fault}/${interval}`;
export const loadId = (groups: number, interval: string): string => `load/${groups}/${interval}`;
export const nodesId = (count: number): string => (count === one.nodes ? loadId(1, growthInterval) : `nodes/${count}`);
export const startId = 'start';
export const memoryId = 'memory';
export const loopId = 'loop';
export const hourId = 'hour';

const rarely = 0.6;

function shareOf(fault: Fault, interval: string): number {
  // When in an interval a host goes decides more than which daemon it ran: only many samples tell them apart.
  if (fault.id === 'gone' && interval === '10ms') return 4;
  return ['stop', 'gone', 'link2'].includes(fault.id) ? 1 : rarely;
}

function faultCell(fault: Fault, interval: string): Cell {
  const shape = { ...one, interval, paths: fault.paths };
  return {
    id: faultId(fault.id, interval),
    subjects: subjectNames,
    rounds: 'each',
    share: shareOf(fault, interval),
    steady: true,
    together: interval === '1s',
    prepare: async (subject, owner) => {
      const trial = await beginTrial(subject, shape, owner);
      return () => measureFault(trial, fault);
    },
    unsound: (sample) => unsoundFault(sample, fault, interval),
  };
}

function addressesCell(fault: Fault, count: number): Cell {
  return {
    id: addressesId(fault.id, count),
    subjects: subjectsFor(count),
    rounds: 'each',
    share: count === mostRouters ? 1 : rarely,
    steady: true,
    together: false,
    prepare: async (subject, owner) => {
      const trial = await beginTrial(subject, { ...one, groups: count }, owner);
      return () => measureArrival(trial, fault);
    },
    unsound: (sample) => unsoundArrival(sample, fault, count),
  };
}

/** At an interval that has no room for all of them; figures of seconds, and unrest is what is looked for. */
function crowdCell(fault: Fault, interval: string): Cell {
  return {
    id: crowdId(fault.id, interval),
    subjects: subjectNames,
    rounds: 'each',
    share: 0.4,
    steady: false,
    together: false,
    prepare: async (subject, owner) => {
      const trial = await beginTrial(subject, { ...one, interval, groups: mostRouters }, owner);
      return () => measureCrowd(trial, fault);
    },
    unsound: unsoundCrowd,
  };
}

function loadCell(id: string, shape: Shape, windows: Windows): Cell {
  return {
    id,
    subjects: subjectsFor(shape.groups),
    // Side by side two clusters would be in each other's way where one takes more than a processor.
    rounds: id === loadId(mostRouters, '10ms') ? 'each' : 'beside',
    share: 1,
    steady: false,
    together: false,
    prepare: async (subject, owner) => prepareLoad(await beginTrial(subject, shape, owner), windows),
    unsound: unsoundLoad,
  };
}

const startCell: Cell = {
  id: startId,
  subjects: subjectNames,
  rounds: 'beside',
  // Median of ten where there are five runs.
  share: 2,
  steady: false,
  together: false,
  prepare: prepareStart,
  unsound: unsoundStart,
};

const memoryCell: Cell = {
  id: memoryId,
  subjects: ['locum'],
  rounds: 'each',
  share: 1,
  steady: false,
  together: false,
  prepare: async () => measureMemory,
  unsound: unsoundMemory,
};

const loopCell: Cell = {
  id: loopId,
  subjects: ['locum'],
  rounds: 'each',
  // Once: a sample is of fifty calls each.
  share: 0.2,
  steady: false,
  together: false,
  prepare: async () => measureLoop,
  unsound: () => null,
};

const hourCell: Cell = {
  id: hourId,
  subjects: subjectNames,
  rounds: 'beside',
  share: 1,
  steady: false,
  together: false,
  prepare: async (subject, owner) =>
    prepareLoad(await beginTrial(subject, { ...one, interval: '1s' }, owner), { warmMs: 3_600_000, leastMs: 60_000 }),
  unsound: unsoundLoad,
};

export function fullPlan(): readonly Cell[] {
  // What is left when what runs ten times a second is compiled, in windows in which one collection does not decide.
  const windows = { warmMs: 30_000, leastMs: 4_000 };
  // A lab for each window, a hundred steps a second: both announce once more, five seconds after they took an address.
  const alone = { warmMs: 6_000, leastMs: 1_500 };
  const idle = { warmMs: 45_000, leastMs: 12_000 };
  const stopAndGone = faults.filter(({ id }) => id === 'stop' || id === 'gone');
  return [
    // Who crashes and comes back within a down time; a shorter one is no time to start in.
    ...intervals.flatMap((interval) =>
      faults.filter(({ moves }) => moves || interval === '1s').map((fault) => faultCell(fault, interval)),
    ),
    ...stopAndGone.flatMap((fault) => addressCounts.map((count) => addressesCell(fault, count))),
    ...stopAndGone.filter(({ id }) => id === 'gone').map((fault) => crowdCell(fault, '10ms')),
    ...groupCounts.map((groups) => loadCell(loadId(groups, growthInterval), { ...one, groups }, windows)),
    ...['1s', '10ms'].flatMap((interval) =>
      [1, mostRouters].map((groups) => {
        const id = loadId(groups, interval);
        const own = id === loadId(1, '1s') ? idle : id === loadId(mostRouters, '10ms') ? alone : windows;
        return loadCell(id, { ...one, interval, groups }, own);
      }),
    ),
    ...nodeCounts
      .filter((nodes) => nodes !== one.nodes)
      .map((nodes) => loadCell(nodesId(nodes), { ...one, nodes }, windows)),
    startCell,
    memoryCell,
    loopCell,
  ];
}

/** One cell of each kind, in little time: whether the measuring works, not what comes of it. */
export function quickPlan(): readonly Cell[] {
  const quick = [
    ...['stop', 'gone', 'freeze'].map((fault) => faultId(fault, '100ms')),
    addressesId('gone', 20),
    startId,
    memoryId,
  ];
  const load = loadCell(loadId(10, growthInterval), { ...one, groups: 10 }, { warmMs: 500, leastMs: 1000 });
  return [...fullPlan().filter(({ id }) => quick.includes(id)), load];
}

/** Takes an hour, so only who names it gets it. */
export const byNameOnly: readonly Cell[] = [hourCell];

/** Whose words include those of the pattern, in a row: `stop`, `faults/stop`, `stop/1s`. */
export const named = (pattern: string, cells: readonly Cell[]): readonly Cell[] =>
  cells.filter(({ id }) => `/${id}/`.includes(`/${pattern}/`));
