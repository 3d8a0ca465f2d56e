// The voter beside several candidates and groups: what one of them loses or says takes nothing from another, and gives
// nobody more than it asked for in order.

import test from 'ava';
import { entryOf } from './bench.ts';
import { bootOf, holdMs, VotingBench } from './voting-bench.ts';

const claiming = { role: 'claiming', priority: 200, epoch: 5000 } as const;
const active = { ...claiming, role: 'active' } as const;

function tableOf(...entries: readonly ReturnType<typeof entryOf>[]) {
  return { advert: { table: { base: 0, part: 0, parts: 1, around: 0, entries } } };
}

test('the end of a promise to one candidate takes no group from another', (t) => {
  const bench = new VotingBench({ priority: 1, groups: 2 }).ready();
  bench.say('third', null, null, tableOf(entryOf('active', { group: 'g1', epoch: 7000 })));
  bench.runTo(bench.now + 1000);
  bench.say('peer', active, null, tableOf(entryOf('active', active)));
  bench.runTo(bench.now + 1.03 * holdMs - 1000 + 1);
  const { promises } = bench.state.quorum ?? {};
  t.not(promises?.get('g1')?.boot, bootOf.third, 'its time is over, and this node claims it');
  t.like(promises?.get('web'), { boot: bootOf.peer, standing: true });
});

test('a promise that is over is not prolonged by the next number: another one may have the group by then', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  const short = { advert: { holdMs: 1000 } };
  bench.say('peer', active, null, short);
  bench.runTo(bench.now + 1100);
  t.is(bench.promisedTo, null);
  bench.say('third', { ...claiming, epoch: 9000 });
  t.is(bench.promisedTo, bootOf.third);
  bench.say('peer', null, null, short);
  t.is(bench.promisedTo, bootOf.third);
  t.is(bench.state.quorum?.candidates.get(bootOf.peer)?.refused, true);
});

test('no vote is said for what was promised and is over', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active, null, { advert: { holdMs: 1000 } });
  const effects = bench.runTo(bench.now + 2500);
  t.is(bench.voteFor('peer', effects), undefined);
});

test('a hold that grows beyond the longest prolongs nothing', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  const until = bench.promisedUntil;
  bench.runTo(bench.now + 500);
  bench.say('peer', null, null, { advert: { holdMs: 60_000 } });
  t.is(bench.promisedUntil, until);
});

test('who claims anew under an earlier epoch than it was granted is refused, whether that stands or is over', (t) => {
  for (const letsGo of [false, true]) {
    const bench = new VotingBench({ priority: 1 }).ready();
    bench.say('peer', active);
    if (letsGo) bench.say('peer', { role: 'standby' });
    const effects = bench.say('peer', { ...claiming, epoch: 4000 });
    t.deepEqual(bench.voteFor('peer', effects)?.except, [{ group: 'web', epoch: 5000 }], `let go: ${letsGo}`);
  }
});
