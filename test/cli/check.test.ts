import { chmodSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { locum, temporaryDirectory } from './program.ts';

function written(t: ExecutionContext, text: string): string {
  const file = join(temporaryDirectory(t), 'locum.toml');
  writeFileSync(file, text);
  return file;
}

const good = `[cluster]
name = "edge"
auth = "none"
[node]
name = "lb1"
[[group]]
name = "web"
interface = "lo"
addresses = ["192.0.2.10", "2001:db8::10"]
`;

test('a good configuration: the settings in effect, and 0', async (t) => {
  const file = written(t, good);
  const { code, out, err } = await locum(['check', '--config', file]);
  t.is(err, '');
  t.is(code, 0);
  t.regex(out, /cluster edge, node lb1/);
  t.regex(out, /192\.0\.2\.10\/32 on lo/);
  t.regex(out, /2001:db8::10\/128 on lo/);
});

test('options for all commands may stand before the command', async (t) => {
  const file = written(t, good);
  t.is((await locum(['--config', file, 'check'])).code, 0);
});

test('the settings in effect as JSON', async (t) => {
  const file = written(t, good);
  const { code, out } = await locum(['check', '--json', '--config', file]);
  t.is(code, 0);
  const said = JSON.parse(out) as {
    ok: boolean;
    file: string;
    problems: unknown[];
    settings: { cluster: { name: string } };
  };
  t.is(said.ok, true);
  t.is(said.file, file);
  t.deepEqual(said.problems, []);
  t.is(said.settings.cluster.name, 'edge');
});

test('an interface that is not there is a warning, for it is waited for', async (t) => {
  const file = written(t, good.replace('"lo"', '"lcm-none0"'));
  const { code, err } = await locum(['check', '--config', file]);
  t.is(code, 0);
  t.regex(err, /locum\.toml:8: group\[0\]\.interface: warning: .*lcm-none0/);
});

test('every problem at once, with file, line and key, and 78', async (t) => {
  const file = written(t, '[clustr]\nname = "edge"\n[cluster]\nname = 3\nauth = "none"\ninterval = 5\n');
  const { code, out, err } = await locum(['check', '--config', file]);
  t.is(code, 78);
  t.is(out, '');
  t.true(err.includes(`${file}:1: clustr: unknown key. Did you mean "cluster"?\n`), err);
  t.regex(err, /:4: cluster\.name: expected /);
  t.regex(err, /:6: cluster\.interval: expected /);
  t.regex(err, /\nlocum: \d+ problems in /);
});

test('every problem at once, as JSON', async (t) => {
  const file = written(t, '[cluster]\nname = 3\nauth = "none"\ninterval = 5\n');
  const { code, out, err } = await locum(['check', '--json', '--config', file]);
  t.is(code, 78);
  t.is(err, '');
  const said = JSON.parse(out) as {
    ok: boolean;
    problems: { file: string; line: number; key: string; message: string }[];
  };
  t.is(said.ok, false);
  t.deepEqual(
    said.problems.filter(({ key }) => key === 'cluster.interval').map(({ file: where, line }) => [where, line]),
    [[file, 4]],
  );
});

test('a file that is not there, is a directory, or is not text', async (t) => {
  const dir = temporaryDirectory(t);
  const bytes = join(dir, 'bytes.toml');
  writeFileSync(bytes, Buffer.from([0x5b, 0xff, 0xfe]));
  for (const [file, words] of [
    [join(dir, 'none.toml'), /found nothing/],
    [dir, /found a directory/],
    [bytes, /expected UTF-8/],
  ] as const) {
    const { code, err } = await locum(['check', '--config', file]);
    t.is(code, 78, file);
    t.regex(err, words);
  }
});

test('a file that this user may not read: what was found, and what to do', async (t) => {
  const file = written(t, good);
  const dir = dirname(file);
  const uid = process.geteuid?.() ?? 0;
  const nobody = uid === 0 ? { uid: 65_534, gid: 65_534 } : {};
  chmodSync(dir, 0o755);
  chmodSync(file, uid === 0 ? 0o600 : 0o200);
  const closed = await locum(['check', '--config', file], nobody);
  t.is(closed.code, 78);
  const found = uid === 0 ? 'mode 0600, owned by root' : `mode 0200, owned by uid ${uid}`;
  t.true(closed.err.includes(`may read, found one with ${found}. Use sudo, or change its mode.`), closed.err);
  chmodSync(dir, uid === 0 ? 0o700 : 0o600);
  const hidden = await locum(['check', '--config', file], nobody);
  chmodSync(dir, 0o700);
  t.is(hidden.code, 78);
  t.regex(hidden.err, /may read, found a directory on the way to it that this user may not enter\. Use sudo/);
});

test('a key file that others may read, or that holds no key, is a problem', async (t) => {
  const dir = temporaryDirectory(t);
  const key = join(dir, 'cluster.key');
  const file = join(dir, 'locum.toml');
  writeFileSync(file, good.replace('auth = "none"', `key_file = "${key}"`));
  t.is((await locum(['keygen', key])).code, 0);
  t.is((await locum(['check', '--config', file])).code, 0);
  chmodSync(key, 0o640);
  const loose = await locum(['check', '--config', file]);
  t.is(loose.code, 78);
  t.regex(loose.err, /0640/);
  chmodSync(key, 0o600);
  writeFileSync(key, '# nothing\n\nabc\n');
  const short = await locum(['check', '--config', file]);
  t.is(short.code, 78);
  t.true(short.err.includes(`${key}:3: `), short.err);
});
