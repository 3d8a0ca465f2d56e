// The regions of docs/benchmarks.md, each a table drawn from the results.

import { faults } from './faults.ts';
import {
  addressCounts,
  addressesId,
  faultId,
  groupCounts,
  growthInterval,
  hourId,
  intervals,
  loadId,
  nodeCounts,
  nodesId,
  startId,
} from './plan.ts';
import { type Results, type Session, spreadIn } from './results.ts';
import { stepNames, stepTitle } from './steps.ts';
import { found, targets } from './targets.ts';
import { limit, nothing, number, pair, pairHead, ratio, spread, table, verdict } from './words.ts';

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly text: (results: Results) => string;
}

const loads = [
  ['holderCpu', 'CPU of the holder, % of a core'],
  ['standbyCpu', 'CPU of the standby, % of a core'],
  ['holderMb', 'memory of the holder, MB'],
  ['standbyMb', 'memory of the standby, MB'],
  ['framesPerS', 'frames per second, all nodes'],
  ['bytesPerS', 'bytes per second, all nodes'],
] as const;
const titleOf: Readonly<Record<string, string>> = {
  ...Object.fromEntries(loads),
  gapMs: 'longest gap at the client, ms',
  spreadMs: 'first to last address, ms',
  startMs: 'start to first advert, ms',
};

/** Which sessions the rows of a part come from; one, unless parts were measured apart. */
function source(results: Results, part: string): string {
  const ids = new Set(results.rows.filter(({ cell }) => cell.startsWith(part)).map(({ session }) => session));
  const sessions = results.sessions.filter(({ id }) => ids.has(id));
  if (sessions.length === 0) return 'Not measured yet.';
  const when = ({ id, runs }: Session): string =>
    `${id.slice(0, 16).replace('T', ' ')} (${runs} ${runs === 1 ? 'run' : 'runs'})`;
  const apart = sessions.length > 1 ? 'Measured in parts, ' : 'Measured ';
  return `${apart}${sessions.map(when).join(', ')}.`;
}

const fault = (results: Results, id: string, title: string, interval: string): string[] => {
  const cell = faultId(id, interval);
  const both = (subject: 'locum' | 'keepalived') => spread(spreadIn(results, cell, subject, 'bothMs'));
  return [title, interval, ...pair(results, cell, 'gapMs'), both('locum'), both('keepalived')];
};

function faultTable(results: Results): string {
  const head = ['fault', 'interval', ...pairHead, 'two holders: locum', 'keepalived'];
  const rows = intervals.flatMap((interval) =>
    faults
      .filter(({ moves }) => moves || interval === '1s')
      .map(({ id, title }) => fault(results, id, title, interval)),
  );
  return [table(head, rows), afterHeal(results), source(results, 'faults/')].join('\n\n');
}

function afterHeal(results: Results): string {
  const of = (interval: string, subject: 'locum' | 'keepalived') =>
    spread(spreadIn(results, faultId('partition', interval), subject, 'bothAfterHealMs'));
  const rows = intervals.map((interval) => [interval, of(interval, 'locum'), of(interval, 'keepalived')]);
  return table(['two holders after a partition healed, ms; interval', 'locum', 'keepalived'], rows);
}

function addressTable(results: Results): string {
  const of = (cell: string, subject: 'locum' | 'keepalived', measure: string) =>
    spread(spreadIn(results, cell, subject, measure));
  const rows = ['stop', 'gone'].flatMap((id) =>
    addressCounts.map((count) => {
      const cell = addressesId(id, count);
      const times = (['locum', 'keepalived'] as const).flatMap((subject) =>
        ['firstMs', 'lastMs'].map((measure) => of(cell, subject, measure)),
      );
      return [
        faults.find((one) => one.id === id)?.title ?? id,
        String(count),
        ...times,
        ...pair(results, cell, 'spreadMs'),
      ];
    }),
  );
  const head = ['fault', 'addresses', 'locum: first', 'last', 'keepalived: first', 'last'];
  const spreads = ['first to last: locum', 'keepalived', 'ratio', 'target'];
  return `${table([...head, ...spreads], rows)}\n\n${source(results, 'addresses/')}`;
}

const loadRows = (results: Results, what: string, cell: string): string[][] =>
  loads.map(([measure, title]) => [what, title, ...pair(results, cell, measure)]);

