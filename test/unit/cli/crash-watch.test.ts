// A defect kills the process and leaves a line behind; a failure that has words of its own leaves none.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));

function dies(script: string, dir: string): Promise<{ code: unknown; stderr: string }> {
  const text = `
    import { CrashWatch } from '#cli/crash-watch';
    import { MonotonicClock } from '#linux/monotonic-clock';
    import { Failure } from '#cli/failure';
    const watch = new CrashWatch(process.env.STATE, new MonotonicClock());
    ${script}`;
  return new Promise((resolve) => {
    const options = { cwd: root, env: { ...process.env, STATE: dir } };
    execFile(process.execPath, ['--input-type=module', '-e', text], options, (error, _out, stderr) => {
      resolve({ code: error?.code ?? 0, stderr });
    });
  });
}

test('what nobody catches ends the process as ever, and is noted once', async (t) => {
  const dir = join(mkdtempSync(join(tmpdir(), 'locum-crash-')), 'state');
  t.teardown(() => rmSync(join(dir, '..'), { recursive: true }));
  for (const script of [
    "throw new Error('a defect')",
    "setTimeout(() => { throw new Error('a defect'); }, 1); await new Promise((r) => setTimeout(r, 1000));",
    "void Promise.reject(new Error('a defect')); await new Promise((r) => setTimeout(r, 1000));",
  ]) {
    const { code, stderr } = await dies(script, dir);
    t.is(code, 1);
    t.regex(stderr, /Error: a defect\n\s+at /);
  }
  t.is(readFileSync(join(dir, 'crashes'), 'utf8').trim().split('\n').length, 3);
});

test('a failure with words of its own is no crash', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'locum-crash-'));
  t.teardown(() => rmSync(dir, { recursive: true }));
  await dies("watch.note(new Failure(1, 'no such interface'));", dir);
  t.false(existsSync(join(dir, 'crashes')));
});
