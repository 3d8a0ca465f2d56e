// Tables of what a quiet cluster costs, how that grows, what is left of it after an hour, and how long a start takes.

import { groupCounts, growthInterval, hourId, intervals, loadId, nodeCounts, nodesId, startId } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import { subjectNames } from './subject.ts';
import { nothing, number, pair, pairHead, source, table } from './words.ts';

export const loads = [
  ['holderCpu', 'CPU of the holder, % of a core'],
  ['standbyCpu', 'CPU of the standby, % of a core'],
  ['holderMb', 'memory of the holder, MB'],
  ['standbyMb', 'memory of the standby, MB'],
  ['framesPerS', 'frames per second, all nodes'],
  ['bytesPerS', 'bytes per second, all nodes'],
] as const;

const loadRows = (results: Results, what: string, cell: string): string[][] =>
  loads.map(([measure, title]) => [what, title, ...pair(results, cell, measure)]);

export function loadTable(results: Results): string {
  const rows = intervals.flatMap((interval) =>
    [1, 255, 1000]
      .filter((groups) => groups < 1000 || interval === growthInterval)
      .flatMap((groups) => loadRows(results, `${groups} at ${interval}`, loadId(groups, interval))),
  );
  return `${table(['groups', 'what', ...pairHead], rows)}\n\n${source(results, 'load/')}`;
}

export function growthTable(results: Results): string {
  const measures = loads.filter(([measure]) => /^holder|^frames/.test(measure));
  const row = (what: string, cell: string) => [
    what,
    ...measures.flatMap(([measure]) =>
      subjectNames.map((subject) => {
        const of = spreadIn(results, cell, subject, measure);
        return of === null ? nothing : number(of.median);
      }),
    ),
  ];
  const head = ['', ...measures.flatMap(([, title]) => [`${title}: locum`, 'keepalived'])];
  const rows = [
    ...groupCounts.map((count) =>
      row(`${count} ${count === 1 ? 'group' : 'groups'}, 2 nodes`, loadId(count, growthInterval)),
    ),
    ...nodeCounts.map((count) => row(`1 group, ${count} nodes`, nodesId(count))),
  ];
  return `${table(head, rows)}\n\nMedians, interval ${growthInterval}. ${source(results, 'nodes/')}`;
}

export function startTable(results: Results): string {
  const rows = [['start to first advert, ms', ...pair(results, startId, 'startMs')]];
  return `${table(['what', ...pairHead], rows)}\n\n${source(results, startId)}`;
}

export function hourTable(results: Results): string {
  const rows = loadRows(results, '1 at 1s', hourId);
  return `${table(['groups', 'what', ...pairHead], rows)}\n\n${source(results, hourId)}`;
}
