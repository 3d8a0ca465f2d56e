// Near misses and durations, the two places where somebody's slip is guessed.

import * as fc from 'fast-check';
import test from 'ava';
import { formatDuration, nearDuration, parseDuration } from '#config/duration';
import { nearest } from '#config/near-miss';

const keys = ['name', 'key_file', 'auth', 'interval', 'down_after', 'paths', 'multicast', 'port', 'peers', 'nodes'];

const misses: readonly (readonly [written: string, meant: string | null])[] = [
  ['intervall', 'interval'],
  ['inteval', 'interval'],
  ['itnerval', 'interval'],
  ['Interval', 'interval'],
  ['int', 'interval'],
  ['key-file', 'key_file'],
  ['keyfile', 'key_file'],
  ['down-after', 'down_after'],
  ['downafter', 'down_after'],
  ['path', 'paths'],
  ['peer', 'peers'],
  ['node', 'nodes'],
  ['prot', 'port'],
  ['multi_cast', 'multicast'],
  ['colour', null],
  ['x', null],
  ['', null],
  ['interface', null],
];

for (const [written, meant] of misses) {
  test(`near miss: ${JSON.stringify(written)} is ${meant ?? 'nothing known'}`, (t) => {
    t.is(nearest(written, keys), meant);
  });
}

test('a word is nearest to itself, and one slip away is found', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...keys), fc.nat(3), fc.nat(), (key, slip, seed) => {
      const at = seed % key.length;
      const [head, tail] = [key.slice(0, at), key.slice(at)];
      const slipped =
        [`${head}z${tail}`, head + tail.slice(1), `${head}z${tail.slice(1)}`, key.toUpperCase()][slip] ?? '';
      return nearest(key, keys) === key && nearest(slipped, keys) === key;
    }),
  );
  t.pass();
});

const durations: readonly (readonly [text: string, ms: number | null])[] = [
  ['0s', 0],
  ['250ms', 250],
  ['3s', 3000],
  ['1m', 60_000],
  ['2h', 7_200_000],
  ['0.1s', 100],
  ['1.5s', 1500],
  ['0.29s', 290],
  ['1.005s', 1005],
  ['0.5ms', null],
  ['1', null],
  ['', null],
  ['s', null],
  ['-1s', null],
  ['+1s', null],
  ['1 s', null],
  ['1S', null],
  ['1s ', null],
  ['.5s', null],
  ['1e3ms', null],
  ['1m30s', null],
];

for (const [text, ms] of durations) {
  test(`duration ${JSON.stringify(text)}`, (t) => {
    t.is(parseDuration(text), ms);
  });
}

test('a duration reads back as it was written out', (t) => {
  fc.assert(fc.property(fc.nat(10 ** 9), (ms) => parseDuration(formatDuration(ms)) === ms));
  t.deepEqual([0, 1, 999, 1000, 1500, 60_000, 90_000, 3_600_000].map(formatDuration), [
    '0s',
    '1ms',
    '999ms',
    '1s',
    '1500ms',
    '1m',
    '90s',
    '1h',
  ]);
});

test('what was meant by a duration with a slip', (t) => {
  const meant = ['1', ' 5 s ', '100 msec', '2min', '3 Seconds', '1.5', '7x', 'soon', ''].map(nearDuration);
  t.deepEqual(meant, ['1s', '5s', '100ms', '2m', '3s', '1.5s', null, null, null]);
});
