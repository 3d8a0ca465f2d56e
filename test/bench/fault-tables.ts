// Tables of what faults do: to one address, and to many at once; and where the time of a takeover goes.

import { faults } from './faults.ts';
import { addressCounts, addressesId, faultId, intervals } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import { stepNames, stepTitle } from './steps.ts';
import { subjectNames, type SubjectName } from './subject.ts';
import { pair, pairHead, source, spread, table } from './words.ts';

const fault = (results: Results, id: string, title: string, interval: string): string[] => {
  const cell = faultId(id, interval);
  const both = (subject: SubjectName) => spread(spreadIn(results, cell, subject, 'bothMs'));
  return [title, interval, ...pair(results, cell, 'gapMs'), both('locum'), both('keepalived')];
};

export function faultTable(results: Results): string {
  const head = ['fault', 'interval', ...pairHead, 'two holders: locum', 'keepalived'];
  const rows = intervals.flatMap((interval) =>
    faults
      .filter(({ moves }) => moves || interval === '1s')
      .map(({ id, title }) => fault(results, id, title, interval)),
  );
  return [table(head, rows), afterHeal(results), source(results, 'faults/')].join('\n\n');
}

function afterHeal(results: Results): string {
  const of = (interval: string, subject: SubjectName) =>
    spread(spreadIn(results, faultId('partition', interval), subject, 'bothAfterHealMs'));
  const rows = intervals.map((interval) => [interval, of(interval, 'locum'), of(interval, 'keepalived')]);
  return table(
    [
      'two holders after a partition healed, ms from the start of the command that heals it; interval',
      'locum',
      'keepalived',
    ],
    rows,
  );
}

export function addressTable(results: Results): string {
  const of = (cell: string, subject: SubjectName, measure: string) => spread(spreadIn(results, cell, subject, measure));
  const rows = ['stop', 'gone'].flatMap((id) =>
    addressCounts.map((count) => {
      const cell = addressesId(id, count);
      const times = subjectNames.flatMap((subject) =>
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

export function stepTable(results: Results): string {
  const cells = ['stop', 'gone'].flatMap((id) =>
    addressCounts.map((count) => ({ id, count, cell: addressesId(id, count) })),
  );
  const names = stepNames(
    results.rows
      .filter(({ cell, subject }) => subject === 'locum' && cell.startsWith('addresses/'))
      .flatMap(({ samples }) => samples),
  );
  if (names.length === 0) return 'Not measured yet.';
  const rows = cells.map(({ id, count, cell }) => [
    faults.find((one) => one.id === id)?.title ?? id,
    String(count),
    ...names.map((name) => spread(spreadIn(results, cell, 'locum', name))),
  ]);
  return `${table(['fault', 'addresses', ...names.map(stepTitle)], rows)}\n\nMicroseconds from the decision.`;
}
