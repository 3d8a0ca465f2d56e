// The alarm that is never early, and the poll that answers only once nothing waits.

import test from 'ava';
import { LoopTimer } from '#linux/loop-timer';
import { MonotonicClock } from '#linux/monotonic-clock';
import { instant, later, longAgo, never } from '#lib/time';

const clock = new MonotonicClock();

function timer(more: Partial<ConstructorParameters<typeof LoopTimer>[0]> = {}): LoopTimer {
  const idle = (): undefined => undefined;
  return new LoopTimer({ clock, wake: idle, polled: idle, waiting: () => () => true, ...more });
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('the clock is the monotonic one of the host, in milliseconds', async (t) => {
  const { readFileSync } = await import('node:fs');
  const before = clock.now();
  const uptimeMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  // Uptime counts suspends, the monotonic clock does not: on a host that never slept they agree.
  t.true(Math.abs(uptimeMs - before) < 1000);
  await pause(20);
  const passed = clock.now() - before;
  t.true(passed >= 19 && passed < 500);
  t.true(Math.abs(clock.wall() - Date.now()) < 100);
});

test('an alarm is never early, whatever the fraction', async (t) => {
  const lateness: number[] = [];
  for (let i = 0; i < 60; i += 1) {
    await new Promise<void>((resolve) => {
      const at = later(clock.now(), 0.3 + (i % 10) * 0.37);
      const one = timer({
        wake: () => {
          lateness.push(clock.now() - at);
          resolve();
        },
      });
      one.wakeAt(at);
    });
  }
  t.true(Math.min(...lateness) >= 0);
  const sorted = lateness.toSorted((a, b) => a - b);
  t.true((sorted[30] ?? 99) < 3);
});

test('a later call replaces the alarm, and `never` takes it away', async (t) => {
  const rung: number[] = [];
  const one = timer({ wake: () => rung.push(clock.now()) });
  const first = later(clock.now(), 10);
  one.wakeAt(first);
  one.wakeAt(later(first, 30));
  await pause(100);
  t.is(rung.length, 1);
  t.true((rung[0] ?? 0) >= first + 30);
  one.wakeAt(later(clock.now(), 5));
  one.wakeAt(never);
  await pause(30);
  t.is(rung.length, 1);
});

test('an alarm in the past comes soon and once, one beyond the limit of setTimeout does not', async (t) => {
  let rung = 0;
  const one = timer({
    wake: () => {
      rung += 1;
    },
  });
  for (const at of [longAgo, instant(clock.now() - 5), clock.now()]) {
    one.wakeAt(at);
    await pause(10);
  }
  t.is(rung, 3);
  for (const days of [25, 1000, 1e9]) {
    one.wakeAt(later(clock.now(), days * 86_400_000));
    await pause(10);
  }
  one.close();
  t.is(rung, 3);
});

test('a far alarm is armed again when the longest delay has passed', async (t) => {
  let shown = 0;
  let rung = 0;
  // A clock that jumps from far before to just before the alarm plays the 24 days.
  const one = timer({
    clock: { now: () => instant(shown) },
    wake: () => {
      rung += 1;
    },
  });
  one.wakeAt(instant(15));
  await pause(30);
  t.is(rung, 0);
  shown = 20;
  await pause(40);
  t.is(rung, 1);
});

test('a poll answers with the instant of the call, once nothing waits', async (t) => {
  let waits = 3;
  const polled: number[] = [];
  const one = timer({
    polled: (begun) => polled.push(begun),
    waiting: () => () => {
      waits -= 1;
      return waits < 0;
    },
  });
  const before = clock.now();
  one.poll();
  const after = clock.now();
  t.deepEqual(polled, []);
  await pause(30);
  t.is(waits, -1);
  t.is(polled.length, 1);
  const [begun = -1] = polled;
  t.true(begun >= before && begun <= after);
});

test('many polls at once get two answers, the last for the newest call', async (t) => {
  let now = 0;
  const polled: number[] = [];
  const one = timer({ clock: { now: () => instant(now) }, polled: (begun) => polled.push(begun) });
  for (now = 1; now <= 50; now += 1) one.poll();
  await pause(20);
  t.deepEqual(polled, [1, 50]);
});

test('a poll asked for in the answer to a poll is answered too', async (t) => {
  let now = 0;
  const polled: number[] = [];
  const one: LoopTimer = timer({
    clock: { now: () => instant(now) },
    polled: (begun) => {
      polled.push(begun);
      now += 1;
      if (now < 5) one.poll();
    },
  });
  one.poll();
  await pause(20);
  t.deepEqual(polled, [0, 1, 2, 3, 4]);
});

test('nothing comes after close', async (t) => {
  let calls = 0;
  const count = (): void => {
    calls += 1;
  };
  const one = timer({ wake: count, polled: count });
  one.wakeAt(later(clock.now(), 5));
  one.poll();
  one.close();
  one.wakeAt(longAgo);
  one.poll();
  await pause(30);
  t.is(calls, 0);
});

// Serial, because it keeps the loop busy.
test.serial(
  'how late an alarm was is counted: also one whose work a packet did first, but not one that was not due',
  async (t) => {
    const one = timer();
    one.wakeAt(later(clock.now(), 5));
    const until = clock.now() + 40;
    while (clock.now() < until);
    await pause(5);
    t.is(one.late.count, 1);
    t.true(one.late.maxMs >= 34 && one.late.maxMs < 300, `${one.late.maxMs}`);

    const late = later(clock.now(), -7);
    one.wakeAt(late);
    one.wakeAt(later(clock.now(), 1000));
    t.is(one.late.count, 2);
    t.true(one.late.sumMs - one.late.maxMs >= 7);

    one.wakeAt(later(clock.now(), 2000));
    one.wakeAt(never);
    one.wakeAt(longAgo);
    await pause(5);
    t.is(one.late.count, 2);
    one.close();
  },
);
