// The charts of docs/benchmarks, drawn from the results: gaps of each fault at an interval, arrivals of many addresses,
// and how costs grow with groups and with nodes. What was not measured is left out of a chart.

import { faults } from './faults.ts';
import { growth } from './growth-chart.ts';
import {
  addressCounts,
  addressesId,
  faultId,
  groupCounts,
  growthInterval,
  intervals,
  loadId,
  nodeCounts,
  nodesId,
} from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import type { Spread } from './stats.ts';
import { subjectNames } from './subject.ts';
import { dot, drawing, legend, line, logarithmic, type Series, text } from './svg.ts';
import { number } from './words.ts';

interface Chart {
  readonly file: string;
  readonly draw: (results: Results) => string;
}

/** A mark of one subject in a row: a dot at the first value, a line to the last, and what is written beside it. */
interface Mark {
  readonly series: Series;
  readonly from: number;
  readonly to: number;
  readonly dots: readonly number[];
  /** How far the samples of each dot lie apart, where the line is something else. */
  readonly spreads?: readonly Spread[];
  readonly words: string;
}

interface Line {
  readonly title: string;
  readonly marks: readonly Mark[];
}

const [width, left, right, top, rowHeight] = [820, 230, 610, 62, 50];
/** The least that a client asking every millisecond can tell from nothing. */
const leastMs = 1;

function rowsChart(title: string, unit: string, lines: readonly Line[]): string {
  const bottom = top + lines.length * rowHeight;
  const values = lines.flatMap(({ marks }) =>
    marks.flatMap(({ from, to, spreads }) => [from, to, ...(spreads ?? []).map(({ greatest }) => greatest)]),
  );
  const x = logarithmic(leastMs, Math.max(10, ...values), left, right);
  const grid = x.ticks.flatMap((tick) => [
    line(x.at(tick), top - 12, x.at(tick), bottom, 'grid'),
    text(x.at(tick), bottom + 18, tick.toLocaleString('en'), 'middle', 'faint'),
  ]);
  const drawn = lines.flatMap((row, i) => {
    const y = top + i * rowHeight;
    return [
      text(left - 14, y + 14, row.title, 'end'),
      ...row.marks.flatMap((mark, j) => markAt(x.at, mark, y + 2 + j * 22)),
    ];
  });
  const axis = text((left + right) / 2, bottom + 38, unit, 'middle', 'faint');
  return drawing(width, bottom + 52, title, [...legend(width - 10, 24), ...grid, ...drawn, axis]);
}

function markAt(x: (value: number) => number, mark: Mark, y: number): string[] {
  const at = (value: number): number => x(Math.max(leastMs, value));
  return [
    line(at(mark.from), y, at(mark.to), y, `line ${mark.series}`),
    ...(mark.spreads ?? []).flatMap(({ least, greatest }, i) => {
      // The first's above the line, the last's below: both may have the same place.
      const beside = y + (i === 0 ? -6 : 6);
      const ends = [least, greatest].map((value) =>
        line(at(value), beside - 2, at(value), beside + 2, `thin ${mark.series}`),
      );
      return [line(at(least), beside, at(greatest), beside, `thin ${mark.series}`), ...ends];
    }),
    ...mark.dots.map((value) => dot(at(value), y, mark.series)),
    text(
      Math.max(at(mark.to), ...mark.dots.map(at), ...(mark.spreads ?? []).map(({ greatest }) => at(greatest))) + 9,
      y + 4,
      mark.words,
    ),
  ];
}

/** Median and spread of the gaps, and in words where two hosts never ceased to answer. */
function gapChart(results: Results, interval: string): string {
  const lines = faults.flatMap(({ id, title }): Line[] => {
    const cell = faultId(id, interval);
    const marks = subjectNames.flatMap((series): Mark[] => {
      const gap = spreadIn(results, cell, series, 'gapMs');
      if (gap === null) return [];
      const both = spreadIn(results, cell, series, 'bothMs')?.median ?? 0;
      const two = both > 0 ? `, two holders ${Number.isFinite(both) ? `for ${number(both)}` : 'without end'}` : '';
      return [{ series, from: gap.least, to: gap.greatest, dots: [gap.median], words: `${number(gap.median)}${two}` }];
    });
    return marks.length === 0 ? [] : [{ title: title.replaceAll('`', ''), marks }];
  });
  return rowsChart(
    `Longest gap that a client sees, interval ${interval}`,
    'milliseconds; dot: median, line: least to greatest',
    lines,
  );
}

function arrivalChart(results: Results, fault: string, title: string): string {
  const lines = addressCounts.flatMap((count): Line[] => {
    const marks = subjectNames.flatMap((series): Mark[] => {
      const cell = addressesId(fault, count);
      const [first, last] = ['firstMs', 'lastMs'].map((measure) => spreadIn(results, cell, series, measure));
      if (!first || !last) return [];
      const [from, to] = [first.median, last.median];
      return [
        { series, from, to, dots: [from, to], spreads: [first, last], words: `${number(from)} to ${number(to)}` },
      ];
    });
    return marks.length === 0
      ? []
      : [{ title: `${count.toLocaleString('en')} ${count === 1 ? 'address' : 'addresses'}`, marks }];
  });
  return rowsChart(
    `First and last address to arrive after ${title}, interval ${growthInterval}`,
    'milliseconds; dots: medians of the first and the last; above and below them: least to greatest of each',
    lines,
  );
}

const byGroups = groupCounts.map((count) => ({ x: count, cell: loadId(count, growthInterval) }));
const byNodes = nodeCounts.map((count) => ({ x: count, cell: nodesId(count) }));
const cpu = { measure: 'holderCpu', unit: '% of a core', what: 'CPU of the holder' };
const memory = { measure: 'holderMb', unit: 'MB', what: 'Resident memory of the holder' };
const frames = { measure: 'framesPerS', unit: 'frames per second', what: 'Frames of all nodes' };

export const charts: readonly Chart[] = [
  ...intervals.map((interval) => ({
    file: `gaps-${interval}.svg`,
    draw: (results: Results) => gapChart(results, interval),
  })),
  { file: 'arrival-stop.svg', draw: (results) => arrivalChart(results, 'stop', 'a clean stop') },
  { file: 'arrival-gone.svg', draw: (results) => arrivalChart(results, 'gone', 'a host is gone') },
  { file: 'cpu-groups.svg', draw: (results) => growth(results, cpu, 'groups', byGroups) },
  { file: 'memory-groups.svg', draw: (results) => growth(results, memory, 'groups', byGroups) },
  { file: 'frames-groups.svg', draw: (results) => growth(results, frames, 'groups', byGroups) },
  { file: 'cpu-nodes.svg', draw: (results) => growth(results, cpu, 'nodes', byNodes) },
  { file: 'memory-nodes.svg', draw: (results) => growth(results, memory, 'nodes', byNodes) },
];
