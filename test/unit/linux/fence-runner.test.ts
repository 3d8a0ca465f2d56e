// The programs of a fence: what they are told, and that one which hangs, fails or floods harms nothing.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { agentInput, FenceRunner } from '#linux/fence-runner';
import { LatchFile } from '#linux/latch-file';
import type { Input } from '#model/input';

const dir = mkdtempSync(join(tmpdir(), 'locum-fence-'));
test.after.always(() => rmSync(dir, { recursive: true }));

const user = process.geteuid?.() === 0 ? 'root' : 'nobody';

function runnerOf(text: string, timeoutMs = 5000) {
  const inputs: Input[] = [];
  const command = ['/bin/sh', '-c', text];
  const runner = new FenceRunner({
    fence: {
      self: command,
      peer: command,
      peerKeys: [
        { node: 'lb2', key: 'plug', value: '7' },
        { node: null, key: 'password', value: 'a b=c' },
        { node: 'lb3', key: 'plug', value: '8' },
      ],
      releaseMs: null,
      timeoutMs,
      peerRequired: false,
    },
    node: 'lb1',
    stateDir: dir,
    latch: new LatchFile(dir, () => ({ wallMs: 0, steadyMs: 0, kernelBoot: 'x' })),
    user,
    describe: (cause) => `because of ${cause.kind}`,
    offer: (input) => inputs.push(input),
  });
  const ended = async (): Promise<Extract<Input, { kind: 'fence-ran' }>> => {
    for (let waited = 0; waited < 10_000; waited += 10) {
      const [found] = inputs;
      if (found?.kind === 'fence-ran') return found;
      await sleep(10);
    }
    throw new Error('no outcome');
  };
  return { runner, ended };
}

test('an agent reads its keys on standard input, to the end', async (t) => {
  const { runner, ended } = runnerOf('cat; echo "$LOCUM_NODE $LOCUM_TARGET $LOCUM_REASON"');
  runner.fencePeer(3, 'lb2', 3012.4);
  const { id, outcome, output } = await ended();
  t.is(id, 3);
  t.deepEqual(outcome, { kind: 'exit', code: 0 });
  t.is(output, 'plug=lb2 password=a b=c plug=7 action=off nodename=lb2 lb1 lb2 lb2 has been silent for 3012 ms');
});

test('an agent is told also of a node that nobody remembers, in words', async (t) => {
  const { runner, ended } = runnerOf('echo "$LOCUM_TARGET: $LOCUM_REASON"');
  runner.fencePeer(3, 'lb2', null);
  t.is((await ended()).output, 'lb2: lb2 has not been heard for so long that it is forgotten');
});

test('keys for one node are not told about another', (t) => {
  t.is(
    agentInput({ peerKeys: [{ node: 'lb9', key: 'ip', value: 'x' }] }, 'lb2'),
    'plug=lb2\naction=off\nnodename=lb2\n',
  );
});

test('an agent that reads nothing is no trouble', async (t) => {
  const { runner, ended } = runnerOf('exec <&-; exit 4');
  runner.fencePeer(1, 'lb2', 1);
  t.deepEqual((await ended()).outcome, { kind: 'exit', code: 4 });
});

test('one that hangs ends with its children when its time is up', async (t) => {
  const file = join(dir, 'hung');
  const { runner, ended } = runnerOf(`trap "" TERM; sleep 60 & echo $$ $! >${file}; wait; sleep 60`, 200);
  runner.fencePeer(1, 'lb2', 1);
  t.deepEqual((await ended()).outcome, { kind: 'timeout' });
  await sleep(300);
  const pids = readFileSync(file, 'utf8').trim().split(' ').map(Number);
  t.is(pids.length, 2);
  for (const pid of pids) t.regex(stateOf(pid), /^(gone|Z)$/);
});

test('one that floods its output is cut in what is kept, not in what it does', async (t) => {
  const { runner, ended } = runnerOf('head -c 20000000 /dev/zero | tr "\\0" x; exit 0');
  runner.fencePeer(1, 'lb2', 1);
  const { outcome, output } = await ended();
  t.deepEqual(outcome, { kind: 'exit', code: 0 });
  t.is(output.length, 4096);
});

test('a program of its own learns why, and goes on when the daemon ends; an agent does not', async (t) => {
  const file = join(dir, 'self');
  const mine = runnerOf(`sleep 0.3; echo "$LOCUM_TARGET $LOCUM_REASON" >${file}`);
  mine.runner.fenceSelf(1, { kind: 'operator', text: 'x' });
  mine.runner.close();
  t.deepEqual((await mine.ended()).outcome, { kind: 'exit', code: 0 });
  t.is(readFileSync(file, 'utf8'), 'lb1 because of operator\n');
  const other = runnerOf('sleep 60');
  other.runner.fencePeer(1, 'lb2', 1);
  other.runner.close();
  t.is((await other.ended()).outcome.kind, 'signal');
});

test('lifting the latch forgets the crashes', async (t) => {
  writeFileSync(join(dir, 'crashes'), '1 1 x\n');
  const seen: Input[] = [];
  const { fence, ...rest } = {
    fence: { self: null, peer: null, peerKeys: [], releaseMs: null, timeoutMs: 1, peerRequired: false },
    node: 'lb1',
  };
  const runner = new FenceRunner({
    ...rest,
    fence,
    stateDir: dir,
    latch: new LatchFile(dir, () => ({ wallMs: 0, steadyMs: 0, kernelBoot: 'x' })),
    user,
    describe: () => '',
    offer: (input) => seen.push(input),
  });
  runner.latch(9, null);
  for (let i = 0; i < 200 && seen.length === 0; i += 1) await sleep(10);
  t.deepEqual(seen, [{ kind: 'latched', id: 9, error: null }]);
  t.throws(() => readFileSync(join(dir, 'crashes')), { code: 'ENOENT' });
});

/** A dead child that nobody has asked about yet is a zombie. */
function stateOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.charAt(0) ?? '?';
  } catch {
    return 'gone';
  }
}
