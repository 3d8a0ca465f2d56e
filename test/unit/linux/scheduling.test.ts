// What the kernel says of this process, and of one that chrt started: for that one may have to be root.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { currentScheduling } from '#linux/scheduling';
import { asRoot } from '../../fixtures/as-root.ts';

const module = fileURLToPath(import.meta.resolve('#linux/scheduling'));
const program = `import(${JSON.stringify(module)}).then((m) => console.log(JSON.stringify(m.currentScheduling())))`;

function scheduledBy(...chrt: readonly string[]): unknown {
  return JSON.parse(execFileSync('chrt', [...chrt, process.execPath, '-e', program], { encoding: 'utf8' }));
}

test('this process is none of realtime', (t) => {
  t.deepEqual(currentScheduling(), { policy: 'other', priority: 0, resetOnFork: false });
});

test('a policy that anybody may have', (t) => {
  t.deepEqual(scheduledBy('--batch', '0'), { policy: 'batch', priority: 0, resetOnFork: false });
});

asRoot('round robin and first in, first out, with and without the flag', (t) => {
  t.deepEqual(scheduledBy('--rr', '--reset-on-fork', '10'), { policy: 'rr', priority: 10, resetOnFork: true });
  t.deepEqual(scheduledBy('--fifo', '3'), { policy: 'fifo', priority: 3, resetOnFork: false });
});
