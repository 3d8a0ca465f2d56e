// Milliseconds that the kernel is given for a lease: it counts whole ticks, and drops what is left over.

import test from 'ava';
import { wholeTicks } from '#linux/kernel-tick';

const ticks = { 'HZ=1000': 1, 'HZ=300': 3.333334, 'HZ=250': 4, 'HZ=100': 10 };

for (const [name, tickMs] of Object.entries(ticks)) {
  test(`${name}: what the kernel makes of it covers the whole lease, and not a tick more`, (t) => {
    for (let ms = Math.ceil(tickMs); ms <= 3000; ms += 1) {
      const countedMs = Math.floor(wholeTicks(ms, tickMs) / tickMs) * tickMs;
      t.true(countedMs >= ms - 0.001 && countedMs < ms + tickMs, `${ms}: ${countedMs}`);
    }
  });
}

test('whole milliseconds', (t) => {
  t.is(wholeTicks(23, 4), 24);
  t.is(wholeTicks(24, 4), 24);
  t.is(wholeTicks(11, 3.333334), 14);
});
