// The regions of docs/benchmarks.md, each drawn from the results: what was run, what was to be reached, and the tables.

import { stallOf, steadyMs } from './cell.ts';
import { addressTable, crowdTable, faultTable, stepTable } from './fault-tables.ts';
import { growthTable } from './growth-table.ts';
import { handoverTable } from './handover-table.ts';
import { hourTable, loads, loadTable, loopTable, memoryTable, startTable } from './load-tables.ts';
import type { Results } from './results.ts';
import { found, targets } from './targets.ts';
import { limit, nothing, number, ratio, table, verdict } from './words.ts';

export interface Section {
  readonly name: string;
  readonly title: string;
  readonly text: (results: Results) => string;
}

const titleOf: Readonly<Record<string, string>> = {
  ...Object.fromEntries(loads),
  gapMs: 'longest gap at the client, ms',
  spreadMs: 'first to last address, ms',
  startMs: 'start to first advert, ms',
};

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

function sessionTable({ sessions, rows: all }: Results): string {
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
  const broken = sessions.flatMap((one) => one.broken.map((words) => `- ${words}`));
  const failed = broken.length === 0 ? [] : ['Could not be measured:', broken.join('\n')];
  return [table(head, rows), unsteady({ sessions, rows: all }), ...failed].join('\n\n');
}

/** Samples that count although an instrument stood still in them: each try had such a stall, or its cell asks for no more tries. */
function unsteady({ sessions, rows }: Results): string {
  const kept = rows.flatMap(({ cell, subject, samples }) => {
    const still = samples.filter((sample) => stallOf(sample) > steadyMs).length;
    return still === 0 ? [] : [{ still, words: `\`${cell}\` ${subject} ${still} of ${samples.length}` }];
  });
  const total = rows.reduce((sum, { samples }) => sum + samples.length, 0);
  const count = kept.reduce((sum, { still }) => sum + still, 0);
  const list = count === 0 ? '' : `: ${kept.map(({ words }) => words).join(', ')}`;
  const silent = sessions.filter(({ discarded, repeated }) => discarded === undefined && repeated > 0);
  const lost = silent.map(({ id, repeated }) => `${repeated} of ${id.slice(0, 10)}`).join(', ');
  return [
    `Samples that count: ${total.toLocaleString('en')}. Kept although an instrument stood still for more than ${steadyMs} ms in them: ${count}${list}.`,
    ...(lost === '' ? [] : [`What was measured again in earlier sessions was not written down (${lost}).`]),
  ].join(' ');
}

export const sections: readonly Section[] = [
  { name: 'sessions', title: 'What was run', text: sessionTable },
  { name: 'targets', title: 'Targets', text: targetTable },
  { name: 'faults', title: 'Faults', text: faultTable },
  { name: 'handover', title: 'A handover', text: handoverTable },
  { name: 'addresses', title: 'Many addresses', text: addressTable },
  { name: 'crowd', title: 'More than an interval has room for', text: crowdTable },
  { name: 'steps', title: 'Where the time goes', text: stepTable },
  { name: 'load', title: 'Load', text: loadTable },
  { name: 'growth', title: 'Growth', text: growthTable },
  { name: 'memory', title: 'Memory', text: memoryTable },
  { name: 'start', title: 'Start', text: startTable },
  { name: 'hour', title: 'After an hour', text: hourTable },
  { name: 'loop', title: 'Off the loop', text: loopTable },
];
