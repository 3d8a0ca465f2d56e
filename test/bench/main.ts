// Measures locum beside keepalived, and writes what came of it. Called by scripts/bench, which has the usage; progress
// goes to standard error, tables to standard output.

import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Cell } from './cell.ts';
import { byNameOnly, fullPlan, named, quickPlan } from './plan.ts';
import { environment, merged, readResults, type Results } from './results.ts';
import { report, writeReport } from './report.ts';
import { run } from './run.ts';
import { type SubjectName, subjectNames } from './subject.ts';

const docs = fileURLToPath(new URL('../../docs', import.meta.url));
const resultsFile = `${docs}/benchmarks/results.json`;
const options = readOptions();

if (options.render) {
  writeReport(docs, readResults(resultsFile));
} else {
  const { results, broken } = await measure();
  console.log(report(results));
  if (options.write) writeReport(docs, results);
  if (broken.length > 0) fail(['these measurements are broken, and not kept:', ...broken].join('\n  '));
}

async function measure(): Promise<{ readonly results: Results; readonly broken: readonly string[] }> {
  const begun = performance.now();
  const tell = (text: string): void => {
    const seconds = Math.round((performance.now() - begun) / 1000);
    console.error(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} ${text}`);
  };
  const id = new Date().toISOString().replace(/\..*/, 'Z');
  const where = environment();
  const outcome = await run({ ...options, tell });
  const { repeated, longestStallMs, broken, discarded } = outcome;
  const session = { id, runs: options.runs, ...where, longestStallMs, repeated, broken, discarded };
  const rows = outcome.rows.map((row) => ({ ...row, session: id }));
  const old = options.write ? readResults(resultsFile) : { sessions: [], rows: [] };
  return { results: merged(old, session, rows), broken };
}

interface Options {
  readonly cells: readonly Cell[];
  readonly subjects: readonly SubjectName[];
  readonly runs: number;
  readonly write: boolean;
  readonly render: boolean;
}

/** Throws for words that it does not know. */
function words() {
  return parseArgs({
    options: {
      runs: { type: 'string' },
      only: { type: 'string', multiple: true },
      subject: { type: 'string', multiple: true },
      quick: { type: 'boolean', default: false },
      write: { type: 'boolean', default: false },
      render: { type: 'boolean', default: false },
    },
  }).values;
}

function wordsOrFail(): ReturnType<typeof words> {
  try {
    return words();
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}; see scripts/bench --help`);
  }
}

function readOptions(): Options {
  const values = wordsOrFail();
  if (values.quick && values.write) fail('--quick is too short for figures that are kept: leave --write away');
  const runs = Number(values.runs ?? (values.quick ? 1 : 5));
  if (!(Number.isInteger(runs) && runs >= 1)) fail(`--runs: expected a whole number from 1, found '${values.runs}'`);
  const subjects = subjectNames.filter((subject) => values.subject?.includes(subject) ?? true);
  const stranger = values.subject?.find((one) => !subjectNames.some((subject) => subject === one));
  if (stranger !== undefined) fail(`--subject: expected ${subjectNames.join(' or ')}, found '${stranger}'`);
  if (values.write && subjects.length < subjectNames.length)
    fail('--write keeps figures of one session for both: leave --subject away');
  const cells = chosen(values.quick ? quickPlan() : fullPlan(), values.only ?? []);
  return { cells, subjects, runs, write: values.write, render: values.render };
}

function chosen(plan: readonly Cell[], patterns: readonly string[]): readonly Cell[] {
  if (patterns.length === 0) return plan;
  const all = [...plan, ...byNameOnly];
  const wanted = new Set(
    patterns.flatMap((pattern) => {
      const found = named(pattern, all);
      if (found.length === 0)
        fail(`--only: nothing is called '${pattern}'; there are ${all.map(({ id }) => id).join(', ')}`);
      return found;
    }),
  );
  return all.filter((cell) => wanted.has(cell));
}

function fail(why: string): never {
  console.error(`bench: ${why}`);
  process.exit(1);
}
