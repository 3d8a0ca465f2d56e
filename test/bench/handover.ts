// Measures locum beside keepalived: the same lab, the same clients, in turns, so that what the machine does meanwhile
// meets both. Called by scripts/bench-handover; prints progress on standard error and the table on standard output.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Owner } from '../lab/lab.ts';
import { type Case, cases, type Measured } from './cases.ts';
import { beginTrial, type SubjectName } from './subject.ts';
import { replaced, type Row, table } from './table.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true },
    subject: { type: 'string', multiple: true },
    write: { type: 'boolean', default: false },
  },
});
const runs = Number(values.runs);
if (!(runs >= 1)) throw new Error(`--runs: expected a number from 1, found '${values.runs}'`);
const unknown = (values.only ?? []).filter((id) => !cases.some((one) => one.id === id));
if (unknown.length > 0)
  throw new Error(`--only: expected one of ${cases.map((c) => c.id).join(', ')}, found ${unknown[0]}`);

const chosen = cases.filter(({ id }) => values.only?.includes(id) ?? true);
const wanted = (subject: SubjectName): boolean => values.subject?.includes(subject) ?? true;

/** One trial in a lab of its own, which is gone afterwards whatever happened. */
async function trial(one: Case, subject: SubjectName): Promise<Measured> {
  const ends: (() => Promise<void>)[] = [];
  const owner: Owner = { passed: true, log: () => {}, teardown: (end) => ends.push(end) };
  try {
    return await one.measure(await beginTrial(subject, one.interval, owner));
  } finally {
    for (const end of ends) await end();
  }
}

const found = new Map<Case, { locum: Measured[]; keepalived: Measured[] }>(
  chosen.map((one) => [one, { locum: [], keepalived: [] }]),
);
for (let round = 1; round <= runs; round += 1) {
  for (const [one, results] of found) {
    for (const subject of one.subjects.filter(wanted)) {
      const measured = await trial(one, subject);
      results[subject].push(measured);
      const both = measured.bothMs === undefined ? '' : `, two holders ${measured.bothMs} ms`;
      const value = measured.value === null ? 'never' : `${measured.value} ${one.unit}`;
      console.error(`${round}/${runs} ${one.id} ${subject}: ${value}${both} (instrument stood ${measured.stallMs} ms)`);
    }
  }
}

const rows = [...found].map(([of, measured]): Row => ({ of, measured }));
const version = execFileSync('sh', ['-c', 'keepalived --version 2>&1'], { encoding: 'utf8' }).split('\n')[0] ?? '';
const stall = Math.max(0, ...rows.flatMap(({ measured }) => Object.values(measured).flat()).map((m) => m.stallMs));
const text = [
  table(rows),
  '',
  `Median (least to greatest) of ${runs}. ¹ still answering when the watch ended after 10 s. The instrument's longest stall: ${Math.round(stall * 10) / 10} ms.`,
  `Linux ${release()}, Node ${process.versions.node}, ${version}. Measured ${new Date().toISOString().slice(0, 10)} with \`scripts/bench-handover\`.`,
].join('\n');
console.log(text);
if (values.write) {
  const file = fileURLToPath(new URL('../../docs/measured.md', import.meta.url));
  writeFileSync(file, replaced(readFileSync(file, 'utf8'), text));
}
