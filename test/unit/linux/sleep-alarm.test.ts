// The alarm on boot time, by the clocks of this host: it never sleeps here, so boot time reaches an instant when the
// monotonic clock does. A suspend is told by what the alarm is told of how far ahead boot time is.

import test, { type ExecutionContext } from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { later } from '#lib/time';
import { MonotonicClock } from '#linux/monotonic-clock';
import { SleepAlarm } from '#linux/sleep-alarm';

function play(t: ExecutionContext) {
  const clock = new MonotonicClock();
  const aheadMs = clock.suspendedMs();
  const seen = { aheadMs, rings: 0 };
  const alarm = new SleepAlarm({ aheadMs: () => seen.aheadMs, ring: () => (seen.rings += 1) });
  t.teardown(() => alarm.close());
  return { clock, seen, alarm };
}

test.serial('it rings when nobody set it anew in time, once', async (t) => {
  const { clock, seen, alarm } = play(t);
  alarm.set(later(clock.now(), 30));
  await sleep(15);
  t.is(seen.rings, 0);
  await sleep(60);
  t.is(seen.rings, 1);
  await sleep(40);
  t.is(seen.rings, 1);
});

test.serial('who sets it anew in time never hears of it', async (t) => {
  const { clock, seen, alarm } = play(t);
  for (let i = 0; i < 10; i += 1) {
    alarm.set(later(clock.now(), 200));
    await sleep(10);
  }
  t.is(seen.rings, 0);
});

test.serial('an instant that is over rings at once', async (t) => {
  const { clock, seen, alarm } = play(t);
  alarm.set(later(clock.now(), -5000));
  await sleep(20);
  t.is(seen.rings, 1);
});

test.serial('a suspend since it was last set rings too, though the new instant is far away', async (t) => {
  const { clock, seen, alarm } = play(t);
  alarm.set(later(clock.now(), 60_000));
  seen.aheadMs += 5000;
  alarm.set(later(clock.now(), 60_000));
  await sleep(20);
  t.is(seen.rings, 1);
  alarm.set(later(clock.now(), 60_000));
  await sleep(20);
  t.is(seen.rings, 1);
});

test.serial('closed, it does not ring any more', async (t) => {
  const { clock, seen, alarm } = play(t);
  alarm.set(later(clock.now(), 20));
  alarm.close();
  await sleep(50);
  alarm.set(clock.now());
  await sleep(20);
  t.is(seen.rings, 0);
});
