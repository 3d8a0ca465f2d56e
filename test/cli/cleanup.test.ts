// `locum cleanup` as a command: whom it asks first and how it ends. What it removes is shown with the kernel.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { acquireRuntimeLock } from '#linux/runtime-lock';
import { locum, temporaryDirectory } from './program.ts';

test('where no daemon ever ran there is nothing to do, and nothing is made', async (t) => {
  const dir = temporaryDirectory(t);
  const { code, out } = await locum(['cleanup', '--runtime-dir', join(dir, 'none')]);
  t.is(code, 0);
  t.regex(out, /^nothing to clean up/);
  t.deepEqual(readdirSync(dir), []);
});

test('beside a live daemon it is refused: 4, and names it', async (t) => {
  const dir = temporaryDirectory(t);
  const lock = acquireRuntimeLock(dir);
  t.is(lock.kind, 'held');
  const { code, out, err } = await locum(['cleanup', '--runtime-dir', dir]);
  t.is(code, 4);
  t.is(out, '');
  t.regex(err, new RegExp(`^locum: another locum \\(pid ${process.pid}\\) uses `));
  if (lock.kind === 'held') lock.release();
  t.is((await locum(['cleanup', '--runtime-dir', dir])).code, 0);
});

test('after a crash of the service the addresses stay for the next daemon', async (t) => {
  const dir = temporaryDirectory(t);
  for (const result of ['signal', 'watchdog', 'exit-code', 'core-dump']) {
    const { code, out } = await locum(['cleanup', '--runtime-dir', dir], { env: { SERVICE_RESULT: result } });
    t.is(code, 0);
    t.true(out.includes(`the service ended with "${result}": its addresses stay`), out);
  }
  const { out } = await locum(['cleanup', '--runtime-dir', dir], { env: { SERVICE_RESULT: 'success' } });
  t.regex(out, /^nothing to clean up/);
});

test('--after-service: an end that nobody names was no good one', async (t) => {
  const args = ['cleanup', '--after-service', '--runtime-dir', temporaryDirectory(t)];
  t.regex((await locum(args)).out, /^the service ended with "unknown"/);
  t.regex((await locum(args, { env: { SERVICE_RESULT: 'success' } })).out, /^nothing to clean up/);
});

test('the control socket of a dead daemon goes too, and no other kind of file', async (t) => {
  const dir = temporaryDirectory(t);
  const socket = join(dir, 'control.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(socket)}, () => process.kill(process.pid, 'SIGKILL'))`;
  await once(spawn(process.execPath, ['-e', script], { stdio: 'ignore' }), 'exit');
  t.true(readdirSync(dir).includes('control.sock'));
  t.is((await locum(['cleanup', '--runtime-dir', dir])).code, 0);
  t.deepEqual(readdirSync(dir), ['locum.lock']);
  writeFileSync(socket, 'mine');
  t.is((await locum(['cleanup', '--runtime-dir', dir])).code, 0);
  t.true(readdirSync(dir).includes('control.sock'));
});
