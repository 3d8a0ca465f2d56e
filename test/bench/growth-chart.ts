// A cost against the number of groups or nodes, both axes straight and from zero, so that straight growth looks straight.

import { growthInterval } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import { ratioOf } from './stats.ts';
import { subjectNames } from './subject.ts';
import { dot, drawing, legend, line, linear, path, text, upright } from './svg.ts';
import { ratio } from './words.ts';

interface Measure {
  readonly measure: string;
  readonly unit: string;
  readonly what: string;
}

interface Place {
  readonly x: number;
  readonly cell: string;
}

const [width, height, left, right, top, bottom] = [820, 356, 70, 790, 66, 296];

export function growth(results: Results, of: Measure, axis: string, places: readonly Place[]): string {
  const lines = subjectNames.map((series) => ({
    series,
    points: places.flatMap(({ x, cell }) => {
      const found = spreadIn(results, cell, series, of.measure);
      return found === null ? [] : [{ x, ...found }];
    }),
  }));
  const all = lines.flatMap(({ points }) => points);
  const x = linear(Math.max(1, ...all.map((point) => point.x)), left, right);
  const y = linear(Math.max(1, ...all.map(({ greatest }) => greatest)), bottom, top);
  const grid = y.ticks.flatMap((tick) => [
    line(left, y.at(tick), right, y.at(tick), 'grid'),
    text(left - 8, y.at(tick) + 4, tick.toLocaleString('en'), 'end', 'faint'),
  ]);
  const drawn = lines.flatMap(({ series, points }) => [
    path(
      points.map((point) => [x.at(point.x), y.at(point.median)]),
      series,
    ),
    ...points.map((point) =>
      line(x.at(point.x), y.at(point.least), x.at(point.x), y.at(point.greatest), `line ${series}`),
    ),
    ...points.map((point) => dot(x.at(point.x), y.at(point.median), series)),
  ]);
  const below = x.ticks.map((tick) => text(x.at(tick), bottom + 18, tick.toLocaleString('en'), 'middle', 'faint'));
  const words = [
    text(
      (left + right) / 2,
      height - 18,
      `${axis}, one address each group, interval ${growthInterval}`,
      'middle',
      'faint',
    ),
    upright(18, (top + bottom) / 2, of.unit),
    text(16, 44, `dots: medians, lines: least to greatest${ratios(results, of, places)}`, 'start', 'faint'),
  ];
  return drawing(width, height, `${of.what} against ${axis}`, [
    ...legend(width - 10, 24),
    ...grid,
    ...below,
    ...words,
    ...drawn,
  ]);
}

/** At the ends of what both have, and in the middle. */
function ratios(results: Results, { measure }: Measure, places: readonly Place[]): string {
  const of = places.flatMap(({ x, cell }) => {
    const [ours, theirs] = subjectNames.map((series) => spreadIn(results, cell, series, measure));
    const found = ratioOf(ours ?? null, theirs ?? null);
    return found === null ? [] : [`${ratio(found)} at ${x}`];
  });
  const shown = of.filter((_, i) => i === 0 || i === of.length >> 1 || i === of.length - 1);
  return shown.length === 0 ? '' : `; locum to keepalived: ${shown.join(', ')}`;
}
