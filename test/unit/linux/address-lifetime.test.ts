import test from 'ava';
import { lifetimeUntil } from '#linux/address-lifetime';
import { instant, never } from '#lib/time';

const at = instant(1_000_000);

for (const [leftMs, seconds] of [
  [1, 1],
  [900, 1],
  [1949, 1],
  [1951, 2],
  [2000, 2],
  [2900, 2],
  [10_000, 10],
] as const) {
  test(`${leftMs} ms left are ${seconds} s of address lifetime`, (t) => {
    t.deepEqual(lifetimeUntil(instant(at + leftMs), at), { kind: 'seconds', seconds });
  });
}

test('a deadline that has passed is not written', (t) => {
  t.is(lifetimeUntil(at, at).kind, 'past');
  t.is(lifetimeUntil(instant(at - 1), at).kind, 'past');
});

test('no deadline is for ever, an endless one is a number that the kernel takes', (t) => {
  t.deepEqual(lifetimeUntil(null, at), { kind: 'for-ever' });
  const endless = lifetimeUntil(never, at);
  t.true(endless.kind === 'seconds' && endless.seconds < 0xffffffff);
});
