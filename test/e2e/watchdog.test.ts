// Both watchdogs of a real daemon: that of the service manager, played by a datagram socket, and a device, played by a
// named pipe. Fed while the main loop turns, by nothing else; the device stands down at an end in order alone.

import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { listenForDatagrams } from '../fixtures/datagram-listener.ts';
import { FakeWatchdog } from '../fixtures/fake-watchdog.ts';
import { Lab } from '../lab/lab.ts';
import { loseRoot, stallLoop } from '../lab/inside.ts';
import { Scratch } from './scratch.ts';

/** The pipe does not say how long it waits: ten seconds are assumed, and it is fed once in a tenth of them. */
const fedEveryMs = 1000;
const beatEveryMs = 100;
const slackMs = 400;

interface Guarded {
  readonly lab: Lab;
  readonly device: FakeWatchdog;
  /** What each watchdog got since the last call. */
  readonly seen: () => { device: string; beats: number };
}

async function guarded(t: ExecutionContext): Promise<Guarded> {
  const scratch = await Scratch.make(t);
  const device = new FakeWatchdog(scratch.path('watchdog'));
  const manager = listenForDatagrams(scratch.path('notify'));
  t.teardown(() => {
    device.close();
    manager.close();
  });
  process.env['NOTIFY_SOCKET'] = scratch.path('notify');
  process.env['WATCHDOG_USEC'] = String(beatEveryMs * 4 * 1000);
  const lab = await Lab.up(t, { hosts: 1, interval: '100ms', set: [`safety.watchdog=${device.path}`] }).finally(() => {
    delete process.env['NOTIFY_SOCKET'];
    delete process.env['WATCHDOG_USEC'];
  });
  const seen = () => ({
    device: device.received(),
    beats: manager.received().filter((text) => text === 'WATCHDOG=1').length,
  });
  return { lab, device, seen };
}

test.serial(
  'fed while the loop turns; not while it is stopped, nor while it is busy; stands down at a clean stop',
  async (t) => {
    const { lab, seen } = await guarded(t);
    t.regex(await lab.logs('h1'), /watchdog is armed: .* stands still for 10 s \[watchdog\]/);

    seen();
    await sleep(2 * fedEveryMs + slackMs);
    const turning = seen();
    t.regex(turning.device, /^\.{1,3}$/);
    t.true(turning.beats >= 8 && turning.beats <= 26, `${turning.beats} beats`);

    await lab.freeze('h1');
    await sleep(50);
    seen();
    await sleep(2 * fedEveryMs + slackMs);
    t.deepEqual(seen(), { device: '', beats: 0 }, 'fed while it was stopped');
    await lab.thaw('h1');
    await sleep(slackMs);
    const thawed = seen();
    t.is(thawed.device, '.');
    t.true(thawed.beats > 0);

    const stall = await stallLoop(lab, 'h1', 2 * fedEveryMs + 2 * slackMs);
    await sleep(slackMs / 2);
    seen();
    await sleep(2 * fedEveryMs + slackMs);
    t.deepEqual(seen(), { device: '', beats: 0 }, 'fed while the loop was busy');
    await stall.over;
    await sleep(slackMs);
    const free = seen();
    t.is(free.device, '.');
    t.true(free.beats > 0);

    await lab.waitForState('h1', 'active', 3000);
    t.is(await lab.stop('h1'), 0);
    t.regex(seen().device, /^\.?V$/);
    t.deepEqual(await lab.holders(), []);
  },
);

test.serial('killed, it stays armed; the next daemon feeds it on', async (t) => {
  const { lab, seen } = await guarded(t);
  await lab.kill('h1');
  await lab.exitCode('h1');
  t.regex(seen().device, /^\.+$/);
  await sleep(slackMs);
  t.is(seen().device, '');
  await lab.start('h1');
  t.is(seen().device, '.');
  t.is(await lab.stop('h1'), 0);
  t.regex(seen().device, /^\.?V$/);
});

test.serial('an end with an address that the kernel would not give up: it stays armed, and that is said', async (t) => {
  const { lab, seen } = await guarded(t);
  await loseRoot(lab, 'h1');
  await lab.signal('h1', 'SIGTERM');
  await lab.exitCode('h1', 5000);
  t.regex(seen().device, /^\.+$/);
  const logs = await lab.logs('h1');
  t.regex(logs, /not released: .*; locum ends, and "locum cleanup" takes them away/);
  t.regex(logs, /watchdog stays armed and resets this host within 10 s .*: addresses were not released/);
});

test.serial('a device that cannot be opened: the daemon does not start, says why, and touches nothing', async (t) => {
  const scratch = await Scratch.make(t);
  const device = new FakeWatchdog(scratch.path('watchdog'));
  device.close();
  const set = [`safety.watchdog=${device.path}`];
  const lab = await Lab.up(t, { hosts: 1, interval: '100ms', daemon: false, set });
  await t.throwsAsync(lab.start('h1'));
  t.is(await lab.exitCode('h1'), 1);
  t.regex(await lab.logs('h1'), /the daemon cannot start: .*watchdog: nothing stands behind it \(ENXIO\)/);
  t.deepEqual(await lab.holders(), []);
});
