// One daemon for each runtime directory. The lock is the kernel's and ends with the process that
// holds it, however that ends: a stale file never blocks, and a frozen daemon still has it. The
// file itself is never removed, because removing it would let two daemons lock two files.

import { closeSync, constants, ftruncateSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { lockFile } from './unix-calls.ts';

export type RuntimeLock =
  | { readonly kind: 'held'; readonly release: () => void }
  | { readonly kind: 'taken'; readonly pid: number | null; readonly message: string }
  | { readonly kind: 'failed'; readonly message: string };

/** How long to look for the pid of a daemon that has only just taken the lock. */
const patienceMs = 200;
const pauseMs = 10;

/**
 * Takes the runtime directory, which it makes where it is missing. Only at the start of a command:
 * it may wait for `patienceMs`. Whoever cleans up holds the lock meanwhile, as a daemon does.
 */
export function acquireRuntimeLock(runtimeDir: string): RuntimeLock {
  let fd: number;
  try {
    mkdirSync(runtimeDir, { recursive: true, mode: 0o755 });
    // 0600: whoever can open the file can lock it, and keep every daemon from starting.
    fd = openSync(lockPath(runtimeDir), constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
  } catch (error) {
    return { kind: 'failed', message: `cannot use the runtime directory ${runtimeDir}: ${wordsOf(error)}` };
  }
  let outcome: RuntimeLock | null = null;
  try {
    outcome = lockOrName(fd, runtimeDir);
    return outcome;
  } catch (error) {
    return { kind: 'failed', message: `cannot use ${lockPath(runtimeDir)}: ${wordsOf(error)}` };
  } finally {
    if (outcome?.kind !== 'held') closeSync(fd);
  }
}

function lockOrName(fd: number, runtimeDir: string): RuntimeLock {
  for (let waited = 0; ; waited += pauseMs) {
    const error = lockFile(fd);
    if (error === null) {
      ftruncateSync(fd, 0);
      writeSync(fd, `${process.pid}\n`, 0);
      return { kind: 'held', release: () => closeSync(fd) };
    }
    if (error !== 'EAGAIN') {
      return { kind: 'failed', message: `cannot lock ${lockPath(runtimeDir)}: ${error}` };
    }
    // The holder may not have written its pid yet.
    const pid = livingPid(runtimeDir);
    if (pid !== null) {
      return { kind: 'taken', pid, message: `another locum (pid ${pid}) uses ${runtimeDir}` };
    }
    if (waited >= patienceMs) {
      return { kind: 'taken', pid: null, message: `another locum, which gives no pid, uses ${runtimeDir}` };
    }
    pause(pauseMs);
  }
}

function livingPid(runtimeDir: string): number | null {
  const text = readFileSync(lockPath(runtimeDir), 'latin1');
  if (!/^[1-9][0-9]{0,9}\n$/.test(text)) return null;
  const pid = Number(text);
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? pid : null;
  }
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function lockPath(runtimeDir: string): string {
  return join(runtimeDir, 'locum.lock');
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
