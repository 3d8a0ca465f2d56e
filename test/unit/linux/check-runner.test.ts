import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { CheckRunner } from '#linux/check-runner';
import type { Input } from '#model/input';
import type { CheckSettings } from '#model/settings';

function check(name: string, text: string, timeoutMs = 2000): CheckSettings {
  const script = ['/bin/sh', '-c', text];
  return { name, script, intervalMs: 1000, timeoutMs, rise: 1, fall: 1, onFail: { kind: 'fault' }, user: 'nobody' };
}

function runnerOf(...checks: readonly CheckSettings[]) {
  const inputs: Input[] = [];
  const runner = new CheckRunner({ checks, node: 'lb1', offer: (input) => inputs.push(input) });
  const until = async (count: number) => {
    for (let i = 0; i < 400 && inputs.length < count; i += 1) await sleep(10);
    return inputs;
  };
  return { runner, inputs, until };
}

test('an outcome carries the id, the check, the time and what was printed', async (t) => {
  const { runner, until } = runnerOf(check('web', 'echo $LOCUM_CHECK on $LOCUM_NODE; sleep 0.1; exit 7'));
  runner.run(42, 'web');
  const [input] = await until(1);
  const ms = input?.kind === 'checked' ? input.ms : Number.NaN;
  const outcome = { kind: 'exit', code: 7 } as const;
  t.deepEqual(input, { kind: 'checked', id: 42, check: 'web', outcome, ms, output: 'web on lb1' });
  t.true(ms >= 100 && ms < 2000);
});

test('nothing is offered from within run', async (t) => {
  const { runner, inputs, until } = runnerOf({ ...check('web', 'true'), user: 'no-such-user' });
  runner.run(1, 'web');
  runner.run(2, 'unknown');
  t.deepEqual(inputs, []);
  const kinds = (await until(2)).map((input) => input.kind === 'checked' && input.outcome.kind);
  t.deepEqual(kinds, ['cannot-run', 'cannot-run']);
});

test('a check that still runs is not run beside itself, other checks are', async (t) => {
  const { runner, until } = runnerOf(check('slow', 'sleep 0.5'), check('fast', 'true'));
  runner.run(1, 'slow');
  runner.run(2, 'slow');
  runner.run(3, 'fast');
  const ends = (await until(3)).map((input) => input.kind === 'checked' && [input.id, input.outcome.kind]);
  t.deepEqual(ends, [
    [2, 'cannot-run'],
    [3, 'exit'],
    [1, 'exit'],
  ]);
  runner.run(4, 'slow');
  const [, , , last] = await until(4);
  t.deepEqual(last?.kind === 'checked' && last.outcome, { kind: 'exit', code: 0 });
});

test('an outcome comes within the timeout and the time to kill', async (t) => {
  const { runner, until } = runnerOf(check('stuck', 'trap "" TERM; while :; do sleep 1; done', 200));
  const begun = performance.now();
  runner.run(1, 'stuck');
  const [input] = await until(1);
  t.deepEqual(input?.kind === 'checked' && input.outcome, { kind: 'timeout' });
  t.true(performance.now() - begun < 3000);
});

test('close kills what runs', async (t) => {
  const { runner, until } = runnerOf(check('long', 'sleep 60', 60_000));
  runner.run(1, 'long');
  await sleep(100);
  runner.close();
  const [input] = await until(1);
  t.deepEqual(input?.kind === 'checked' && input.outcome, { kind: 'signal', signal: 'SIGKILL' });
});
