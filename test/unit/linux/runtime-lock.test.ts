// The lock between processes: each contender is a process of its own.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { acquireRuntimeLock } from '#linux/runtime-lock';

const dir = mkdtempSync(join(tmpdir(), 'locum-lock-'));
const children = new Set<ChildProcess>();
test.after.always(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(dir, { recursive: true });
});

const contender = fileURLToPath(new URL('../../fixtures/lock-contender.js', import.meta.url));

/** Resolves to its first line, `held PID` or `taken PID`; the holder stays until it is killed. */
async function contend(runtimeDir: string) {
  const child = spawn(process.execPath, [contender, runtimeDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { child, line: line.toString().trim() };
}

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

test('of twenty processes at once exactly one wins, and all others name it', async (t) => {
  const all = await Promise.all(Array.from({ length: 20 }, () => contend(join(dir, 'race'))));
  const winners = all.filter(({ line }) => line.startsWith('held'));
  t.is(winners.length, 1);
  const pid = winners[0]?.child.pid;
  t.is(all.filter(({ line }) => line === `taken ${pid}`).length, 19);
  await Promise.all(winners.map(({ child }) => end(child)));
});

test('the second one learns the pid of the first in words', async (t) => {
  const runtimeDir = join(dir, 'words');
  const { child } = await contend(runtimeDir);
  t.deepEqual(acquireRuntimeLock(runtimeDir), {
    kind: 'taken',
    pid: child.pid ?? null,
    message: `another locum (pid ${child.pid}) uses ${runtimeDir}`,
  });
  await end(child);
});

test('the lock ends with its process: what is left of it blocks nobody', async (t) => {
  const runtimeDir = join(dir, 'stale');
  const { child } = await contend(runtimeDir);
  t.true(isTaken(runtimeDir));
  await end(child);
  t.is(readFileSync(join(runtimeDir, 'locum.lock'), 'utf8'), `${child.pid}\n`);
  t.false(isTaken(runtimeDir));
  const lock = acquireRuntimeLock(runtimeDir);
  t.is(lock.kind, 'held');
  t.is(readFileSync(join(runtimeDir, 'locum.lock'), 'utf8'), `${process.pid}\n`);
  if (lock.kind === 'held') lock.release();
  t.false(isTaken(runtimeDir));
});

test('a frozen daemon is alive', async (t) => {
  const runtimeDir = join(dir, 'frozen');
  const { child } = await contend(runtimeDir);
  child.kill('SIGSTOP');
  t.true(isTaken(runtimeDir));
  t.is(acquireRuntimeLock(runtimeDir).kind, 'taken');
  await end(child);
});

test('programs that the holder starts do not inherit the lock', async (t) => {
  const runtimeDir = join(dir, 'inherit');
  const lock = acquireRuntimeLock(runtimeDir);
  const child = spawn('/bin/sleep', ['60'], { stdio: 'ignore' });
  children.add(child);
  await once(child, 'spawn');
  if (lock.kind === 'held') lock.release();
  t.false(isTaken(runtimeDir));
  await end(child);
});

test('the directory is made, and nobody else can open the lock', (t) => {
  const runtimeDir = join(dir, 'a/b');
  t.false(isTaken(runtimeDir));
  const lock = acquireRuntimeLock(runtimeDir);
  t.is(lock.kind, 'held');
  t.is(statSync(runtimeDir).mode & 0o777, 0o755);
  t.is(statSync(join(runtimeDir, 'locum.lock')).mode & 0o777, 0o600);
  if (lock.kind === 'held') lock.release();
});

test('a directory that cannot be used is a sentence', (t) => {
  const file = join(dir, 'file');
  writeFileSync(file, '');
  const lock = acquireRuntimeLock(join(file, 'sub'));
  t.is(lock.kind, 'failed');
  t.regex(lock.kind === 'failed' ? lock.message : '', /^cannot use the runtime directory .*ENOTDIR/);
});

function isTaken(runtimeDir: string): boolean {
  const lock = acquireRuntimeLock(runtimeDir);
  if (lock.kind === 'held') lock.release();
  return lock.kind !== 'held';
}
