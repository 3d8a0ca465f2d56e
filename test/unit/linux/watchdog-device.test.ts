// The device is played by a named pipe, and what it says of itself by the test.

import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { instant } from '#lib/time';
import type { WatchdogCalls } from '#linux/watchdog-calls';
import { neverStops, WatchdogDevice } from '#linux/watchdog-device';
import { FakeWatchdog } from '../../fixtures/fake-watchdog.ts';

const dir = mkdtempSync(join(tmpdir(), 'locum-watchdog-'));
test.after.always(() => rmSync(dir, { recursive: true }));

const magicClose = 0x8180;
let made = 0;

function play(calls: Partial<WatchdogCalls> | null = {}) {
  made += 1;
  const device = new FakeWatchdog(join(dir, `watchdog${made}`));
  const said: string[] = [];
  const time = { now: 1000 };
  const asked: number[] = [];
  const good: WatchdogCalls = {
    options: () => magicClose,
    setTimeout: (_, seconds) => {
      asked.push(seconds);
      return null;
    },
    timeout: () => asked.at(-1) ?? 60,
  };
  const arm = () =>
    new WatchdogDevice({
      path: device.path,
      clock: { now: () => instant(time.now) },
      say: (level, words) => said.push(`${level} ${words.replaceAll(device.path, 'W')}`),
      ...(calls === null ? {} : { calls: { ...good, ...calls } }),
    });
  return { device, said, time, asked, arm };
}

test('armed, fed at a tenth of what it waits, told to stand down at the end', (t) => {
  const { device, said, time, asked, arm } = play();
  const watchdog = arm();
  t.deepEqual(asked, [15]);
  t.is(watchdog.everyMs, 1500);
  t.is(device.received(), '.');
  for (const now of [1001, 2499, 2500, 2501, 3999, 4000, 60_000, 60_001]) {
    time.now = now;
    watchdog.beat();
  }
  t.is(device.received(), '...');
  watchdog.close(true);
  t.is(device.received(), 'V');
  t.deepEqual(said, ['info W is armed: it resets this host when the main loop stands still for 15 s']);
  device.close();
});

test('with something held it stays armed, and that is said', (t) => {
  const { device, said, arm } = play();
  arm().close(false);
  t.is(device.received(), '.');
  t.regex(said.at(-1) ?? '', /^error W stays armed and resets this host within 15 s.*: addresses were not released$/);
  device.close();
});

test('nothing that feeds it is the letter that disarms it', (t) => {
  const { device, time, arm } = play();
  const watchdog = arm();
  for (let i = 0; i < 100; i += 1) {
    time.now += 1500;
    watchdog.beat();
  }
  t.regex(device.received(), /^[^V]{101}$/);
  device.close();
});

test('a driver with a timeout of its own is fed by that one', (t) => {
  const { said, arm, device } = play({ setTimeout: () => 'EOPNOTSUPP', timeout: () => 60 });
  t.is(arm().everyMs, 6000);
  t.is(said[0], 'warning W keeps its own timeout of 60 s (EOPNOTSUPP)');
  t.regex(said[1] ?? '', /stands still for 60 s$/);
  device.close();
});

test('one that rounds is fed by what it says afterwards, never more often than ten times a second', (t) => {
  const rounded = play({ timeout: () => 16 });
  t.is(rounded.arm().everyMs, 1600);
  t.is(rounded.said.length, 1);
  rounded.device.close();
  const quick = play({ setTimeout: () => 'EINVAL', timeout: () => 2 });
  t.is(quick.arm().everyMs, 200);
  quick.device.close();
});

test('one that waits too short for an end in order is refused, and told to stand down', (t) => {
  const { device, arm } = play({ setTimeout: () => 'EINVAL', timeout: () => 1 });
  t.throws(arm, { message: /expected a watchdog that waits 2 s or more, found 1 s, and the driver takes no other$/ });
  t.is(device.received(), 'V');
  device.close();
});

test('no answer at all, as of a device that is no watchdog: said, and a short timeout assumed', (t) => {
  const { device, said, arm } = play(null);
  t.is(arm().everyMs, 1000);
  t.is(said[0], 'warning W does not say how long it waits (ENOTTY); 10 s are assumed');
  t.is(device.received(), '.');
  device.close();
});

test('a driver that stops on every close cannot guard against a crash: said', (t) => {
  const { device, said, arm } = play({ options: () => 0x8080 });
  arm();
  t.regex(said[0] ?? '', /^warning W: .*a daemon that crashes is not noticed by it$/);
  device.close();
});

test('a device that takes nothing never blocks, and is said once', (t) => {
  const { device, said, time, arm } = play();
  const watchdog = arm();
  for (let i = 0; i < 70_000; i += 1) {
    time.now += 1500;
    watchdog.beat();
  }
  const errors = said.filter((words) => words.startsWith('error'));
  t.deepEqual(errors, ['error W cannot be fed (EAGAIN): it resets this host within 15 s']);
  t.true(device.received().length > 1000);
  watchdog.close(true);
  t.is(device.received(), 'V');
  device.close();
});

const clock = { now: () => instant(0) };
const say = (): void => undefined;

test('what is no watchdog is not opened', (t) => {
  writeFileSync(join(dir, 'file'), 'kept');
  for (const path of [join(dir, 'file'), dir]) {
    const message = `${path}: expected a watchdog device, found something else`;
    t.throws(() => new WatchdogDevice({ path, clock, say }), { message });
  }
  const path = join(dir, 'nothing');
  t.throws(() => new WatchdogDevice({ path, clock, say }), { message: /there is no such device; load its driver/ });
});

test('a pipe that nobody reads, as a device without a driver: refused at once', (t) => {
  const { device, arm } = play();
  device.close();
  t.throws(arm, { message: /nothing stands behind it \(ENXIO\)/ });
});

test('nowayout is found out before the device is opened', (t) => {
  // The number of /dev/null, and a description of a host that says so of a watchdog.
  const sysfs = join(dir, 'sys');
  mkdirSync(join(sysfs, 'dev/char/1:3'), { recursive: true });
  mkdirSync(join(sysfs, 'class/watchdog/watchdog0'), { recursive: true });
  const path = join(dir, 'nowayout');
  symlinkSync('/dev/null', path);
  const arm = () => new WatchdogDevice({ path, clock, say, sysfs });
  writeFileSync(join(sysfs, 'dev/char/1:3/nowayout'), '1\n');
  t.throws(arm, {
    message: /nowayout is set, so that it would reset this host after every clean stop; load its driver/,
  });
  writeFileSync(join(sysfs, 'dev/char/1:3/nowayout'), '0\n');
  t.notThrows(arm);
  // 10:130, /dev/watchdog, has no entry of its own: it is the first one. Others have large numbers.
  t.false(neverStops((10 << 8) | 130, sysfs));
  writeFileSync(join(sysfs, 'class/watchdog/watchdog0/nowayout'), '1\n');
  t.true(neverStops((10 << 8) | 130, sysfs));
  mkdirSync(join(sysfs, 'dev/char/245:256'), { recursive: true });
  writeFileSync(join(sysfs, 'dev/char/245:256/nowayout'), '1\n');
  t.true(neverStops((256 << 12) | (245 << 8), sysfs));
  t.false(neverStops((256 << 12) | (246 << 8), sysfs));
});
