// scripts/install and scripts/uninstall below a root of their own, from a checkout in miniature.
// What they do to a running systemd is tested under one, in test/systemd.

import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test from 'ava';

const run = promisify(execFile);
const real = fileURLToPath(new URL('../../..', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'locum-install-'));
test.after.always(() => rmSync(base, { recursive: true }));

function put(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function checkoutIn(name: string): { readonly checkout: string; readonly root: string } {
  const checkout = join(base, name, 'checkout');
  for (const part of ['scripts', 'systemd', 'docs/man'])
    cpSync(join(real, part), join(checkout, part), { recursive: true });
  put(join(checkout, 'dist/program/main.cjs'), 'console.log(process.argv.slice(2).join("|"));\n');
  put(join(checkout, 'dist/cli/main.js'), '');
  put(join(checkout, 'package.json'), '{"type":"module"}');
  put(join(checkout, 'etc/locum.toml'), '# as it comes\n');
  const packages = {
    '': {},
    'node_modules/needed': {},
    'node_modules/needed/node_modules/inner': {},
    'node_modules/@scope/needed': {},
    'node_modules/elsewhere': { optional: true },
    'node_modules/tool': { dev: true },
  };
  put(join(checkout, 'package-lock.json'), JSON.stringify({ packages }));
  for (const module of ['needed', 'needed/node_modules/inner', '@scope/needed', 'tool']) {
    put(join(checkout, 'node_modules', module, 'index.js'), '');
  }
  return { checkout, root: join(base, name, 'root') };
}

type Place = ReturnType<typeof checkoutIn>;

function script({ checkout, root }: Place, name: 'install' | 'uninstall', ...more: readonly string[]) {
  return run(join(checkout, 'scripts', name), ['--root', root, '--prefix', '/opt/ha', ...more]);
}

test('the program, its production modules and the unit are in place, and nothing for development', async (t) => {
  const place = checkoutIn('fresh');
  const { stdout } = await script(place, 'install', '--node', process.execPath);
  const lib = join(place.root, 'opt/ha/lib/locum');
  for (const path of ['needed/index.js', 'needed/node_modules/inner/index.js', '@scope/needed/index.js']) {
    t.true(existsSync(join(lib, 'node_modules', path)), path);
  }
  t.false(existsSync(join(lib, 'node_modules/tool')));
  t.false(existsSync(join(lib, 'node_modules/elsewhere')));
  t.deepEqual(readdirSync(join(lib, 'dist')), ['program']);
  t.is(readlinkSync(join(place.root, 'opt/ha/bin/locum')), '/opt/ha/lib/locum/bin/locum');
  t.is(statSync(join(lib, 'bin/locum')).mode & 0o777, 0o755);
  const unit = readFileSync(join(place.root, 'etc/systemd/system/locum.service'), 'utf8');
  t.regex(unit, /^ExecStart=\/opt\/ha\/bin\/locum run$/m);
  t.regex(unit, /^ExecStopPost=\/opt\/ha\/bin\/locum cleanup --after-service$/m);
  t.notRegex(unit, /\/usr\/local/);
  for (const page of ['man8/locum.8', 'man5/locum.toml.5']) {
    t.is(statSync(join(place.root, 'opt/ha/share/man', page)).mode & 0o777, 0o644);
  }
  t.regex(stdout, /\/opt\/ha\/bin\/locum keygen \/etc\/locum\/cluster\.key/);
});

test('the wrapper names the node it was installed with and passes arguments on as they are', async (t) => {
  const place = checkoutIn('wrapper');
  await script(place, 'install', '--node', process.execPath);
  const wrapper = readFileSync(join(place.root, 'opt/ha/lib/locum/bin/locum'), 'utf8');
  t.is(
    wrapper,
    `#!/bin/sh\nexec ${process.execPath} --single-threaded-gc --no-memory-reducer /opt/ha/lib/locum/dist/program/main.cjs "$@"\n`,
  );
});

test('a second install replaces the program and keeps the settings of the operator', async (t) => {
  const place = checkoutIn('again');
  await script(place, 'install');
  const settings = join(place.root, 'etc/locum/locum.toml');
  t.is(readFileSync(settings, 'utf8'), '# as it comes\n');
  writeFileSync(settings, '# mine\n');
  put(join(place.root, 'etc/locum/cluster.key'), 'secret\n');
  put(join(place.checkout, 'dist/program/main.cjs'), '// newer\n');
  rmSync(join(place.checkout, 'node_modules/@scope'), { recursive: true });
  const { stdout } = await script(place, 'install');
  const lib = join(place.root, 'opt/ha/lib/locum');
  t.is(readFileSync(settings, 'utf8'), '# mine\n');
  t.is(readFileSync(join(place.root, 'etc/locum/cluster.key'), 'utf8'), 'secret\n');
  t.is(readFileSync(join(lib, 'dist/program/main.cjs'), 'utf8'), '// newer\n');
  t.false(existsSync(join(lib, 'node_modules/@scope')));
  t.false(existsSync(`${lib}.new`));
  t.notRegex(stdout, /keygen/);
});

test('uninstall takes the program away and keeps the settings; purge takes them too; twice is fine', async (t) => {
  const place = checkoutIn('gone');
  await script(place, 'install');
  put(join(place.root, 'etc/locum/cluster.key'), 'secret\n');
  put(join(place.root, 'opt/ha/bin/other'), '');
  for (let i = 0; i < 2; i += 1) await script(place, 'uninstall');
  t.false(existsSync(join(place.root, 'opt/ha/lib/locum')));
  t.false(existsSync(join(place.root, 'etc/systemd/system/locum.service')));
  t.throws(() => readlinkSync(join(place.root, 'opt/ha/bin/locum')));
  t.true(existsSync(join(place.root, 'opt/ha/bin/other')));
  t.is(readFileSync(join(place.root, 'etc/locum/cluster.key'), 'utf8'), 'secret\n');
  for (let i = 0; i < 2; i += 1) await script(place, 'uninstall', '--purge');
  t.false(existsSync(join(place.root, 'etc/locum')));
});

test('uninstall takes away the directories that install made, and none that was there or is in use', async (t) => {
  const place = checkoutIn('directories');
  mkdirSync(join(place.root, 'opt/ha/bin'), { recursive: true });
  for (let i = 0; i < 2; i += 1) await script(place, 'install');
  put(join(place.root, 'opt/ha/share/man/man8/other.8'), '');
  await script(place, 'uninstall', '--purge');
  const left = readdirSync(place.root, { recursive: true }).map(String).toSorted();
  const pages = ['opt/ha/share', 'opt/ha/share/man', 'opt/ha/share/man/man8', 'opt/ha/share/man/man8/other.8'];
  t.deepEqual(left, ['opt', 'opt/ha', 'opt/ha/bin', ...pages]);
});

test('what cannot be installed changes nothing and says why', async (t) => {
  const place = checkoutIn('wrong');
  const failsWith = (words: RegExp, ...more: readonly string[]) =>
    t.throwsAsync(script(place, 'install', ...more), { message: words });
  await failsWith(/is another program/, '--node', '/bin/true');
  await failsWith(/found that '\/no\/node' is not one/, '--node', '/no/node');
  await failsWith(/scripts\/install \[--prefix/, '--unknown');
  rmSync(join(place.checkout, 'dist'), { recursive: true });
  await failsWith(/expected a built checkout/);
  t.false(existsSync(place.root));
});
