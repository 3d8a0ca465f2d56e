// Programs that misbehave on purpose: each ends in time, as an outcome, with nothing left behind.
// Needs root for other users.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import koffi from 'koffi';
import { type ProgramOrder, type ProgramResult, ProgramRun } from '#linux/program';
import { printable } from '#linux/program-output';
import { asRoot } from '../../fixtures/as-root.ts';

const dir = mkdtempSync(join(tmpdir(), 'locum-program-'));
chmodSync(dir, 0o777);
test.after.always(() => rmSync(dir, { recursive: true }));

function script(name: string, text: string, mode = 0o755): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function run(command: readonly string[], more: Partial<ProgramOrder> = {}): Promise<ProgramResult> {
  const order: ProgramOrder = {
    command,
    user: 'nobody',
    environment: {},
    timeoutMs: 5000,
    leftBehind: 'kill',
    ...more,
  };
  return new ProgramRun(order).result;
}

const sh = (text: string, more: Partial<ProgramOrder> = {}) => run(['/bin/sh', '-c', text], more);

function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

async function dies(pid: number): Promise<boolean> {
  for (let i = 0; i < 50 && isRunning(pid); i += 1) await sleep(10);
  return !isRunning(pid);
}

const pidIn = (file: string) => Number(readFileSync(file, 'utf8'));

test('every exit code comes back as it is', async (t) => {
  for (const code of [0, 1, 2, 77, 126, 127, 128, 143, 255]) {
    t.deepEqual((await sh(`exit ${code}`)).outcome, { kind: 'exit', code });
  }
});

test('a death by a signal names the signal', async (t) => {
  t.deepEqual((await sh('kill -SEGV $$')).outcome, { kind: 'signal', signal: 'SIGSEGV' });
  t.deepEqual((await sh('kill -TERM $$')).outcome, { kind: 'signal', signal: 'SIGTERM' });
  t.deepEqual((await sh('kill -35 $$')).outcome, { kind: 'signal', signal: 'signal 35' });
});

test('the command is a list of arguments: no shell reads it', async (t) => {
  const { output } = await run(['/bin/echo', '$HOME', '; id', 'a  b', '*']);
  t.is(output, '$HOME ; id a  b *');
});

