// When the machine itself stood still: a process that does nothing but look at the clock every two milliseconds, with a
// priority above everything that is measured. What it missed nobody else on its processor could have done; on a virtual
// machine that is mostly time that the host below gave to others.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';

export interface Standstill {
  /** Of the wall clock, when it was over. */
  readonly atMs: number;
  readonly ms: number;
}

const program = `
const found = [];
setTimeout(() => {
  let last = performance.now();
  setInterval(() => {
    const now = performance.now();
    if (now - last > 10 && found.length < 10000) found.push({ atMs: Date.now(), ms: Math.round(now - last) });
    last = now;
  }, 2);
}, 200);
process.stdin.on('end', () => { console.log(JSON.stringify(found)); process.exit(); }).resume();
`;

/** Those of more than 10 ms: a third of the down time at an interval of 10 ms. */
export function watchStillness(t: ExecutionContext): { end(): Promise<readonly Standstill[]> } {
  const watcher = spawn('chrt', ['--rr', '50', process.execPath, '--single-threaded-gc', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => watcher.kill('SIGKILL'));
  let said = '';
  watcher.stdout.on('data', (part: Buffer) => {
    said += part.toString();
  });
  return {
    end: async () => {
      const over = once(watcher.stdout, 'end');
      watcher.stdin.end();
      await over;
      return JSON.parse(said) as Standstill[];
    },
  };
}
