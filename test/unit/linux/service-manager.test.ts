// The service manager is played by a datagram socket of this process, or is not there at all.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { type Readiness, ServiceManager, statusEveryMs } from '#linux/service-manager';
import { listenForDatagrams } from '../../fixtures/datagram-listener.ts';

const dir = mkdtempSync(join(tmpdir(), 'locum-notify-'));
test.after.always(() => rmSync(dir, { recursive: true }));

interface Play {
  readonly socket?: string;
  readonly usec?: string;
  readonly watchdogPid?: string;
  readonly tell?: (message: Readiness) => Promise<unknown>;
}

function managerOf({ socket, usec, watchdogPid, tell }: Play) {
  const said: string[] = [];
  const told: Readiness[] = [];
  let now = 1000;
  const manager = new ServiceManager({
    environment: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: usec, WATCHDOG_PID: watchdogPid },
    pid: 4711,
    log: (sentence) => said.push(sentence),
    now: () => now,
    tell: tell ?? ((message) => Promise.resolve(told.push(message))),
  });
  return { manager, said, told, at: (ms: number) => (now = ms) };
}

for (const [kind, socket] of [
  ['a path', join(dir, 'notify')],
  ['an abstract name', `@locum-notify-${process.pid}`],
] as const) {
  test(`beats and the stop reach ${kind}, no more often than a quarter of what systemd waits`, (t) => {
    const listener = listenForDatagrams(socket);
    const { manager, at, said } = managerOf({ socket, usec: '4000000' });
    t.is(manager.watchdogIntervalMs, 1000);
    for (const ms of [1000, 1001, 1999, 2000, 2500, 3001, 4000, 4001]) {
      at(ms);
      manager.beat();
    }
    manager.stopping();
    t.deepEqual(listener.received(), ['WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1', 'STOPPING=1']);
    t.deepEqual(said, []);
    manager.close();
    listener.close();
  });
}

test('a watchdog that is meant for another process, or that is off, is not fed', (t) => {
  const socket = join(dir, 'other');
  const listener = listenForDatagrams(socket);
  for (const play of [{ usec: '4000000', watchdogPid: '1' }, { usec: '0' }, { usec: 'soon' }, {}]) {
    const { manager } = managerOf({ socket, ...play });
    t.is(manager.watchdogIntervalMs, null);
    manager.beat();
    manager.close();
  }
  t.deepEqual(listener.received(), []);
  const { manager } = managerOf({ socket, usec: '4000000', watchdogPid: '4711' });
  manager.beat();
  t.deepEqual(listener.received(), ['WATCHDOG=1']);
  manager.close();
  listener.close();
});

test('without a service manager nothing is told and nothing is said', async (t) => {
  const { manager, told, said } = managerOf({ usec: '4000000' });
  t.is(manager.watchdogIntervalMs, null);
  manager.ready();
  manager.status(() => 'here');
  manager.beat();
  manager.stopping();
  manager.close();
  await sleep(5);
  t.deepEqual([told, said], [[], []]);
});

test('a socket that is gone is said once, and again after it came back', (t) => {
  const socket = join(dir, 'gone');
  const { manager, said, at } = managerOf({ socket, usec: '4000' });
  for (const ms of [1, 2, 3]) {
    at(ms * 1000);
    manager.beat();
  }
  const words = 'cannot send WATCHDOG=1 to the service manager: ENOENT';
  t.deepEqual(said, [words]);
  const listener = listenForDatagrams(socket);
  at(5000);
  manager.beat();
  listener.close();
  rmSync(socket, { force: true });
  at(6000);
  manager.beat();
  t.deepEqual(said, [words, words]);
  manager.close();
});

test('an address that no socket can have is said', (t) => {
  for (const socket of ['relative', '@', '/', `/${'x'.repeat(107)}`, 'vsock:2:1']) {
    const { said, manager } = managerOf({ socket });
    t.is(said.length, 1);
    t.regex(said[0] ?? '', /^cannot talk to the service manager: NOTIFY_SOCKET: expected an absolute path or @name/);
    manager.stopping();
  }
});

test('the newest sentence, a second after the one before it; readiness waits for nobody', async (t) => {
  const socket = join(dir, 'coalesce');
  const listener = listenForDatagrams(socket);
  const { manager, told, at } = managerOf({ socket });
  manager.status(() => 'one');
  manager.status(() => 'two\nlines');
  manager.status(() => 'three');
  t.deepEqual(listener.received(), ['STATUS=one']);
  manager.ready();
  t.deepEqual(told, [{ ready: true, status: 'three' }]);
  await sleep(1);
  at(1000 + statusEveryMs - 20);
  manager.status(() => 'four');
  manager.status(() => 'five\nlines');
  t.deepEqual(listener.received(), []);
  at(1000 + statusEveryMs);
  await sleep(60);
  t.deepEqual(listener.received(), ['STATUS=five lines']);
  manager.close();
  listener.close();
});

test('when systemd-notify fails readiness is said without it, as soon as there is a socket', async (t) => {
  const socket = join(dir, 'failing');
  const { manager, said } = managerOf({ socket, tell: () => Promise.reject(new Error('spawn ENOENT')) });
  manager.ready();
  manager.status(() => 'standby for web');
  await sleep(5);
  t.deepEqual(said, [
    'systemd-notify failed: spawn ENOENT; readiness is said without it',
    'cannot send STATUS=standby for web READY=1 to the service manager: ENOENT',
  ]);
  const listener = listenForDatagrams(socket);
  let heard: string[] = [];
  for (let i = 0; i < 100 && heard.length === 0; i += 1) {
    await sleep(10);
    heard = listener.received();
  }
  t.deepEqual(heard, ['STATUS=standby for web\nREADY=1']);
  manager.close();
  listener.close();
});

const hasProgram = (process.env['PATH'] ?? '').split(':').some((place) => existsSync(join(place, 'systemd-notify')));
if (!hasProgram) console.error('SKIPPED: there is no systemd-notify here, of the package systemd');

// In CI nothing is skipped: there the missing program fails the test.
const real = hasProgram || process.env['CI'] === 'true' ? test : test.skip;

real('the real program says READY and the sentence', async (t) => {
  const socket = join(dir, 'real');
  const listener = listenForDatagrams(socket);
  process.env['NOTIFY_SOCKET'] = socket;
  const said: string[] = [];
  const manager = new ServiceManager({
    environment: { NOTIFY_SOCKET: socket },
    pid: process.pid,
    log: (sentence) => said.push(sentence),
  });
  manager.ready();
  manager.status(() => 'standby for web');
  let all = '';
  for (let i = 0; i < 100 && !all.includes('STATUS'); i += 1) {
    await sleep(20);
    all += `${listener.received().join('\n')}\n`;
  }
  delete process.env['NOTIFY_SOCKET'];
  t.deepEqual(said, []);
  t.regex(all, /^READY=1$/m);
  t.regex(all, /^STATUS=standby for web$/m);
  manager.close();
  listener.close();
});
