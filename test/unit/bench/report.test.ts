import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { charts } from '../../bench/charts.ts';
import { fullPlan, quickPlan } from '../../bench/plan.ts';
import { beginMark, endMark, replaced, report } from '../../bench/report.ts';
import type { Results, Row } from '../../bench/results.ts';
import { sections } from '../../bench/sections.ts';
import { targets } from '../../bench/targets.ts';

const page = readFileSync('docs/benchmarks.md', 'utf8');
const none: Results = { sessions: [], rows: [] };
const rows: readonly Row[] = [
  {
    cell: 'faults/stop/1s',
    subject: 'locum',
    session: 's',
    samples: [
      { gapMs: 4, bothMs: 0 },
      { gapMs: 6, bothMs: 0 },
    ],
  },
  { cell: 'faults/stop/1s', subject: 'keepalived', session: 's', samples: [{ gapMs: 600, bothMs: null }] },
  { cell: 'load/1/100ms', subject: 'locum', session: 's', samples: [{ holderCpu: 2, holderMb: 80, framesPerS: 20 }] },
  { cell: 'load/255/100ms', subject: 'locum', session: 's', samples: [{ holderCpu: 3, holderMb: 90, framesPerS: 20 }] },
];
const some: Results = { ...none, rows };

test('only what is between the marks is replaced, and missing marks are an error', (t) => {
  const text = `a\n${beginMark('x')}\nold\n${endMark('x')}\nz`;
  t.is(replaced(text, 'x', 'new'), `a\n${beginMark('x')}\n\nnew\n\n${endMark('x')}\nz`);
  t.throws(() => replaced(text, 'y', 'new'), { message: /expected the lines/ });
});

test('the page has a place for every section, and shows every chart', (t) => {
  for (const { name } of sections) t.notThrows(() => replaced(page, name, ''), name);
  for (const { file } of charts) {
    t.true(page.includes(`](benchmarks/${file})`), file);
    t.true(existsSync(`docs/benchmarks/${file}`), file);
  }
});

test('a row has medians, extremes, the ratio and its target', (t) => {
  const line = report(some)
    .split('\n')
    .find((one) => one.startsWith('| clean stop | 1s '));
  t.is(line, '| clean stop | 1s | **5.0** (4.0 to 6.0) | **600** | 0.008 | ≤ 0.02: met | **0** | **no end** |');
});

test('a target that is missed says so, and one that was not measured too', (t) => {
  const slow = { ...none, rows: rows.map((row) => ({ ...row, samples: [{ gapMs: 50 }] })) };
  t.regex(report(slow), /`faults\/stop\/1s` .* 1.00 \| \*\*not met\*\* \|/);
  t.regex(report(none), /`faults\/stop\/1s` .* not measured \|/);
});

test('what could not be measured is said', (t) => {
  const broken = ['load/255/10ms locum: the lab did not come up'];
  const session = { id: '2026-01-01T00:00', runs: 1, commit: '', kernel: '', node: '', keepalived: '', processors: '' };
  const results = { ...none, sessions: [{ ...session, longestStallMs: 1, repeated: 0, broken }] };
  t.true(report(results).includes('Could not be measured:\n\n- load/255/10ms locum: the lab did not come up'));
  t.false(report(none).includes('Could not be measured'));
});

test('every target is of something that is measured', (t) => {
  const cells = new Set(['hour', ...fullPlan().map(({ id }) => id)]);
  for (const { cell } of targets) t.true(cells.has(cell), cell);
});

test('the quick form has a cell of every part', (t) => {
  const parts = (cells: readonly { readonly id: string }[]) => new Set(cells.map(({ id }) => id.split('/')[0]));
  const quick = parts(quickPlan());
  // More nodes are measured as more groups are; unrest takes long to be seen.
  t.deepEqual(
    [...parts(fullPlan())].filter((part) => !quick.has(part)),
    ['crowd', 'nodes', 'loop'],
  );
});

test('charts are drawn from few samples and from none, without a number that is none', (t) => {
  for (const { file, draw } of charts) {
    for (const results of [none, some]) {
      const svg = draw(results);
      t.regex(svg, /^<svg .*<\/svg>\n$/s, file);
      t.notRegex(svg, /NaN|Infinity|undefined/, file);
    }
  }
  t.regex(charts[0]?.draw(some) ?? '', /5\.0<.*600, two holders without end</s);
});
