// The benchmark's short form: one measurement of each kind, both daemons, for real. Fails where measuring is broken;
// no figure is too slow for it.

import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const script = fileURLToPath(new URL('../../scripts/bench', import.meta.url));
const page = 'docs/benchmarks.md';

test('scripts/bench --quick measures each kind of thing, changes no page, and leaves no lab', async (t) => {
  const before = readFileSync(page, 'utf8');
  const base = mkdtempSync(join(tmpdir(), 'locum-bench-'));
  t.teardown(() => rmSync(base, { recursive: true }));
  const env = { ...process.env, LOCUM_LAB_BASE: base };
  const { stdout, stderr } = await run(script, ['--quick'], { timeout: 240_000, env });
  t.log(stderr.trim().split('\n').join('\n      '));
  const measured = String.raw`\*\*[\d.,]+\*\*[^|]*`;
  const pair = `${measured}\\| ${measured}\\|`;
  t.regex(stdout, new RegExp(`^\\| clean stop \\| 100ms \\| ${pair}`, 'm'));
  t.regex(stdout, new RegExp(`^\\| host gone \\| 100ms \\| ${pair}`, 'm'));
  t.regex(stdout, new RegExp(`^\\| host gone \\| 20 \\| ${pair} ${pair}`, 'm'));
  t.regex(stdout, new RegExp(`^\\| start to first advert, ms \\| ${pair}`, 'm'));
  t.regex(
    stdout,
    new RegExp(`^\\| 10 groups, 2 nodes \\| ${[1, 2, 3].map(() => `${pair} [\\d.]+ \\|`).join(' ')}$`, 'm'),
  );
  t.regex(stdout, new RegExp(`^\\| an empty Node process \\| ${measured}\\| 1 \\|$`, 'm'));
  t.is(readFileSync(page, 'utf8'), before);
  t.deepEqual(readdirSync(base), []);
});

test('what it does not know is refused by name, with what there is', async (t) => {
  const refused = async (...args: string[]): Promise<string> => {
    const error = await t.throwsAsync(run(script, args));
    return (error as unknown as { readonly stderr: string }).stderr;
  };
  t.regex(await refused('--only', 'faults/fire'), /nothing is called 'faults\/fire'; there are faults\/stop\/1s, /);
  t.regex(await refused('--runs', '0'), /--runs: expected a whole number from 1, found '0'/);
  t.regex(await refused('--subject', 'ucarp'), /--subject: expected locum or keepalived, found 'ucarp'/);
  t.regex(await refused('--quick', '--write'), /too short/);
});
