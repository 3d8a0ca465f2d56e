// What was moved off the loop that sends adverts, before and since: both ways with today's code, on an idle host and beside
// a process for each processor that never waits, at the priority of the unit. Each way has a process of its own.

import { execFile, spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Sample } from './results.ts';
import { spreadOf } from './stats.ts';

interface Way {
  readonly flags: readonly string[];
  readonly mode: string;
}

const modes = fileURLToPath(new URL('loop-modes.js', import.meta.url));
/** As the daemon is started. */
const flags = ['--single-threaded-gc', '--no-memory-reducer'];

export const loopHosts = ['idle', 'loaded'] as const;
export const loopWays: readonly {
  readonly id: string;
  readonly what: string;
  readonly before: Way;
  readonly since: Way;
}[] = [
  { id: 'spawn', what: 'to start a program', before: { flags, mode: 'node-spawn' }, since: { flags, mode: 'beside' } },
  {
    id: 'garbage',
    what: 'pauses of the collector',
    before: { flags: [], mode: 'garbage' },
    since: { flags, mode: 'garbage' },
  },
  {
    id: 'status',
    what: 'the text of a status of 1,000 groups, without a turn of the loop',
    before: { flags, mode: 'status-whole' },
    since: { flags, mode: 'status-pieces' },
  },
];

/** Of each way, on each host: half of the times are shorter than the one, and none is longer than the other. */
export const loopKeys = (host: string, id: string, when: 'before' | 'since') => ({
  median: `${host}:${id}:${when}`,
  most: `${host}:${id}:${when}:most`,
});

export async function measureLoop(): Promise<Sample> {
  const sample: Record<string, number> = {};
  for (const host of loopHosts) {
    const load = Array.from({ length: host === 'idle' ? 0 : availableParallelism() }, () =>
      spawn('/bin/sh', ['-c', 'while :; do :; done'], { stdio: 'ignore' }),
    );
    try {
      for (const { id, before, since } of loopWays) {
        Object.assign(sample, await measured(before, loopKeys(host, id, 'before')));
        Object.assign(sample, await measured(since, loopKeys(host, id, 'since')));
      }
    } finally {
      for (const one of load) one.kill('SIGKILL');
    }
  }
  return sample;
}

async function measured(way: Way, keys: ReturnType<typeof loopKeys>): Promise<Sample> {
  const args = ['--rr', '--reset-on-fork', '10', process.execPath, ...way.flags, modes, way.mode];
  const { stdout } = await promisify(execFile)('chrt', args);
  const of = spreadOf(JSON.parse(stdout) as number[]);
  if (of === null) throw new Error(`${way.mode} measured nothing`);
  const three = (ms: number): number => Math.round(ms * 1000) / 1000;
  return { [keys.median]: three(of.median), [keys.most]: three(of.greatest) };
}
