// Tables of what faults do: to one address, and to many at once; and where the time of a takeover goes.

import { faults } from './faults.ts';
import { addressCounts, addressesId, crowdId, faultId, intervals } from './plan.ts';
import { type Results, spreadIn } from './results.ts';
import { stepNames, stepTitle } from './steps.ts';
import { subjectNames, type SubjectName } from './subject.ts';
import { number, pair, pairHead, source, spread, table } from './words.ts';

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
        ...subjectNames.map((subject) => of(cell, subject, 'gapMs')),
      ];
    }),
  );
  const head = ['fault', 'addresses', 'locum: first', 'last', 'keepalived: first', 'last'];
  const spreads = ['first to last: locum', 'keepalived', 'ratio', 'target'];
  const gaps = ['client of the last, longest gap: locum', 'keepalived'];
  return `${table([...head, ...spreads, ...gaps], rows)}\n\n${source(results, 'addresses/')}`;
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
  return `${table(['fault', 'addresses', ...names.map(stepTitle)], rows)}\n\nMicroseconds from the decision.${oneByOne(results)}`;
}

/** What confirming and announcing each address by itself could bring, from the steps of those that go together. */
function oneByOne(results: Results): string {
  const at = (id: string, name: string) => spreadIn(results, addressesId(id, 255), 'locum', `step:${name}`)?.median;
  const lines = ['stop', 'gone'].flatMap((id) => {
    const [open, confirmed, active] = [at(id, 'gate_open'), at(id, 'addresses_confirmed'), at(id, 'active_said')];
    const [first, last] = [at(id, 'first_announcement'), at(id, 'last_announcement')];
    if (open === undefined || confirmed === undefined || active === undefined) return [];
    if (first === undefined || last === undefined) return [];
    const ms = (us: number): string => number(us / 1000);
    return [
      `- ${faults.find((one) => one.id === id)?.title}: ${ms(confirmed - open)} ms to add all and have them confirmed (${number((confirmed - open) / 255)} µs each), ` +
        `${ms(active - confirmed)} ms until "active" is said, ${ms(last - first)} ms for all announcements (${number((last - first) / 255)} µs each). ` +
        `The first announcement could come ${ms(first - open)} ms earlier at most, after the first address alone; the last is behind the same work.`,
    ];
  });
  return lines.length === 0 ? '' : `\n\nOf 255 addresses, by the medians:\n\n${lines.join('\n')}`;
}

/** 255 addresses at 10 ms: whether the next host keeps them. */
export function crowdTable(results: Results): string {
  const cell = crowdId('gone', '10ms');
  const row = (title: string, measure: string) => [
    title,
    ...subjectNames.map((subject) => spread(spreadIn(results, cell, subject, measure))),
  ];
  const rows = [
    row('longest gap at the client of the last address, ms', 'gapMs'),
    row('from the first request of that client that is lost to the last, ms', 'unrestMs'),
    row('addresses that the next host has three seconds later', 'held'),
    row('addresses that the next host claimed, each time counted', 'claims'),
    row('addresses that the next host let go of again, each time counted', 'letGo'),
    row('leases that lapsed on it', 'lapses'),
  ];
  return `${table(['host gone, 255 addresses at 10 ms', 'locum', 'keepalived'], rows)}\n\n${source(results, 'crowd/')}`;
}
