// Tables of what a quiet cluster costs, what is left of it after an hour, whose memory it is, how long
// a start takes, and what no longer keeps the loop.

import { loopHosts, loopKeys, loopWays } from './loop.ts';
import { importedPackages } from './memory.ts';
import { growthInterval, hourId, intervals, loadId, loopId, memoryId, startId } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import { nothing, number, pair, pairHead, source, spread, table } from './words.ts';

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

export function startTable(results: Results): string {
  const rows = [['start to first advert, ms', ...pair(results, startId, 'startMs')]];
  return `${table(['what', ...pairHead], rows)}\n\n${source(results, startId)}`;
}

export function hourTable(results: Results): string {
  const rows = loadRows(results, '1 at 1s', hourId);
  return `${table(['groups', 'what', ...pairHead], rows)}\n\n${source(results, hourId)}`;
}

/** Whose memory it is, from nothing to the daemon; and keepalived's. */
export function memoryTable(results: Results): string {
  const idle = loadId(1, '1s');
  const places = [
    ['an empty Node process', memoryId, 'locum', 'emptyMb', 1],
    [`a Node process that imported ${importedPackages.join(', ')}`, memoryId, 'locum', 'importedMb', 1],
    ['locum, holder of one group at 1 s', idle, 'locum', 'holderMb', null],
    ['locum, after an hour', hourId, 'locum', 'holderMb', null],
    ['keepalived, holder of one router at 1 s', idle, 'keepalived', 'holderMb', null],
    ['keepalived, after an hour', hourId, 'keepalived', 'holderMb', null],
  ] as const;
  const rows = places.map(([what, cell, subject, measure, processes]) => {
    const counted = processes ?? spreadIn(results, cell, subject, 'holderProcesses')?.median;
    return [what, spread(spreadIn(results, cell, subject, measure)), counted === undefined ? nothing : String(counted)];
  });
  return `${table(['what', 'resident, MB', 'processes'], rows)}\n\n${source(results, memoryId, idle, hourId)}`;
}

/** What was moved off the loop that sends adverts. */
export function loopTable(results: Results): string {
  const rows = loopWays.flatMap(({ id, what }) =>
    loopHosts.map((host) => [
      what,
      host,
      ...(['before', 'since'] as const).map((when) => {
        const { median, most } = loopKeys(host, id, when);
        const [half, all] = [median, most].map((key) => spreadIn(results, loopId, 'locum', key)?.median);
        return half === undefined || all === undefined ? nothing : `**${number(half)}** (up to ${number(all)})`;
      }),
    ]),
  );
  return `${table(['ms on the main loop', 'host', 'before', 'since'], rows)}\n\n${source(results, loopId)}`;
}
