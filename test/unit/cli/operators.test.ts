// Operators' requests: what is asked of the core, and what its answers, or none, are told as.

import test from 'ava';
import { Operators } from '#cli/operators';
import type { Answer } from '#model/fence';
import type { Input } from '#model/input';

function setUp() {
  const inputs: Input[] = [];
  const said: string[] = [];
  const operators = new Operators((input) => inputs.push(input), {
    say: (_level, _code, message) => said.push(message),
  });
  const post = async (path: string, body: unknown) => await operators.requests.get(path)?.(body, 'root (pid 7)');
  return { operators, inputs, said, post };
}

test('a fence carries its reason, and who asked is said', async (t) => {
  const { operators, inputs, said, post } = setUp();
  const told = post('/v1/fence', { reason: ' disk fails ' });
  t.deepEqual(inputs, [{ kind: 'fence', request: 1, text: 'disk fails' }]);
  operators.answer(1, { kind: 'done' });
  t.deepEqual(await told, { kind: 'done', body: { fenced: true } });
  t.deepEqual(said, ['root (pid 7) asks to fence this node']);
});

test('a reason that is none is wrong, and never reaches the core', async (t) => {
  const { inputs, post } = setUp();
  for (const body of [{}, null, 'x', { reason: 7 }, { reason: '   ' }, { reason: 'x'.repeat(501) }])
    t.is((await post('/v1/fence', body))?.kind, 'wrong');
  t.deepEqual(inputs, []);
});

test('each request gets its own answer; refusals and failures come in words', async (t) => {
  const { operators, post } = setUp();
  const told = [post('/v1/unfence', {}), post('/v1/unfence', {}), post('/v1/fence', { reason: 'x' })];
  const answers: Answer[] = [
    { kind: 'refused', why: { kind: 'not-fenced' } },
    { kind: 'failed', why: { kind: 'latch-stays', error: 'EROFS' } },
    { kind: 'failed', why: { kind: 'address-stuck', key: 'eth0/192.0.2.10/32', error: 'EPERM' } },
  ];
  for (const index of [2, 0, 1]) operators.answer(index + 1, answers[index] ?? { kind: 'done' });
  const [first, second, third] = await Promise.all(told);
  t.deepEqual(first, { kind: 'refused', words: 'this node is not fenced' });
  t.like(second, { kind: 'failed', words: 'this node stays fenced, because its latch cannot be taken away: EROFS' });
  t.is(third?.kind, 'failed');
  t.notThrows(() => operators.answer(99, { kind: 'done' }));
});

test('a core that never answers, and a daemon that ends', async (t) => {
  const { operators, post } = setUp();
  const waits = post('/v1/unfence', {});
  operators.close();
  t.deepEqual(await waits, { kind: 'refused', words: 'the daemon is stopping' });
  const silent = await post('/v1/unfence', {});
  t.like(silent, { kind: 'failed' });
});
