import test from 'ava';
import { merged, type Results, type Row, type Session, spreadIn } from '../../bench/results.ts';

const session = (id: string): Session => ({
  id,
  runs: 1,
  commit: 'c',
  kernel: 'k',
  node: 'n',
  keepalived: 'v',
  processors: '2',
  longestStallMs: 1,
  repeated: 0,
  broken: [],
});
const row = (cell: string, subject: Row['subject'], of: string, gapMs: number | null): Row => ({
  cell,
  subject,
  session: of,
  samples: [{ gapMs }],
});
const old: Results = {
  sessions: [session('one')],
  rows: [row('a', 'locum', 'one', 10), row('a', 'keepalived', 'one', 20), row('b', 'locum', 'one', 30)],
};

test('a part that is measured again replaces its own rows, and keeps the others with their session', (t) => {
  const now = merged(old, session('two'), [row('a', 'locum', 'two', 11)]);
  t.is(spreadIn(now, 'a', 'locum', 'gapMs')?.median, 11);
  t.is(spreadIn(now, 'a', 'keepalived', 'gapMs')?.median, 20);
  t.is(spreadIn(now, 'b', 'locum', 'gapMs')?.median, 30);
  t.deepEqual(
    now.sessions.map(({ id }) => id),
    ['one', 'two'],
  );
});

test('a session that no row comes from any more is dropped', (t) => {
  const all = old.rows.map((one) => ({ ...one, session: 'two' }));
  t.deepEqual(
    merged(old, session('two'), all).sessions.map(({ id }) => id),
    ['two'],
  );
});

test('what was not measured has no spread, and what never ended has one', (t) => {
  t.is(spreadIn(old, 'c', 'locum', 'gapMs'), null);
  t.is(spreadIn(old, 'a', 'locum', 'bothMs'), null);
  const never = merged(old, session('two'), [row('c', 'locum', 'two', null)]);
  t.is(spreadIn(never, 'c', 'locum', 'gapMs')?.median, Number.POSITIVE_INFINITY);
});
