// PROTOCOL section 2, rank: effective priority, then the higher tie-break address, then the name.

import test from 'ava';
import * as fc from 'fast-check';
import { compareRank, type Rank } from '#core/rank';

const ranks: fc.Arbitrary<Rank> = fc.record({
  priority: fc.integer({ min: 1, max: 3 }),
  tieBreak: fc.constantFrom(null, '192.0.2.1', '192.0.2.9', '192.0.2.10', 'fe80::1', 'fe80::2'),
  node: fc.constantFrom('a', 'b', 'c', 'lb10', 'lb9'),
});

test('rank is a strict total order', (t) => {
  fc.assert(
    fc.property(ranks, ranks, ranks, (a, b, c) => {
      const same = a.priority === b.priority && a.tieBreak === b.tieBreak && a.node === b.node;
      t.is(compareRank(a, b) === 0, same);
      t.is(Math.sign(compareRank(a, b)), -Math.sign(compareRank(b, a)) + 0);
      if (compareRank(a, b) < 0 && compareRank(b, c) < 0) t.true(compareRank(a, c) < 0);
    }),
    { numRuns: 2000 },
  );
});

test('rank: priority before address before name, and addresses compare as numbers', (t) => {
  const better = (a: Partial<Rank>, b: Partial<Rank>) => {
    const base = { priority: 100, tieBreak: '192.0.2.5', node: 'm' };
    return compareRank({ ...base, ...a }, { ...base, ...b }) < 0;
  };
  t.true(better({ priority: 101, tieBreak: null }, { priority: 100, tieBreak: '203.0.113.9' }));
  t.true(better({ tieBreak: '192.0.2.10' }, { tieBreak: '192.0.2.9' }));
  t.true(better({ tieBreak: '192.0.2.1' }, { tieBreak: null }));
  t.true(better({ node: 'z' }, { node: 'a' }));
});
