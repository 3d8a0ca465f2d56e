// The latch on disk: what comes back after restarts and reboots, whatever was done to the clocks, and what a
// file that is no latch means.

import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { latchAtStart } from '#linux/fence-start';
import { forgetCrashes, noteCrash, tooManyCrashes } from '#linux/crash-book';
import { type LatchClocks, LatchFile, latchPath, readLatch } from '#linux/latch-file';
import type { Latch } from '#model/fence';

const hour = 3_600_000;
const then: LatchClocks = { wallMs: 1_800_000_000_000, steadyMs: 50_000, kernelBoot: 'one' };
const latch: Latch = { cause: { kind: 'operator', text: 'disk "fails"\n' }, heldMs: 1000, remainingMs: hour };

function place(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'locum-latch-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function written(t: ExecutionContext, what: Latch = latch): Promise<string> {
  const dir = join(place(t), 'state');
  t.is(await new LatchFile(dir, () => then).set(what), null);
  return dir;
}

test('no directory and no file: not fenced', (t) => {
  t.is(readLatch('/nonexistent/locum', then), null);
  t.is(readLatch(place(t), then), null);
});

test('what was written comes back, in a file that others cannot read', async (t) => {
  const dir = await written(t);
  t.deepEqual(readLatch(dir, then), latch);
  t.is(statSync(latchPath(dir)).mode & 0o777, 0o600);
  t.deepEqual(readdirSync(dir), ['fence-latch.json']);
});

test('within one boot of the kernel the steady clock counts, whatever the wall clock says', async (t) => {
  const dir = await written(t);
  for (const wallMs of [0, then.wallMs - 10 * hour, then.wallMs + 10 * hour]) {
    const found = readLatch(dir, { ...then, wallMs, steadyMs: then.steadyMs + 600_000 });
    t.is(found?.remainingMs, hour - 600_000);
    t.is(found?.heldMs, 601_000);
  }
});

test('over a reboot the wall clock counts; set back it ends nothing early, and keeps nothing for ever', async (t) => {
  const dir = await written(t);
  const after = (ms: number) => readLatch(dir, { wallMs: then.wallMs + ms, steadyMs: 10, kernelBoot: 'two' });
  t.is(after(600_000)?.remainingMs, hour - 600_000);
  t.is(after(-10 * hour)?.remainingMs, hour);
  t.is(after(2 * hour)?.remainingMs, 0);
});

test('a manual one has no time to run out', async (t) => {
  const dir = await written(t, { ...latch, remainingMs: null });
  t.is(readLatch(dir, { wallMs: then.wallMs + 1e12, steadyMs: 1, kernelBoot: 'two' })?.remainingMs, null);
});

test('a file that is no latch is a latch', (t) => {
  for (const text of ['', '{', '{}', '{"version":2}', 'x'.repeat(70_000)]) {
    const dir = place(t);
    writeFileSync(latchPath(dir), text);
    const found = readLatch(dir, then);
    t.is(found?.cause.kind, 'unreadable-latch', text.slice(0, 20));
    t.is(found?.remainingMs, null);
  }
  const dir = place(t);
  mkdirSync(latchPath(dir));
  t.is(readLatch(dir, then)?.cause.kind, 'unreadable-latch');
});

test('taken away it is gone, and taking away what is not there is no error', async (t) => {
  const dir = await written(t);
  const file = new LatchFile(dir, () => then);
  t.is(await file.set(null), null);
  t.is(readLatch(dir, then), null);
  t.is(await file.set(null), null);
});

test('what is asked for while one is written comes after it', async (t) => {
  const dir = place(t);
  const file = new LatchFile(dir, () => then);
  const all = await Promise.all([
    file.set(latch),
    file.set(null),
    file.set({ ...latch, remainingMs: null }),
    file.set(null),
  ]);
  t.deepEqual(all, [null, null, null, null]);
  t.is(readLatch(dir, then), null);
});

test('a place that cannot be written is told in words', async (t) => {
  const dir = place(t);
  writeFileSync(join(dir, 'file'), '');
  const words = await new LatchFile(join(dir, 'file', 'state'), () => then).set(latch);
  t.regex(words ?? '', /ENOTDIR|EEXIST/);
});

test('three crashes within ten minutes are too many, two or old ones are not', (t) => {
  const dir = place(t);
  const at = (minutes: number, kernelBoot = 'one'): LatchClocks => ({
    wallMs: then.wallMs + minutes * 60_000,
    steadyMs: then.steadyMs + minutes * 60_000,
    kernelBoot,
  });
  for (const minutes of [0, 1]) t.is(noteCrash(dir, at(minutes)), null);
  t.is(tooManyCrashes(dir, at(2)), null);
  t.is(latchAtStart(dir, at(2)), null);
  noteCrash(dir, at(9));
  t.is(tooManyCrashes(dir, at(9.9)), 3);
  t.is(tooManyCrashes(dir, { ...at(9.9), kernelBoot: 'two', steadyMs: 1 }), 3, 'over a reboot the wall clock counts');
  t.deepEqual(latchAtStart(dir, at(9.9))?.cause, { kind: 'crashes', count: 3 });
  t.is(tooManyCrashes(dir, at(10.5)), null, 'the first is too long ago');
  forgetCrashes(dir);
  t.is(tooManyCrashes(dir, at(9.9)), null);
});

test('the book of crashes stays short, and rubbish in it is no crash', (t) => {
  const dir = place(t);
  writeFileSync(join(dir, 'crashes'), 'rubbish\n\n1 2\n');
  for (let i = 0; i < 30; i += 1) noteCrash(dir, then);
  t.is(readFileSync(join(dir, 'crashes'), 'utf8').trim().split('\n').length, 10);
  chmodSync(dir, 0o700);
});
