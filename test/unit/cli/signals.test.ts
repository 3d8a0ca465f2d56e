// Signals that come before there is a daemon, and more than once.

import test from 'ava';
import { Signals } from '#cli/signals';
import { instant } from '#lib/time';

test.serial('a stop during the start is obeyed once there is a daemon, and counts from when it came', async (t) => {
  let now = instant(5);
  let reloads = 0;
  const clock = { now: () => now, suspendedMs: () => 0, wall: () => 0 };
  const signals = new Signals(clock, () => {
    reloads += 1;
  });
  process.emit('SIGHUP', 'SIGHUP');
  process.emit('SIGTERM', 'SIGTERM');
  now = instant(300);
  const stopped: string[] = [];
  const until = signals.untilStopped(Promise.resolve(), (signal) => stopped.push(signal));
  process.emit('SIGINT', 'SIGINT');
  t.is(await until, instant(5));
  t.deepEqual(stopped, ['SIGTERM'], 'once, whoever asks again');
  t.is(reloads, 1);
});
