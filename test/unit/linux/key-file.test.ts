import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { createKeyFile, readKeyFile } from '#linux/key-file';

const dir = mkdtempSync(join(tmpdir(), 'locum-keys-'));
test.after.always(() => rmSync(dir, { recursive: true }));

const one = '00112233445566778899aabbccddeeff';
const two = 'FFEEDDCCBBAA99887766554433221100abcd';

function file(name: string, text: string, mode = 0o600): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

function problemsOf(path: string) {
  const found = readKeyFile(path);
  return found.kind === 'wrong' ? found.problems.map(({ line, message }) => `${line}: ${message}`) : [];
}

test('a line is a key; comments, blank lines and either case are fine', (t) => {
  const found = readKeyFile(file('good', `# ours\n\n  ${one}  # the new one\r\n${two}\n`));
  t.deepEqual(found, {
    kind: 'keys',
    keys: [Uint8Array.from(Buffer.from(one, 'hex')), Uint8Array.from(Buffer.from(two, 'hex'))],
  });
});

test('a new key is 32 random bytes for its owner only, and reads back', (t) => {
  const umask = process.umask(0);
  const paths = [join(dir, 'new1'), join(dir, 'new2')];
  for (const path of paths) t.is(createKeyFile(path), null);
  process.umask(umask);
  const keys = paths.map((path) => {
    t.is(statSync(path).mode & 0o777, 0o600);
    const found = readKeyFile(path);
    return found.kind === 'keys' ? found.keys : [];
  });
  t.deepEqual(
    keys.map((list) => list.map((key) => key.length)),
    [[32], [32]],
  );
  t.notDeepEqual(keys[0], keys[1]);
});

test('a new key overwrites nothing, not even through a link', (t) => {
  const path = file('kept', one, 0o640);
  t.regex(createKeyFile(path) ?? '', /kept is there already and was not touched/);
  t.is(readFileSync(path, 'utf8'), one);
  t.is(statSync(path).mode & 0o777, 0o640);
  symlinkSync(join(dir, 'nowhere'), join(dir, 'link'));
  t.regex(createKeyFile(join(dir, 'link')) ?? '', /is there already/);
  t.throws(() => statSync(join(dir, 'nowhere')));
  t.regex(createKeyFile(join(dir, 'no/such/key')) ?? '', /^cannot write .*ENOENT/);
});

test('any bit for group or others refuses the file', (t) => {
  for (const mode of [0o640, 0o604, 0o610, 0o601, 0o620, 0o602, 0o644, 0o777]) {
    const path = file(`mode-${mode.toString(8)}`, one, mode);
    const found = `0${mode.toString(8)}`;
    t.deepEqual(problemsOf(path), [
      `null: expected mode 0600, found ${found}, so others may use the key: chmod 600 ${path}`,
    ]);
  }
  t.is(readKeyFile(file('mode-400', one, 0o400)).kind, 'keys');
});

test('every wrong line is reported at once, and no message holds a key', (t) => {
  const path = file('bad', `${one}\nabc\nnot a key\n${one.slice(2)}\n${one.toUpperCase()}\n${two}x\n`);
  const expected = 'expected a key of at least 32 hexadecimal digits';
  t.deepEqual(problemsOf(path), [
    `2: ${expected}, found an odd number of them (3)`,
    `3: ${expected}, found other characters`,
    `4: ${expected}, found 30`,
    '5: expected each key once, found that of line 1 again',
    `6: ${expected}, found other characters`,
  ]);
});

test('a file without a key, no file, a directory and a huge file are problems', (t) => {
  t.regex(problemsOf(file('empty', '# nothing\n\n')).join(), /^null: expected a key in .*empty, found none/);
  t.regex(
    problemsOf(join(dir, 'missing')).join(),
    /^null: expected a key file at .*missing, found none: "locum keygen/,
  );
  mkdirSync(join(dir, 'folder'), { mode: 0o700 });
  t.regex(problemsOf(join(dir, 'folder')).join(), /is not a regular file$/);
  t.regex(problemsOf(file('huge', '#'.repeat(70_000))).join(), /^null: expected at most 65536 bytes/);
  const many = Array.from({ length: 17 }, (_, i) => `${one}${(i + 10).toString()}`).join('\n');
  t.regex(problemsOf(file('many', many)).join(), /expected at most 16 keys in .*, found 17$/);
});
