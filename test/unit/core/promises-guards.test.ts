// The voter beside several candidates and groups: what one of them loses or says takes nothing from another, and gives
// nobody more than it asked for in order.

import test from 'ava';
import { entryOf } from './bench.ts';
import { bootOf, holdMs, ownBoot, VotingBench } from './voting-bench.ts';

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

test('a claim of its own that opened nothing bars no holder of before, however often it was made anew', (t) => {
  for (const anew of [false, true]) {
    const bench = new VotingBench().ready();
    const before = bench.group.epoch - 1;
    if (anew) bench.say('third', null, { ...bench.vote, except: [{ group: 'web', epoch: bench.group.epoch + 5 }] });
    t.is(bench.group.epoch > before + 1, anew);
    t.is(bench.promisedTo, ownBoot);
    bench.say('peer', { ...active, epoch: before });
    t.is(bench.group.role, 'standby');
    const effects = bench.say('peer', { ...active, epoch: before });
    t.is(bench.promisedTo, bootOf.peer, `made anew: ${anew}`);
    t.deepEqual(bench.state.quorum?.candidates.get(bootOf.peer)?.except, []);
    t.is(bench.voteFor('peer', effects), undefined, 'it was said at once');
  }
});

test('a claim of its own that opened something bars every earlier one for good', (t) => {
  const bench = new VotingBench().ready().win();
  const { epoch } = bench.group;
  t.is(bench.group.role, 'active');
  bench.step({ kind: 'lapsed' });
  t.is(bench.promisedTo, null);
  bench.say('peer', { ...active, epoch: epoch - 1 });
  t.is(bench.promisedTo, null);
  t.deepEqual(bench.state.quorum?.candidates.get(bootOf.peer)?.except, [{ group: 'web', epoch }]);
});

test('a claim of its own that opened nothing leaves what was granted to others before it', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', { ...active, epoch: 7000 });
  t.is(bench.promisedTo, bootOf.peer);
  for (let i = 0; i < 4; i += 1) {
    for (const node of ['peer', 'third'] as const) bench.say(node, { role: 'faulted', epoch: 7000 });
    bench.runTo(bench.now + 500);
  }
  t.is(bench.group.role, 'claiming');
  t.is(bench.promisedTo, ownBoot);
  bench.say('peer', { ...active, epoch: 6999 });
  t.is(bench.group.role, 'standby');
  t.is(bench.promisedTo, null);
  t.deepEqual(bench.state.quorum?.candidates.get(bootOf.peer)?.except, [{ group: 'web', epoch: 7000 }]);
});
