import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { HookRunner, longestQueue } from '#linux/hook-runner';
import type { Input } from '#model/input';
import type { HookEffect } from '#ports/programs';

const dir = mkdtempSync(join(tmpdir(), 'locum-hooks-'));
test.after.always(() => rmSync(dir, { recursive: true }));

const self = process.geteuid?.() === 0 ? 'root' : 'nobody';

function runnerOf(text: string, timeoutMs = 5000) {
  const inputs: Input[] = [];
  const said: string[] = [];
  const runner = new HookRunner({
    hook: { command: ['/bin/sh', '-c', text], timeoutMs, user: self },
    node: 'lb1',
    describe: (reason) => `because of ${reason.kind}`,
    offer: (input) => inputs.push(input),
    log: (sentence) => said.push(sentence),
  });
  return { runner, inputs, said };
}

function change(group: string, epoch = 0): HookEffect {
  return { kind: 'hook', group, state: 'active', previous: 'claiming', reason: { kind: 'no-holder' }, epoch };
}

test('a hook learns what happened from its environment', async (t) => {
  const { runner, inputs } = runnerOf('echo "$LOCUM_GROUP|$LOCUM_STATE|$LOCUM_PREVIOUS|$LOCUM_REASON|$LOCUM_NODE"');
  runner.run(change('web'));
  t.is(await runner.finish(5000), 0);
  const output = 'web|active|claiming|because of no-holder|lb1';
  t.deepEqual(inputs, [{ kind: 'hooked', group: 'web', outcome: { kind: 'exit', code: 0 }, output }]);
});

test('a hook learns the epoch where there is one', async (t) => {
  const { runner, inputs } = runnerOf('echo "${LOCUM_EPOCH-none}"');
  runner.run(change('web', 4711));
  runner.run(change('web'));
  t.is(await runner.finish(5000), 0);
  t.deepEqual(
    inputs.map((input) => input.kind === 'hooked' && input.output),
    ['4711', 'none'],
  );
});

test('hooks run one at a time, in order', async (t) => {
  const file = join(dir, 'order');
  const { runner } = runnerOf(`echo "begin $LOCUM_GROUP" >>${file}; sleep 0.05; echo "end $LOCUM_GROUP" >>${file}`);
  const groups = ['a', 'b', 'c', 'd'];
  for (const group of groups) runner.run(change(group));
  t.is(await runner.finish(10_000), 0);
  t.deepEqual(
    readFileSync(file, 'utf8').trim().split('\n'),
    groups.flatMap((group) => [`begin ${group}`, `end ${group}`]),
  );
});

test('one that hangs or fails harms nothing but itself', async (t) => {
  const { runner, inputs } = runnerOf('case $LOCUM_GROUP in hang) sleep 60;; fail) exit 9;; esac', 200);
  for (const group of ['hang', 'fail', 'fine']) runner.run(change(group));
  t.is(await runner.finish(5000), 0);
  t.deepEqual(
    inputs.map((input) => input.kind === 'hooked' && input.outcome),
    [{ kind: 'timeout' }, { kind: 'exit', code: 9 }, { kind: 'exit', code: 0 }],
  );
});

test('finish kills what runs when the time is over and skips the rest, with a word for each', async (t) => {
  const file = join(dir, 'skipped');
  const { runner, said } = runnerOf(`trap "" TERM; echo $$ >>${file}; while :; do sleep 1; done`);
  for (const group of ['a', 'b', 'c']) runner.run(change(group));
  await sleep(150);
  const begun = performance.now();
  t.is(await runner.finish(100), 2);
  t.true(performance.now() - begun < 2000);
  t.deepEqual(said, [
    'hook of group a (claiming to active) was killed: locum is stopping',
    'hook of group b (claiming to active) was skipped: locum is stopping',
    'hook of group c (claiming to active) was skipped: locum is stopping',
  ]);
  await sleep(100);
  const pids = readFileSync(file, 'utf8').trim().split('\n');
  t.is(pids.length, 1);
  t.throws(() => process.kill(Number(pids[0]), 0), { code: 'ESRCH' });
});

test('after finish nothing runs any more', async (t) => {
  const { runner, inputs, said } = runnerOf('true');
  t.is(await runner.finish(0), 0);
  runner.run(change('late'));
  await sleep(100);
  t.deepEqual(inputs, []);
  t.deepEqual(said, ['hook of group late (claiming to active) was skipped: locum is stopping']);
});

test('the queue is bounded: the oldest that waits is dropped, and said', async (t) => {
  const { runner, said } = runnerOf('sleep 60');
  runner.run(change('running'));
  for (let i = 0; i < longestQueue + 2; i += 1) runner.run(change(`g${i}`));
  t.deepEqual(said, [
    'hook of group g0 (claiming to active) was dropped: more than 1000 hooks wait for their turn',
    'hook of group g1 (claiming to active) was dropped: more than 1000 hooks wait for their turn',
  ]);
  t.is(await runner.finish(0), longestQueue);
});

test('without a hook there is nothing to do', async (t) => {
  const inputs: Input[] = [];
  const nothing = (value: unknown) => t.fail(String(value));
  const runner = new HookRunner({
    hook: null,
    node: 'lb1',
    describe: () => '',
    offer: (input) => inputs.push(input),
    log: nothing,
  });
  runner.run(change('web'));
  t.is(await runner.finish(1000), 0);
  t.deepEqual(inputs, []);
});
