// A lost holder that had to make room for others is fenced like any other, and nobody says how long it was silent.

import test from 'ava';
import { maxBoots } from '#core/peers';
import { kinds, standby } from './bench.ts';

test('a lost holder whose last life was forgotten is fenced, and for how long it was silent nobody knows', (t) => {
  const bench = standby({ fence: { peer: ['/sbin/agent'], timeoutMs: 5000, peerRequired: true } });
  const [gone = ''] = bench.state.boots.keys();
  const first = bench.runTo(bench.now + 3200).find(({ kind }) => kind === 'fence-peer');
  t.true(first?.kind === 'fence-peer' && (first.silentMs ?? 0) >= 3000);
  const id = bench.state.fencing?.id ?? 0;
  bench.step({ kind: 'fence-ran', id, outcome: { kind: 'exit', code: 1 }, ms: 100, output: '' });
  for (let i = 0; i < maxBoots; i += 1) {
    const boot = `00000000000001${i.toString(16).padStart(2, '0')}`;
    bench.hearAndAnswer({ node: 'third', boot, entry: { role: 'standby', priority: 1 } });
  }
  t.false(bench.state.boots.has(gone), 'it made room');
  const effects = bench.runTo(bench.now + 1500);
  const order = effects.find(({ kind }) => kind === 'fence-peer');
  t.like(order, { node: 'peer', silentMs: null });
  t.like(
    effects.find((effect) => effect.kind === 'event' && effect.event.code === 'fence-peer'),
    { event: { peer: 'peer', silentMs: null } },
  );
  t.true(bench.state.fencing?.boots.has(gone), 'it is that life which is to end');
  t.false(kinds(effects).includes('hold'));
});
