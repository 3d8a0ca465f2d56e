// Adoption in the last moment of a lease: whatever is taken on and let go of in one step must stay shut.

import test from 'ava';
import { instant } from '#lib/time';
import { Bench } from './bench.ts';
import { VotingBench } from './voting-bench.ts';

test('a lease that is as good as over is not adopted, and nothing is opened', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-2960), epochFloor: 4000 };
  const bench = new VotingBench({}, { ...facts, lastUntil: instant(40) });
  t.is(bench.group.role, 'starting');
  t.deepEqual(
    bench.effects.filter(({ kind }) => kind === 'hold'),
    [],
  );
});