function loadTable(results: Results): string {
  const rows = intervals.flatMap((interval) =>
    [1, 255, 1000]
      .filter((groups) => groups < 1000 || interval === growthInterval)
      .flatMap((groups) => loadRows(results, `${groups} at ${interval}`, loadId(groups, interval))),
  );
  return `${table(['groups', 'what', ...pairHead], rows)}\n\n${source(results, 'load/')}`;
}

function growthTable(results: Results): string {
  const measures = loads.filter(([measure]) => /^holder|^frames/.test(measure));
  const row = (what: string, cell: string) => [
    what,
    ...measures.flatMap(([measure]) =>
      (['locum', 'keepalived'] as const).map((subject) => {
        const of = spreadIn(results, cell, subject, measure);
        return of === null ? nothing : number(of.median);
      }),
    ),
  ];
  const head = ['', ...measures.flatMap(([, title]) => [`${title}: locum`, 'keepalived'])];
  const rows = [
    ...groupCounts.map((count) => row(`${count} groups, 2 nodes`, loadId(count, growthInterval))),
    ...nodeCounts.map((count) => row(`1 group, ${count} nodes`, nodesId(count))),
  ];
  return `${table(head, rows)}\n\nMedians, interval ${growthInterval}. ${source(results, 'nodes/')}`;
}

function startTable(results: Results): string {
  const rows = [['start to first advert, ms', ...pair(results, startId, 'startMs')]];
  return `${table(['what', ...pairHead], rows)}\n\n${source(results, startId)}`;
}

function hourTable(results: Results): string {
  const rows = loadRows(results, '1 at 1s', hourId);
  return `${table(['groups', 'what', ...pairHead], rows)}\n\n${source(results, hourId)}`;
}

function stepTable(results: Results): string {
  const cells = ['stop', 'gone'].flatMap((id) =>
    addressCounts.map((count) => ({ id, count, cell: addressesId(id, count) })),
  );
  const names = stepNames(
    results.rows
      .filter(({ cell, subject }) => subject === 'locum' && cell.startsWith('addresses/'))
      .flatMap(({ samples }) => samples),
  );
  if (names.length === 0) return 'The daemon that was measured names no steps.';
  const rows = cells.map(({ id, count, cell }) => [
    faults.find((one) => one.id === id)?.title ?? id,
    String(count),
    ...names.map((name) => spread(spreadIn(results, cell, 'locum', name))),
  ]);
  return `${table(['fault', 'addresses', ...names.map(stepTitle)], rows)}\n\nMicroseconds from the decision.`;
}

function targetTable(results: Results): string {
  const rows = targets.map((target) => {
    const value = found(results, target);
    const shown = value === null ? nothing : target.of === 'ratio' ? ratio(value) : number(value);
    return [
      `\`${target.cell}\``,
      titleOf[target.measure] ?? target.measure,
      limit(target),
      shown,
      verdict(results, target),
    ];
  });
  return table(['cell', 'measure', 'target', 'found', ''], rows);
}

function sessionTable({ sessions }: Results): string {
  const rows = sessions.map((one) => [
    one.id.slice(0, 16).replace('T', ' '),
    String(one.runs),
    one.commit,
    one.kernel,
    one.node,
    one.keepalived,
    one.processors,
    `${number(one.longestStallMs)} ms; ${one.repeated}`,
  ]);
  const head = [
    'begun (UTC)',
    'runs',
    'commit',
    'Linux',
    'Node',
    'keepalived',
    'processors',
    'longest stall of an instrument; repeated',
  ];
  return table(head, rows);
}

export const sections: readonly Section[] = [
  { name: 'sessions', title: 'What was run', text: sessionTable },
  { name: 'targets', title: 'Targets', text: targetTable },
  { name: 'faults', title: 'Faults', text: faultTable },
  { name: 'addresses', title: 'Many addresses', text: addressTable },
  { name: 'steps', title: 'Where the time goes', text: stepTable },
  { name: 'load', title: 'Load', text: loadTable },
  { name: 'growth', title: 'Growth', text: growthTable },
  { name: 'start', title: 'Start', text: startTable },
  { name: 'hour', title: 'After an hour', text: hourTable },
];
