// How long the machine itself stood still: a process that does nothing but look at the clock every two milliseconds, with
// a priority above everything that is measured. What it misses nobody else could have done.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ExecutionContext } from 'ava';

const program = `
let last = performance.now();
let worst = 0;
setTimeout(() => { last = performance.now(); setInterval(() => {
  const now = performance.now();
  worst = Math.max(worst, now - last);
  last = now;
}, 2); }, 200);
process.stdin.on('end', () => { console.log(worst.toFixed(1)); process.exit(); }).resume();
`;

export function watchStillness(t: ExecutionContext): { end(): Promise<number> } {
  const watcher = spawn('chrt', ['--rr', '50', process.execPath, '--single-threaded-gc', '-e', program], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => watcher.kill('SIGKILL'));
  return {
    end: async () => {
      watcher.stdin.end();
      const [said] = (await once(watcher.stdout, 'data')) as [Buffer];
      return Number(said.toString());
    },
  };
}
