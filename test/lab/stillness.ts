// When the machine itself stood still: on each processor a process that does nothing but look at the clock every two
// milliseconds, with a priority above everything that is measured. What it missed nobody else on its processor could
// have done; on a virtual machine that is mostly time that the host below gave to others.

import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { ExecutionContext } from 'ava';
import { processorsIn } from './processors.ts';

export interface Standstill {
  readonly processor: number;
  /** Of the wall clock, when it was over. */
  readonly atMs: number;
  readonly ms: number;
}

type Missed = Omit<Standstill, 'processor'>;

const program = `
const found = [];
process.stdin.once('data', () => {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - last > 10 && found.length < 10000) found.push({ atMs: Date.now(), ms: Math.round(now - last) });
    last = now;
  }, 2);
});
process.stdin.on('end', () => { console.log(JSON.stringify(found)); process.exit(); });
console.log('ready');
`;

/** Those of more than 10 ms, a third of the down time at an interval of 10 ms, in the order in which they were over. */
export async function watchStillness(t: ExecutionContext): Promise<{ end(): Promise<readonly Standstill[]> }> {
  const watchers = await Promise.all(usableProcessors().map((processor) => watch(t, processor)));
  return {
    end: async () => {
      const found = await Promise.all(watchers.map((end) => end()));
      return found.flat().toSorted((a, b) => a.atMs - b.atMs);
    },
  };
}

/** Those that this process may run on, by their numbers. */
export function usableProcessors(): readonly number[] {
  const status = readFileSync('/proc/self/status', 'utf8');
  return processorsIn(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? '');
}

/** It starts as everybody does: with that priority its start alone would be a standstill of what is measured. */
async function watch(t: ExecutionContext, processor: number): Promise<() => Promise<readonly Standstill[]>> {
  const pinned = ['--cpu-list', String(processor)];
  const node = [process.execPath, '--single-threaded-gc', '-e', program];
  const watcher: ChildProcess = spawn('taskset', [...pinned, ...node], { stdio: ['pipe', 'pipe', 'inherit'] });
  t.teardown(() => watcher.kill('SIGKILL'));
  let said = '';
  const isReady = new Promise<void>((resolve, reject) => {
    watcher.once('error', reject).once('close', () => reject(new Error('a watcher of standstills ended early')));
    watcher.stdout?.on('data', (part: Buffer) => {
      said += part.toString();
      if (said.includes('ready')) resolve();
    });
  });
  const over = once(watcher, 'close');
  await isReady;
  await promisify(execFile)('chrt', ['--rr', '--pid', '50', String(watcher.pid)]);
  watcher.stdin?.write('go');
  return async () => {
    watcher.stdin?.end();
    await over;
    return (JSON.parse(said.replace('ready', '')) as readonly Missed[]).map((one) => ({ processor, ...one }));
  };
}
