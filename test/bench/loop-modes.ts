// What keeps the main loop from its adverts, one of these in a process: starting a program, collecting garbage, the text of
// a large status, in the way that was left and in the way that is used. Prints a list of milliseconds. Called by loop.ts.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { PerformanceObserver } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { spawnBeside } from '#linux/spawn';
import type { View } from '#model/view';
import { statusPieces } from '#ops/status';
import { facts, moment, view } from '../unit/ops/fixture.ts';

const launches = 50;
const garbageMs = 6000;
const program = { path: '/usr/bin/test', argv: ['test', '-d', '/'] } as const;

const timed = (act: () => void): number => {
  const fromMs = performance.now();
  act();
  return performance.now() - fromMs;
};

async function several(act: () => number): Promise<readonly number[]> {
  const each: number[] = [];
  for (let i = 0; i < launches; i += 1) {
    each.push(act());
    await sleep(20);
  }
  // The first ones compile.
  return each.slice(5);
}

const bySpawn = () =>
  several(() => timed(() => spawn(program.path, program.argv.slice(1), { stdio: 'ignore', detached: true, cwd: '/' })));

async function beside(): Promise<readonly number[]> {
  const output = openSync('/dev/null', 'w');
  const done: Promise<void>[] = [];
  const launch = (): void => {
    done.push(
      new Promise((resolve) => {
        spawnBeside({ ...program, environment: {}, stdin: null, output }, () => resolve());
      }),
    );
  };
  const found = await several(() => timed(launch));
  await Promise.all(done);
  closeSync(output);
  return found;
}

/** Without a turn of the loop, or with one after each piece: then the longest piece counts. */
function textOf(count: number, pieces: boolean): Promise<readonly number[]> {
  const groups = Array.from({ length: count }, (_, i) => ({ ...view.groups[i % 3], name: `g${i}` })) as View['groups'];
  return several(() => {
    const each: number[] = [];
    let fromMs = performance.now();
    for (const _piece of statusPieces({ ...view, groups }, facts, moment)) {
      each.push(performance.now() - fromMs);
      fromMs = performance.now();
    }
    return pieces ? Math.max(...each) : each.reduce((sum, ms) => sum + ms, 0);
  });
}

/** Every pause of the collector while much is made and little of it kept. */
async function garbage(): Promise<readonly number[]> {
  const pauses: number[] = [];
  const observer = new PerformanceObserver((list) => pauses.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ['gc'] });
  const kept: string[][] = [];
  for (const endMs = performance.now() + garbageMs; performance.now() < endMs; await sleep(5)) {
    kept.push(Array.from({ length: 200 }, (_, i) => `${i} ${endMs}`));
    if (kept.length > 100) kept.shift();
  }
  await sleep(10);
  return pauses;
}

const modes: Readonly<Record<string, () => Promise<readonly number[]>>> = {
  'node-spawn': bySpawn,
  beside,
  garbage,
  'status-whole': () => textOf(1000, false),
  'status-pieces': () => textOf(1000, true),
};

const mode = modes[process.argv[2] ?? ''];
if (mode === undefined) throw new Error(`expected one of ${Object.keys(modes).join(', ')}, found '${process.argv[2]}'`);
process.stdout.write(JSON.stringify(await mode()));
