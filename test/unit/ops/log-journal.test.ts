import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { BoundedOutput } from '#ops/bounded-output';
import { goesToSystemd, LogJournal } from '#ops/log-journal';

class Tape {
  readonly lines: string[] = [];
  dropped = 0;
  full = false;
  write(line: string): void {
    if (this.full) this.dropped += 1;
    else this.lines.push(line);
  }
  close(): void {
    this.full = true;
  }
}

function journal(output: Tape): LogJournal {
  return new LogJournal({ log: { format: 'text', level: 'info' }, stamp: 'priority', wall: () => 0, output });
}

test('what is below the level is not written', (t) => {
  const tape = new Tape();
  journal(tape).say('debug', 'x', 'quiet');
  journal(tape).say('info', 'x', 'said');
  t.deepEqual(tape.lines, ['<6>said [x]\n']);
});

test('lost lines are counted and told once there is room again', (t) => {
  const tape = new Tape();
  const log = journal(tape);
  tape.full = true;
  for (let i = 0; i < 3; i += 1) log.say('info', 'x', `lost ${i}`);
  tape.full = false;
  log.say('info', 'x', 'heard');
  log.say('info', 'x', 'heard again');
  t.deepEqual(tape.lines, [
    '<6>heard [x]\n',
    '<4>3 log lines found no room and are lost [log-dropped]\n',
    '<6>heard again [x]\n',
  ]);
});

test('the journal is recognized by device and inode', (t) => {
  const { dev, ino } = fstatSync(2, { bigint: true });
  t.true(goesToSystemd(`${dev}:${ino}`, 2));
  t.false(goesToSystemd(`${dev}:${ino + 1n}`, 2));
  t.false(goesToSystemd(undefined, 2));
});

test('a file gets every line in order', (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'locum-log-'));
  const file = join(dir, 'log');
  const fd = openSync(file, 'w');
  const output = new BoundedOutput(fd);
  for (let i = 0; i < 100; i += 1) output.write(`line ${i}\n`);
  output.close();
  closeSync(fd);
  t.deepEqual(readFileSync(file, 'utf8'), Array.from({ length: 100 }, (_, i) => `line ${i}\n`).join(''));
  rmSync(dir, { recursive: true });
});

/** A process that logs 4,000 lines of 1,000 bytes to standard error, and tells how long that took. */
const writer = `
  import { BoundedOutput } from '#ops/bounded-output';
  const output = new BoundedOutput(2, 64 * 1024);
  const begun = performance.now();
  for (let i = 0; i < 4000; i += 1) output.write('x'.repeat(999) + '\\n');
  const ms = performance.now() - begun;
  setTimeout(() => {
    output.write('after\\n');
    output.close();
    process.stdout.write(JSON.stringify({ ms, dropped: output.dropped }), () => process.exit(0));
  }, 100);
`;

async function runWriter(hangUp: boolean): Promise<{ code: number | null; ms: number; dropped: number }> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', writer], { stdio: ['ignore', 'pipe', 'pipe'] });
  if (hangUp) child.stderr.destroy();
  else child.stderr.pause();
  let said = '';
  child.stdout.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const exited = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const [code] = (await exited) as [number | null];
  clearTimeout(late);
  child.stderr.destroy();
  return { code, ...(JSON.parse(said) as { ms: number; dropped: number }) };
}

test('a pipe that nobody reads neither stops the writer nor grows without end', async (t) => {
  const { code, ms, dropped } = await runWriter(false);
  t.is(code, 0);
  t.true(ms < 2000, `${ms} ms`);
  t.true(dropped > 3000, `${dropped} lines dropped`);
});

test('a pipe whose reader is gone is silence, not an exception', async (t) => {
  const { code, dropped } = await runWriter(true);
  t.is(code, 0);
  t.true(dropped > 0);
});
