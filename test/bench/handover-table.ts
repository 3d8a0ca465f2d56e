// A handover against the 2 to 5 ms that it is to take, and where its time goes: before the new holder decides, and after.

import { addressesId, faultId, growthInterval, intervals } from './plan.ts';
import { type Results, type Sample, spreadIn } from './results.ts';
import { spreadOf } from './stats.ts';
import { stepNames, stepTitle } from './steps.ts';
import { number, nothing, spread, table } from './words.ts';

/** Milliseconds, whatever the interval. */
const mostMs = 5;
const announced = 'step:first_announcement';

const samplesOf = (results: Results, cell: string): readonly Sample[] =>
  results.rows.find((row) => row.cell === cell && row.subject === 'locum')?.samples ?? [];

export function handoverTable(results: Results): string {
  const cells = intervals.map((interval) => ({ interval, cell: faultId('stop', interval) }));
  const names = stepNames(cells.flatMap(({ cell }) => samplesOf(results, cell)));
  const rows = cells.map(({ interval, cell }) => {
    const gaps = samplesOf(results, cell).map(({ gapMs }) => gapMs ?? Number.POSITIVE_INFINITY);
    // The client asks every millisecond: what it calls 5.1 is five of its requests.
    const within = gaps.filter((ms) => ms < mostMs + 0.5).length;
    return [
      interval,
      spread(spreadIn(results, cell, 'locum', 'gapMs')),
      gaps.length === 0 ? nothing : `${within} of ${gaps.length}`,
      verdict(spreadIn(results, cell, 'locum', 'gapMs')?.median),
      ...names.map((name) => spread(spreadIn(results, cell, 'locum', name))),
    ];
  });
  const head = ['clean stop at', 'longest gap at the client, ms', '5 ms or less', '2 to 5 ms', ...names.map(stepTitle)];
  const steps = names.length === 0 ? [] : ['Steps in microseconds from the decision of the new holder.'];
  return [table(head, rows), ...steps, ...parts(results)].join('\n\n');
}

const verdict = (median: number | undefined): string =>
  median === undefined ? 'not measured' : median < mostMs + 0.5 ? 'met' : `**${number(median - mostMs)} ms more**`;

/** Of the same sample: from the signal to the announcement that the client hears, without what the new holder says of itself. */
function parts(results: Results): string[] {
  const both = samplesOf(results, addressesId('stop', 1)).flatMap((sample) => {
    const [heardMs, us] = [sample['firstMs'], sample[announced]];
    return typeof heardMs === 'number' && typeof us === 'number' ? [{ heardMs, afterMs: us / 1000 }] : [];
  });
  const of = (value: (one: (typeof both)[number]) => number): string => spread(spreadOf(both.map(value)));
  if (both.length === 0) return [];
  return [
    `At ${growthInterval}, in the samples of \`${addressesId('stop', 1)}\`, from the signal until the client hears the new holder's announcement: ${of(({ heardMs }) => heardMs)} ms. Of these ` +
      `${of(({ heardMs, afterMs }) => heardMs - afterMs)} ms come before the new holder's decision, and ${of(({ afterMs }) => afterMs)} ms after it.`,
  ];
}
