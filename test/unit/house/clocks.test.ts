// House rules about time. Decisions go by the monotonic clock, which nobody can set; the wall clock is read in one
// place and shown to people. Where the language itself offers a clock, the compiler cannot forbid it: this test does.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const source = fileURLToPath(new URL('../../../src/', import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

/** Comments say many things; only code reads clocks. */
function codeOf(name: string): string {
  return readFileSync(join(source, name), 'utf8')
    .replaceAll(/\/\*[^]*?\*\//g, '')
    .replaceAll(/^\s*\/\/.*$/gm, '');
}

function whoMatches(pattern: RegExp): string[] {
  return files.filter((name) => pattern.test(codeOf(name))).map((name) => relative('.', name));
}

test('there is something to look at', (t) => {
  t.true(files.length > 100, `${files.length} files in ${source}`);
  t.true(whoMatches(/\bfunction\b/).length > 50);
});

test('the wall clock is read in one place', (t) => {
  t.deepEqual(whoMatches(/\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(|performance\.timeOrigin|\bTemporal\b/), [
    'linux/monotonic-clock.ts',
  ]);
});

test('only what is shown to people knows dates, or asks for the wall clock', (t) => {
  const rooms = (names: readonly string[]): string[] => [...new Set(names.map((name) => name.split('/')[0] ?? ''))];
  t.deepEqual(rooms(whoMatches(/\bDate\b/)).toSorted(), ['linux', 'ops']);
  t.deepEqual(rooms(whoMatches(/\.wall\b|\bwall\(\)/)).toSorted(), ['cli', 'linux', 'ops', 'ports']);
});

test('core, wire and model read no clock at all: time is an argument', (t) => {
  const readers = whoMatches(/\bDate\b|\bperformance\b|\bhrtime\b|\bsetTimeout\b|\bMath\.random\b|\.now\(\)/);
  t.deepEqual(
    readers.filter((name) => /^(core|wire|model|lib|config)\//.test(name)),
    [],
  );
  t.deepEqual(
    readers.filter((name) => name.startsWith('runtime/')),
    ['runtime/daemon.ts', 'runtime/timeline.ts'],
    'the one reads the monotonic clock of its port once for each step, the other notes how long a takeover takes',
  );
});
