// Every guard is needed: with any one of them removed, the test that is named beside it fails.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { env, execPath } from 'node:process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { changesOf, type Mutant, mutants, sourceOf } from './mutants.ts';

const root = new URL('../../', import.meta.url);
const hook = new URL('./hook.js', import.meta.url);

test('each has a name of its own', (t) => {
  t.is(new Set(mutants.map(({ guard }) => guard)).size, mutants.length);
});

test('each changes one place of the source', (t) => {
  for (const mutant of mutants) {
    for (const change of changesOf(mutant)) {
      const source = readFileSync(new URL(sourceOf(change), root), 'utf8');
      t.is(source.split(change.text).length - 1, 1, mutant.guard);
    }
  }
});

test('each is found by the test that is named for it', async (t) => {
  t.timeout(900_000);
  const survivors: string[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next; index < mutants.length; index = next) {
      next += 1;
      const mutant = mutants[index];
      if (mutant === undefined) return;
      const wrong = await survives(mutant, index);
      if (wrong !== null) survivors.push(`${mutant.guard}: ${wrong}`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  t.deepEqual(survivors, []);
});

async function survives({ killer, simulated, hiddenBy }: Mutant, index: number): Promise<string | null> {
  const alive = await passes(killer, [index]);
  if (alive !== null || simulated === undefined) return alive;
  if (hiddenBy === undefined) return passes(simulated, [index]);
  const others = hiddenBy.map((name) => mutants.findIndex(({ guard }) => guard === name));
  if (others.includes(-1)) return `not in the list: one of ${hiddenBy.join(', ')}`;
  const without = await outputOf(simulated, others);
  if (!without.includes('nothing found')) return `${simulated.sim} with the guard in place:\n${without}`.slice(0, 2000);
  return passes(simulated, [index, ...others]);
}

/** Null when the test failed, as it must. */
async function passes(killer: Mutant['killer'], undone: readonly number[]): Promise<string | null> {
  const out = await outputOf(killer, undone);
  if (/expected ".*" once in/.test(out)) return 'its text is not in the compiled file';
  // By its title: a test that is not there fails as well.
  const failed =
    'sim' in killer
      ? out.includes('FOUND by')
      : out.split('\n').some((line) => /^not ok [0-9]+ - /.test(line) && line.endsWith(killer.test.replace('*', '')));
  return failed ? null : `${JSON.stringify(killer)} did not fail:\n${out}`.slice(0, 2000);
}

function outputOf(killer: Mutant['killer'], undone: readonly number[]): Promise<string> {
  const ava = fileURLToPath(new URL('node_modules/ava/entrypoints/cli.mjs', root));
  const args =
    'sim' in killer
      ? ['dist-test/sim/main.js', '--story', '0', ...killer.sim.split(' ')]
      : [ava, '--tap', `dist-test/${killer.file}.test.js`, '--match', killer.test];
  const options = {
    cwd: fileURLToPath(root),
    env: { ...env, NODE_OPTIONS: `--import ${hook.href}`, LOCUM_MUTANT: undone.join(), CI: '' },
  };
  return new Promise((resolve) => {
    execFile(execPath, args, options, (_error, stdout, stderr) => resolve(`${stdout}${stderr}`));
  });
}
