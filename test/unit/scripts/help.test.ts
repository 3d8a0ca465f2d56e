// Scripts that take no argument explain themselves, and do nothing when they are given one all the same.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const scripts = fileURLToPath(new URL('../../../scripts', import.meta.url));

for (const name of ['demo', 'bench-lease']) {
  test(`scripts/${name} --help says what it does, and does it not`, async (t) => {
    const { stdout, stderr } = await run(`${scripts}/${name}`, ['--help']);
    t.is(stderr, '');
    t.is(stdout.trim().split('\n').length, 2);
    t.regex(stdout, /^[A-Z][^#]*\.\n$/);
  });

  test(`scripts/${name} with an argument that it does not know is wrong usage`, async (t) => {
    await t.throwsAsync(run(`${scripts}/${name}`, ['--hlep']), {
      code: 2,
      message: /expected nothing or --help, found '--hlep'/,
    });
  });
}
