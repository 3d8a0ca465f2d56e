// The program is a bundle of the compiled rooms, and there is one: what users start is what these tests run, and a
// command loads no other command's part.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { mainPath } from './program.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const recorder = fileURLToPath(new URL('../fixtures/loaded.js', import.meta.url));

/** Names of parts without their hashes, and of native parts without their paths. */
function loadedBy(...args: readonly string[]): { readonly code: number | null; readonly files: readonly string[] } {
  const given = ['--import', recorder, mainPath, ...args, '--config', '/no/locum.toml', '--runtime-dir', '/no/run'];
  const { status, output } = spawnSync(process.execPath, given, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const paths = JSON.parse(String(output[3])) as readonly string[];
  return { code: status, files: paths.map((path) => basename(path).replace(/-[0-9A-Z]{8}\.cjs$/, '.cjs')) };
}

test('package.json, the lab and the installation name the program that the tests run', (t) => {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly bin: { locum: string } };
  const path = relative(root, mainPath);
  t.is(bin.locum, path);
  t.is(statSync(mainPath).mode & 0o111, 0o111);
  for (const script of ['scripts/install', 'scripts/lib/lab-hosts.sh']) {
    const named = readFileSync(join(root, script), 'utf8').match(/[\w/]*dist\/[\w/]+\.c?js/g) ?? [];
    t.deepEqual(new Set(named.map((name) => name.slice(name.indexOf('dist/')))), new Set([path]), script);
  }
});

test('the program was made after everything that it is made of', (t) => {
  const dist = join(root, 'dist');
  const made = statSync(mainPath).mtimeMs;
  const parts = readdirSync(dist, { recursive: true }).map(String);
  const compiled = parts.filter((path) => path.endsWith('.js') && !path.startsWith('program/'));
  t.true(compiled.length > 100);
  t.deepEqual(
    compiled.filter((path) => statSync(join(dist, path)).mtimeMs > made),
    [],
    'npm run build',
  );
});

test('the daemon loads its part and the native packages; commands for people load neither', (t) => {
  const daemon = loadedBy('run');
  t.is(daemon.code, 78);
  for (const file of ['main.cjs', 'run.cjs', 'koffi.node', 'raw.node']) t.true(daemon.files.includes(file), file);
  t.false(daemon.files.includes('status.cjs'));
  for (const [command, code] of [
    ['status', 3],
    ['version', 0],
    ['unfence', 3],
  ] as const) {
    const { code: ended, files } = loadedBy(command);
    t.is(ended, code, command);
    t.true(files.includes('main.cjs') && files.length > 1, command);
    t.deepEqual(
      files.filter((file) => file === 'run.cjs' || file.endsWith('.node')),
      [],
      command,
    );
  }
});

test('the strict rules of the source hold in every part', (t) => {
  const parts = readdirSync(join(root, 'dist/program'));
  t.true(parts.length > 5);
  for (const part of parts) {
    t.regex(readFileSync(join(root, 'dist/program', part), 'utf8'), /^(#!.*\n)?"use strict";\n/, part);
  }
});
