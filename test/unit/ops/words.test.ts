import test from 'ava';
import { ageWords, durationWords, keyWords, oneLine, outcomeWords } from '#ops/words';

test('durations keep what matters of them', (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [0, '0 ms'],
    [250, '250 ms'],
    [999.6, '1 s'],
    [1000, '1 s'],
    [3012.4, '3012 ms'],
    [60_000, '1 min'],
    [65_400, '1 min 5 s'],
    [3_600_000, '1 h'],
  ];
  for (const [ms, words] of cases) t.is(durationWords(ms), words);
});

test('ages are at most two units, and never negative', (t) => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, '0 s'],
    [999, '0 s'],
    [59_999, '59 s'],
    [3_600_000 * 26, '1 d 2 h'],
    [3_600_000 + 5000, '1 h'],
    [7_800_000, '2 h 10 min'],
  ];
  for (const [ms, words] of cases) t.is(ageWords(ms), words);
});

test('outcomes are words', (t) => {
  t.is(outcomeWords({ kind: 'exit', code: 3 }), 'exit 3');
  t.is(outcomeWords({ kind: 'signal', signal: 'SIGKILL' }), 'killed by SIGKILL');
  t.is(outcomeWords({ kind: 'timeout' }), 'timeout');
  t.is(outcomeWords({ kind: 'cannot-run', error: 'ENOENT' }), 'cannot run: ENOENT');
});

test('keys read as people write addresses, and anything else passes through', (t) => {
  t.is(keyWords('eth0/2001:db8::10/128'), '2001:db8::10/128 on eth0');
  t.is(keyWords('odd'), 'odd');
});

test('one line stays one line without control characters', (t) => {
  t.is(oneLine('  a\r\n\n b\tc\u001B[31m\u2028d\u202E \n'), 'a | b?c?[31m?d?');
});
