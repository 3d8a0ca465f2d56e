// How costs grow with groups and with nodes: what was found at each number, with the ratio, and what each further one adds,
// in the first part of the way and in the second, so that straight is told from steep by figures.

import { loads } from './load-tables.ts';
import { groupCounts, growthInterval, loadId, nodeCounts, nodesId } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import type { Spread } from './stats.ts';
import { milliseconds, type SubjectName, subjectNames } from './subject.ts';
import { nothing, number, pair, source, table } from './words.ts';

interface Place {
  readonly count: number;
  readonly cell: string;
}

interface Axis {
  readonly what: string;
  readonly places: readonly Place[];
  /** Where the first part of the way ends; for who does not go so far, the place in the middle. */
  readonly turn: number;
}

const axes: readonly Axis[] = [
  { what: 'group', turn: 100, places: groupCounts.map((count) => ({ count, cell: loadId(count, growthInterval) })) },
  { what: 'node', turn: 8, places: nodeCounts.map((count) => ({ count, cell: nodesId(count) })) },
];
const measures = loads.filter(([measure]) => /^holder(?:Cpu|Mb)|^frames/.test(measure));

/** In words that fit what one more adds: a share of a core, of many things in an interval, is microseconds in that interval. */
const units: Readonly<Record<string, readonly [unit: string, factor: number]>> = {
  holderCpu: [`µs in an interval of ${growthInterval}`, milliseconds(growthInterval) * 10],
  holderMb: ['kB', 1024],
  framesPerS: ['frames per second', 1],
};

const named = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

export function growthTable(results: Results): string {
  const row = (what: string, cell: string) => [
    what,
    ...measures.flatMap(([measure]) => pair(results, cell, measure).slice(0, 3)),
  ];
  const head = ['', ...measures.flatMap(([, title]) => [`${title}: locum`, 'keepalived', 'ratio'])];
  const rows = axes.flatMap(({ what, places }) =>
    places.map(({ count, cell }) =>
      row(what === 'group' ? `${named(count, what)}, 2 nodes` : `1 group, ${named(count, what)}`, cell),
    ),
  );
  const said = `Medians and spread, interval ${growthInterval}. ${source(results, ...axes.flatMap(({ places }) => places.map(({ cell }) => cell)))}`;
  return [table(head, rows), said, 'What each further one adds:', stepsTable(results)].join('\n\n');
}

function stepsTable(results: Results): string {
  const rows = axes.flatMap((axis) =>
    measures.flatMap(([measure, title]) =>
      subjectNames.flatMap((subject) => stepsRow(results, axis, measure, title, subject)),
    ),
  );
  return table(['each further', 'of', 'subject', 'first', 'last', 'unit', 'first part', 'second part', 'shape'], rows);
}

function stepsRow(results: Results, axis: Axis, measure: string, title: string, subject: SubjectName): string[][] {
  const points = axis.places.flatMap(({ count, cell }): Point[] => {
    const found = spreadIn(results, cell, subject, measure);
    return found === null ? [] : [{ ...found, at: count }];
  });
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < 3) return [];
  const inner = points.slice(1, -1);
  const middle = inner.find(({ at }) => at === axis.turn && last.at > 2 * at) ?? inner[inner.length >> 1] ?? first;
  const [unit, factor] = units[measure] ?? ['', 1];
  const part = (from: Point, to: Point): string => `${signed(slope(from, to) * factor)} (${from.at} to ${to.at})`;
  return [
    [
      axis.what,
      title,
      subject,
      number(first.median),
      number(last.median),
      unit,
      part(first, middle),
      part(middle, last),
      shape(points, middle),
    ],
  ];
}

interface Point extends Spread {
  readonly at: number;
}

const slope = (from: Point, to: Point): number => (to.median - from.median) / (to.at - from.at);
function signed(value: number): string {
  if (Math.abs(value) < 0.005) return '0';
  return value < 0 ? `−${number(-value)}` : number(value);
}

const apart = (one: Point, other: Point): boolean => one.greatest < other.least || other.greatest < one.least;

/** What the samples permit to say: medians whose spreads overlap are not told apart. A tenth is the width of "straight". */
export function shape(points: readonly Point[], middle: Point): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return nothing;
  if (!apart(first, last)) return 'less growth than spread';
  const [before, after] = [slope(first, middle), slope(middle, last)];
  if (after > before * 1.1)
    return apart(middle, last) && lies(first, middle, last) ? '**steeper**' : 'straight within the spread';
  return after < before * 0.9 ? 'flatter' : 'straight';
}

/** The middle is below what a straight line through the ends permits, and not only its median. */
function lies(first: Point, middle: Point, last: Point): boolean {
  const on = first.median + slope(first, last) * (middle.at - first.at);
  return middle.greatest < on;
}