test('the environment holds PATH, LANG and what was given, and nothing of ours', async (t) => {
  const { output } = await run(['/usr/bin/env'], { environment: { LOCUM_CHECK: 'web' } });
  t.deepEqual(output.split(' ').toSorted(), [
    'LANG=C.UTF-8',
    'LOCUM_CHECK=web',
    'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  ]);
});

test('it starts in / with nothing on stdin, in a group of its own', async (t) => {
  const { output } = await sh('pwd; cat; readlink /proc/self/fd/0; cut -d" " -f5 /proc/$$/stat; echo $$');
  const [cwd, stdin, group, pid] = output.split(' ');
  t.deepEqual([cwd, stdin], ['/', '/dev/null']);
  t.is(group, pid);
});

test('both streams are kept, in order, and /dev/stderr can be opened by name', async (t) => {
  t.is((await sh('echo one; echo two >/dev/stderr; echo three >&2')).output, 'one two three');
});

test('descriptors of the daemon stay with the daemon, those of forgetful packages too', async (t) => {
  const leaky = koffi.load(null).func('int dup(int fd)') as (fd: number) => number;
  const fd = leaky(1);
  const { output } = await sh('ls /proc/$$/fd');
  closeSync(fd);
  t.regex(output, /^0 1( 10)? 2$/);
});

asRoot('an unprivileged user gets its own groups and no capability', async (t) => {
  const { output } = await sh('id -u; id -g; id -G; grep CapEff /proc/self/status');
  t.regex(output, /^65534 65534 65534 CapEff: 0{16}$/);
});

asRoot('the supplementary groups are those that list the user', async (t) => {
  const line = readFileSync('/etc/group', 'utf8')
    .split('\n')
    .map((row) => row.split(':'))
    .find(([, , , members]) => members !== undefined && /^[a-z-]+$/.test(members) && members !== 'root');
  if (line === undefined) {
    t.log('no group of this host lists a user: only accounts.test.ts covers them');
    t.pass();
    return;
  }
  const [, , gid = '', user = ''] = line;
  const { output } = await sh('id -u; id -G', { user });
  const [uid, ...groups] = output.split(' ');
  t.not(uid, '0');
  t.true(groups.includes(gid));
  t.false(groups.includes('0'));
});

asRoot('root is root when it is written', async (t) => {
  t.is((await sh('id -u', { user: 'root' })).output, '0');
});

test('what cannot run says why', async (t) => {
  const cannot = async (command: readonly string[], words: RegExp, more: Partial<ProgramOrder> = {}) => {
    const { outcome, output } = await run(command, more);
    t.is(outcome.kind, 'cannot-run');
    t.regex(outcome.kind === 'cannot-run' ? outcome.error : '', words);
    t.is(output, '');
  };
  await cannot(['/no/such/script'], /\/no\/such\/script: No such file or directory$/);
  await cannot([script('plain', '#!/bin/sh\n', 0o644)], /plain: Permission denied$/);
  await cannot(
    [script('lost', '#!/no/such/interpreter\n')],
    /No such file or directory; the file is there, so the interpreter/,
  );
  await cannot([dir], /Permission denied$/);
  await cannot(['/bin/true'], /expected a user of this host, found "no-such-user"/, { user: 'no-such-user' });
  await cannot(['/bin/true\0'], /null bytes/);
  await cannot(['/bin/true', 'x'.repeat(3_000_000)], /E2BIG|too long/i);
});

test('a program that hangs is asked by TERM first, and what it says then is kept', async (t) => {
  const { outcome, ms, output } = await sh('trap "echo tidied; exit 0" TERM; sleep 60 & wait', { timeoutMs: 1500 });
  t.deepEqual(outcome, { kind: 'timeout' });
  t.is(output, 'tidied');
  t.true(ms >= 1495, `took ${ms} ms`);
});

test('one that ignores TERM is killed after the grace, with its whole group', async (t) => {
  const file = join(dir, 'stubborn');
  const text = `trap "" TERM; sh -c 'trap "" TERM; echo $$ >${file}; while :; do sleep 1; done' & while :; do sleep 1; done`;
  const { outcome, ms } = await sh(text, { timeoutMs: 1500 });
  t.deepEqual(outcome, { kind: 'timeout' });
  t.true(ms >= 1740 && ms < 6000, `took ${ms} ms`);
  t.true(await dies(pidIn(file)));
});

test('a grandchild that holds the pipe does not hold the outcome, and dies', async (t) => {
  const file = join(dir, 'holder');
  const { outcome, ms, output } = await sh(`echo said; sleep 60 & echo $! >${file}; exit 3`);
  t.deepEqual(outcome, { kind: 'exit', code: 3 });
  t.is(output, 'said');
  t.true(ms < 3000, `took ${ms} ms`);
  t.true(await dies(pidIn(file)));
});

test('a grandchild that is meant to stay stays', async (t) => {
  const file = join(dir, 'stayer');
  const { outcome } = await sh(`sleep 60 & echo $! >${file}`, { leftBehind: 'leave' });
  t.deepEqual(outcome, { kind: 'exit', code: 0 });
  await sleep(50);
  t.true(isRunning(pidIn(file)));
  process.kill(pidIn(file), 'SIGKILL');
});

test('a grandchild that left the group does not hold the outcome', async (t) => {
  const file = join(dir, 'leaver');
  const { outcome, ms } = await sh(`setsid sh -c 'echo $$ >${file}; sleep 60' & sleep 0.2; exit 1`);
  t.deepEqual(outcome, { kind: 'exit', code: 1 });
  t.true(ms < 4000);
  process.kill(pidIn(file), 'SIGKILL');
});

test('a flood of 100 MB is drained, its beginning is kept, and the loop stays free', async (t) => {
  let longest = 0;
  let ticks = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    ticks += 1;
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 1);
  const { outcome, output } = await sh('head -c 100000000 /dev/zero | tr "\\0" x', { timeoutMs: 20_000 });
  clearInterval(watch);
  t.deepEqual(outcome, { kind: 'exit', code: 0 });
  t.is(output, 'x'.repeat(4096));
  t.log(`longest gap of the loop ${longest.toFixed(1)} ms`);
  t.true(ticks > 50);
  t.true(longest < 1500);
});

test('the last words before an exit are kept', async (t) => {
  for (let i = 0; i < 20; i += 1) t.is((await sh(`echo ${i}`)).output, String(i));
});

test('kill ends the group at once', async (t) => {
  const file = join(dir, 'killed');
  const order = { user: 'nobody', environment: {}, timeoutMs: 5000, leftBehind: 'leave' } as const;
  const program = new ProgramRun({ ...order, command: ['/bin/sh', '-c', `sleep 60 & echo $! >${file}; wait`] });
  await sleep(200);
  program.kill();
  t.deepEqual((await program.result).outcome, { kind: 'signal', signal: 'SIGKILL' });
  t.true(await dies(pidIn(file)));
});

test('one that is killed before it runs dies as soon as it does', async (t) => {
  const program = new ProgramRun({
    command: ['/bin/sleep', '60'],
    user: 'nobody',
    environment: {},
    timeoutMs: 5000,
    leftBehind: 'kill',
  });
  t.is(program.pid, null);
  program.kill();
  const { outcome, ms } = await program.result;
  t.deepEqual(outcome, { kind: 'signal', signal: 'SIGKILL' });
  t.true(ms < 3000);
});

test('signals that the daemon ignores or waits for are as ever in a program', async (t) => {
  // Of the program itself: a shell blocks all signals for a moment while it starts another one.
  const { output } = await sh('cut -d" " -f6 /proc/$$/stat; echo $$; exec grep -E "Sig(Blk|Ign)" /proc/self/status');
  const [session, pid, , blocked, , ignored] = output.split(' ');
  t.deepEqual([blocked, ignored], ['0'.repeat(16), '0'.repeat(16)]);
  t.is(session, pid);
});

// Serial, because others in this process would be measured with it.
test.serial(
  "to start one keeps the loop for a third of what Node's own way does at most, whatever the size of the daemon",
  async (t) => {
    const ballast = Buffer.alloc(60_000_000, 1);
    const took = { ours: [] as number[], nodes: [] as number[] };
    // In turns, so that what the machine does meets both.
    for (let i = 0; i < 20; i += 1) {
      const before = performance.now();
      const ran = run(['/bin/true']);
      took.ours.push(performance.now() - before);
      await ran;
      const again = performance.now();
      const child = spawn('/bin/true', { stdio: ['ignore', 'pipe', 'pipe'] });
      took.nodes.push(performance.now() - again);
      await once(child, 'close');
    }
    const median = (times: readonly number[]): number => times.toSorted((a, b) => a - b)[10] ?? Number.NaN;
    const [ours, nodes] = [median(took.ours), median(took.nodes)];
    t.log(`${ours.toFixed(2)} ms, ${nodes.toFixed(2)} ms`);
    t.true(ours < nodes / 3, `${ours} ms to ${nodes} ms with ${ballast.length} bytes`);
  },
);

test('a program dies with the daemon that started it', async (t) => {
  const parent = spawn(process.execPath, [
    fileURLToPath(new URL('../../fixtures/program-parent.js', import.meta.url)),
    '/bin/sleep',
    '60',
  ]);
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  const pid = Number(line.toString());
  // setpriv asks for the signal just before it becomes the program.
  for (let i = 0; i < 100 && readlinkSync(`/proc/${pid}/exe`).includes('setpriv'); i += 1) await sleep(10);
  t.true(isRunning(pid));
  parent.kill('SIGKILL');
  t.true(await dies(pid));
});

test('what is printed is safe in a log line', (t) => {
  const clean = (text: string) => printable(Buffer.from(text));
  t.is(clean('a\nb\tc\r\n'), 'a b c');
  t.is(clean('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007x'), 'red x');
  t.is(clean('a\u0000\u0007\u009b\u202eb'), 'a b');
  t.is(printable(Buffer.from('naïve é').subarray(0, -1)), 'naïve');
  t.is(printable(Uint8Array.of(0x41, 0xff, 0x42)), 'A\ufffdB');
});
