// The regions of docs/benchmarks.md, each drawn from the results: what was run, what was to be reached, and the tables.

import { addressTable, faultTable, stepTable } from './fault-tables.ts';
import { growthTable, hourTable, loads, loadTable, startTable } from './load-tables.ts';
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
  const broken = sessions.flatMap((one) => one.broken.map((words) => `- ${words}`));
  const failed = broken.length === 0 ? [] : ['Could not be measured:', broken.join('\n')];
  return [table(head, rows), ...failed].join('\n\n');
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
