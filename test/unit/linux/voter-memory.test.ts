// What a voter reads back at its next start: never less than what it may have promised.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { VoterMemory } from '#linux/voter-memory';
import { lastEpoch } from '#model/advert';

function directory(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'locum-memory-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const voters = ['a', 'b', 'c'];

function begin(dir: string, wallMs: number, longestHoldMs: number) {
  const memory = new VoterMemory(dir, () => {});
  return { memory, facts: memory.begin(wallMs, longestHoldMs) };
}

/** A disk takes what time it takes. */
async function written(dir: string): Promise<void> {
  for (let tries = 0; tries < 500; tries += 1) {
    const text = readFileSync(join(dir, 'voters.json'), 'utf8');
    if (text.includes('"remembered":{"voters":["a","b","c"],"longestHoldMs":4000}')) return;
    await setTimeout(10);
  }
}

test('a longer hold counts from the start on that allowed it, a shorter one only when it is remembered', async (t) => {
  const dir = directory(t);
  const first = begin(dir, 1000, 4000);
  t.is(first.facts.remembered, null);
  first.memory.remember(voters, 4000);
  await written(dir);
  t.deepEqual(begin(dir, 1000, 4000).facts.remembered, { voters, longestHoldMs: 4000 });
  // Raised, and not in force with a majority yet; but promises are given.
  t.deepEqual(begin(dir, 1000, 20_000).facts.remembered, { voters, longestHoldMs: 4000 });
  // Taken back: what was promised meanwhile may still stand.
  t.deepEqual(begin(dir, 1000, 4000).facts.remembered, { voters, longestHoldMs: 20_000 });
  const last = begin(dir, 1000, 4000);
  t.deepEqual(last.facts.remembered, { voters, longestHoldMs: 20_000 });
  last.memory.remember(voters, 4000);
  await written(dir);
  t.deepEqual(begin(dir, 1000, 4000).facts.remembered, { voters, longestHoldMs: 4000 });
});

test('epochs only rise, whatever the wall clock says', (t) => {
  const dir = directory(t);
  const first = begin(dir, 5000, 4000).facts.epochFloor;
  t.is(first, 5000);
  t.true(begin(dir, 10, 4000).facts.epochFloor > first);
});

test('epochs that others have come to are below those of the next start, what is reserved already is not written', async (t) => {
  const dir = directory(t);
  const { memory } = begin(dir, 5000, 4000);
  memory.reserve(9_000_000);
  memory.reserve(8_000_000);
  memory.remember(voters, 4000);
  await written(dir);
  t.is(begin(dir, 10, 4000).facts.epochFloor, 9_000_000);
});

test('epochs beyond the last number are cut to that, and what is on the disk can be read at every later start', async (t) => {
  const dir = directory(t);
  const { memory } = begin(dir, 5000, 4000);
  memory.reserve(Number.MAX_SAFE_INTEGER + 1_000_000);
  memory.remember(voters, 4000);
  await written(dir);
  t.is(begin(dir, 10, 4000).facts.epochFloor, lastEpoch);
  t.is(begin(dir, 10, 4000).facts.epochFloor, lastEpoch);
  const absurd = directory(t);
  t.is(begin(absurd, 1e300, 4000).facts.epochFloor, lastEpoch);
  t.is(begin(absurd, 10, 4000).facts.epochFloor, lastEpoch);
});
