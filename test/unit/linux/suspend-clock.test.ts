// Two clocks that are read one after the other, by a process that may be stopped in between.

import test from 'ava';
import { type Distance, SuspendClock } from '#linux/suspend-clock';
import { MonotonicClock } from '#linux/monotonic-clock';

/** A host whose suspends are known, and how long each reading takes. */
function host() {
  const play = { suspendedMs: 0, readingMs: 0.001, when: 0.5 };
  const read = (): Distance => {
    const atMs = play.readingMs * play.when;
    return { leastMs: play.suspendedMs - (play.readingMs - atMs), mostMs: play.suspendedMs + atMs };
  };
  return { play, read };
}

test('a suspend shows, and each further one', (t) => {
  const { play, read } = host();
  const clock = new SuspendClock(read);
  const before = clock.suspendedMs();
  t.is(clock.suspendedMs(), before);
  play.suspendedMs = 5000;
  t.true(Math.abs(clock.suspendedMs() - before - 5000) < 0.01);
  t.is(clock.suspendedMs(), clock.suspendedMs());
  play.suspendedMs = 5020;
  t.true(Math.abs(clock.suspendedMs() - before - 5020) < 0.01);
});

test('being stopped between the two readings, for however long and at whatever moment, is no suspend', (t) => {
  const { play, read } = host();
  const clock = new SuspendClock(read);
  const before = clock.suspendedMs();
  for (let i = 0; i < 1000; i += 1) {
    play.readingMs = i % 3 === 0 ? 4000 : 0.001;
    play.when = (i % 11) / 10;
    t.is(clock.suspendedMs(), before);
  }
});

test('neither is it when only the first readings were slow', (t) => {
  const { play, read } = host();
  for (const when of [0, 0.5, 1]) {
    play.readingMs = 300;
    play.when = when;
    const clock = new SuspendClock(read);
    const before = clock.suspendedMs();
    play.readingMs = 0.001;
    t.is(clock.suspendedMs(), before);
  }
});

test('what the rounding of two large numbers adds is none, however often', (t) => {
  let far = 3e9;
  const clock = new SuspendClock(() => {
    far = far === 3e9 ? 3e9 + 5e-7 : 3e9;
    return { leastMs: far, mostMs: far };
  });
  const before = clock.suspendedMs();
  for (let i = 0; i < 100_000; i += 1) clock.suspendedMs();
  t.is(clock.suspendedMs(), before);
});

test("this host's clocks: no suspend while a test runs, and a look costs microseconds", (t) => {
  const clock = new MonotonicClock();
  const before = clock.suspendedMs();
  const from = clock.now();
  const looks = 10_000;
  for (let i = 0; i < looks; i += 1) if (clock.suspendedMs() !== before) t.fail('a suspend that was none');
  const eachUs = ((clock.now() - from) / looks) * 1000;
  t.log(`${eachUs.toFixed(2)} µs for a look`);
  t.true(eachUs < 500, `${eachUs} µs`);
});
