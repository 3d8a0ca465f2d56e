// The question whether something waits in a socket: signals come at any moment (a child that ended, a frame on the wire),
// and one that came in the middle of the question once ended the daemon.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { closeDescriptor, openUdp, somethingWaits } from '#linux/ffi-socket';

/** The flood first, and then its process: among so many signals the news of its end would get lost. */
async function endOf(child: ChildProcess): Promise<void> {
  child.kill('SIGSTOP');
  await sleep(50);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

test('a signal in the middle of the question is no answer', async (t) => {
  const fd = openUdp(4);
  t.teardown(() => closeDescriptor(fd));
  process.on('SIGUSR2', () => undefined);
  const signals = spawn('/bin/sh', ['-c', `echo; while kill -USR2 ${process.pid}; do :; done`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.teardown(() => endOf(signals));
  await new Promise((resolve) => signals.stdout.once('data', resolve));
  let waited = 0;
  for (const end = performance.now() + 600; performance.now() < end; ) if (somethingWaits(fd)) waited += 1;
  t.is(waited, 0);
});
