import { readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { locum, temporaryDirectory } from './program.ts';

test('a key is for its owner alone, whatever the umask, and never the same twice', async (t) => {
  const dir = temporaryDirectory(t);
  const keys = ['a', 'b'].map((name) => join(dir, name));
  for (const file of keys) {
    const { code, out } = await locum(['keygen', file]);
    t.is(code, 0);
    t.true(out.includes(file));
    t.is(statSync(file).mode & 0o777, 0o600);
    t.regex(readFileSync(file, 'utf8'), /^[0-9a-f]{64}$/m);
  }
  const [a, b] = keys.map((file) => readFileSync(file, 'utf8'));
  t.not(a, b);
});

test('what is there is not touched, not even through a link', async (t) => {
  const dir = temporaryDirectory(t);
  const file = join(dir, 'key');
  const link = join(dir, 'link');
  writeFileSync(file, 'mine');
  symlinkSync(join(dir, 'nothing'), link);
  for (const path of [file, link]) {
    const { code, err } = await locum(['keygen', path]);
    t.is(code, 1);
    t.regex(err, /^locum: .* is there already and was not touched/);
  }
  t.is(readFileSync(file, 'utf8'), 'mine');
});

test('a directory that is not there is said', async (t) => {
  const { code, err } = await locum(['keygen', join(temporaryDirectory(t), 'none', 'key')]);
  t.is(code, 1);
  t.regex(err, /^locum: cannot write .*ENOENT/);
});
