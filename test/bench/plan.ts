// What is measured: which faults at which intervals and with how many addresses, which loads. Not every combination:
// each fault at each interval with one address; many addresses and the growth of a load at 100 ms.

import { measureArrival, unsoundArrival } from './arrival.ts';
import type { Cell } from './cell.ts';
import { type Fault, faults, measureFault, unsoundFault } from './faults.ts';
import { measureHour } from './hour.ts';
import { mostRouters } from './keepalived.ts';
import { measureLoad, unsoundLoad, type Windows } from './load.ts';
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
export const loadId = (groups: number, interval: string): string => `load/${groups}/${interval}`;
export const nodesId = (count: number): string => (count === one.nodes ? loadId(1, growthInterval) : `nodes/${count}`);
export const startId = 'start';
export const hourId = 'hour';

function faultCell(fault: Fault, interval: string): Cell {
  const shape = { ...one, interval, paths: fault.paths };
  return {
    id: faultId(fault.id, interval),
    subjects: subjectNames,
    rounds: 'each',
    often: ['stop', 'gone', 'link2'].includes(fault.id),
    together: interval === '1s',
    prepare: async (subject, owner) => {
      const trial = await beginTrial(subject, shape, owner);
      return async () => [await measureFault(trial, fault)];
    },
    unsound: (sample) => unsoundFault(sample, fault, interval),
  };
}

function addressesCell(fault: Fault, count: number): Cell {
  return {
    id: addressesId(fault.id, count),
    subjects: subjectsFor(count),
    rounds: 'each',
    often: count === mostRouters,
    together: false,
    prepare: async (subject, owner) => {
      const trial = await beginTrial(subject, { ...one, groups: count }, owner);
      return async () => [await measureArrival(trial, fault)];
    },
    unsound: (sample) => unsoundArrival(sample, fault, count),
  };
}

function loadCell(id: string, shape: Shape, windows: Windows): Cell {
  return {
    id,
    subjects: subjectsFor(shape.groups),
    rounds: 'once',
    often: true,
    together: false,
    prepare: async (subject, owner) => {
      const trial = await beginTrial(subject, shape, owner);
      return (runs) => measureLoad(trial, runs, windows);
    },
    unsound: unsoundLoad,
  };
}

const startCell: Cell = {
  id: startId,
  subjects: subjectNames,
  rounds: 'once',
  often: true,
  together: false,
  prepare: async (subject, owner) => {
    const start = await prepareStart(subject, owner);
    return async (runs) => {
      const samples = [];
      // Twice the runs: median of ten where there are five.
      for (let i = 0; i < runs * 2; i += 1) samples.push(await start());
      return samples;
    };
  },
  unsound: unsoundStart,
};

const hourCell: Cell = {
  id: hourId,
  subjects: subjectNames,
  rounds: 'once',
  often: true,
  together: true,
  prepare: async (subject, owner) => measureHour(await beginTrial(subject, { ...one, interval: '1s' }, owner)),
  unsound: unsoundLoad,
};

export function fullPlan(): readonly Cell[] {
  // Both announce once more, five seconds after they took an address: that is over then.
  const windows = { warmMs: 6000, leastMs: 1500 };
  const stopAndGone = faults.filter(({ id }) => id === 'stop' || id === 'gone');
  return [
    // Who crashes and comes back within a down time; a shorter one is no time to start in.
    ...intervals.flatMap((interval) =>
      faults.filter(({ moves }) => moves || interval === '1s').map((fault) => faultCell(fault, interval)),
    ),
    ...stopAndGone.flatMap((fault) => addressCounts.map((count) => addressesCell(fault, count))),
    ...groupCounts.map((groups) => loadCell(loadId(groups, growthInterval), { ...one, groups }, windows)),
    ...['1s', '10ms'].flatMap((interval) =>
      [1, mostRouters].map((groups) => loadCell(loadId(groups, interval), { ...one, interval, groups }, windows)),
    ),
    ...nodeCounts
      .filter((nodes) => nodes !== one.nodes)
      .map((nodes) => loadCell(nodesId(nodes), { ...one, nodes }, windows)),
    startCell,
  ];
}

/** One cell of each kind, in little time: whether the measuring works, not what comes of it. */
export function quickPlan(): readonly Cell[] {
  const quick = [
    ...['stop', 'gone', 'freeze'].map((fault) => faultId(fault, '100ms')),
    addressesId('gone', 20),
    startId,
  ];
  const load = loadCell(loadId(10, growthInterval), { ...one, groups: 10 }, { warmMs: 500, leastMs: 1000 });
  return [...fullPlan().filter(({ id }) => quick.includes(id)), load];
}

/** Takes an hour, so only who names it gets it. */
export const byNameOnly: readonly Cell[] = [hourCell];

/** Whose words include those of the pattern, in a row: `stop`, `faults/stop`, `stop/1s`. */
export const named = (pattern: string, cells: readonly Cell[]): readonly Cell[] =>
  cells.filter(({ id }) => `/${id}/`.includes(`/${pattern}/`));
