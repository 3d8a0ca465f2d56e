import test from 'ava';
import { endMark, median, replaced, startMark, table } from '../../bench/table.ts';
import type { Case } from '../../bench/cases.ts';

const of: Case = {
  id: 'x',
  title: 'a case',
  unit: 'ms',
  interval: '1s',
  subjects: ['locum', 'keepalived'],
  measure: () => Promise.reject(new Error('not measured here')),
};
const ms = (...values: (number | null)[]) => values.map((value) => ({ value, stallMs: 1 }));

test('the median of an even count lies between the middle two', (t) => {
  t.is(median([1, 2, 4, 9]), 3);
  t.is(median([1, 2, 9]), 2);
});

test('a row has medians, extremes and the ratio', (t) => {
  const text = table([{ of, measured: { locum: ms(10, 30, 20), keepalived: ms(200, 100, 300) } }]);
  t.true(text.includes('| a case | 1s | ms | **20** (10 to 30) | **200** (100 to 300) | 0.10 |'));
});

test('never is longer than anything, and gives no ratio', (t) => {
  const text = table([{ of, measured: { locum: ms(2000), keepalived: ms(null, 5, null) } }]);
  t.true(text.includes('**never¹** (5 to never¹) | – |'));
});

test('only what is between the marks is replaced, and missing marks are an error', (t) => {
  t.is(replaced(`a\n${startMark}\nold\n${endMark}\nz`, 'new'), `a\n${startMark}\nnew\n${endMark}\nz`);
  t.throws(() => replaced('nothing', 'new'), { message: /expected the lines/ });
});
