// The voter beside several candidates and groups: what one of them loses or says takes nothing from another, and gives
// nobody more than it asked for in order.

import test from 'ava';
import type { Effect } from '#model/effect';
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

test('without a gate its own vote is bound as well until the kernel has confirmed what it let go of', (t) => {
  const bench = new VotingBench({ priority: 200, groups: 2, lease: 'address' }).ready().win();
  t.is(bench.group.role, 'active');
  const effects = bench.step({ kind: 'fence', request: 1, text: 'a test' });
  const release = effects.find(({ kind }) => kind === 'release');
  if (release?.kind !== 'release') return t.fail('nothing was released');
  const says = () => bench.state.groups.map(({ entry }) => entry.role);
  const bound = () => ['web', 'g1'].filter((name) => bench.state.quorum?.promises.get(name)?.standing === true);
  t.not(bench.group.role, 'active');
  t.deepEqual(says(), ['active', 'active']);
  t.deepEqual(bound(), ['web', 'g1']);
  const [stuck = '', ...gone] = bench.keys;
  const absent = gone.map((key) => ({ key, kind: 'absent' }) as const);
  const word = bench.step({
    kind: 'kernel',
    id: release.id,
    outcomes: [{ key: stuck, kind: 'refused', error: 'EPERM' }, ...absent],
  });
  t.deepEqual([says()[0], bound()], ['active', ['web']]);
  // It votes for itself again as the word about the other group leaves.
  const advert = word.find(({ kind }) => kind === 'advert');
  const sent = advert === undefined ? null : bench.answerTo(advert);
  if (sent === null) return t.fail('nothing was said of the other one');
  bench.step(sent);
  bench.say('third', { ...claiming, epoch: 9000 });
  t.deepEqual([says()[0], bound()], ['active', ['web']]);
  t.is(bench.promisedTo, ownBoot);
  bench.now += 1000;
  const again = bench.step({ kind: 'wake' }).find(({ kind }) => kind === 'release');
  if (again?.kind !== 'release') return t.fail('it was not tried again');
  bench.step({ kind: 'kernel', id: again.id, outcomes: [{ key: stuck, kind: 'absent' }] });
  t.is(says()[0], bench.group.role);
  return t.not(bench.promisedTo, ownBoot);
});

test('a successor is waited for from when it could hear of it, which without a gate is once the kernel has confirmed', (t) => {
  const bench = new VotingBench({ priority: 200, lease: 'address' }).ready().win();
  const effects = bench.step({ kind: 'fence', request: 1, text: 'a test' });
  t.is(bench.group.role, 'resigning');
  const answer = (kind: 'advert' | 'release', some: readonly Effect[]) => {
    const input = some.flatMap((effect) => (effect.kind === kind ? (bench.answerTo(effect) ?? []) : []))[0];
    if (input === undefined) throw new Error(`no ${kind}`);
    return bench.step(input);
  };
  answer('advert', effects);
  t.is(bench.group.resignation?.said, false);
  const word = answer('release', effects);
  t.is(bench.group.entry.role, 'resigning');
  answer('advert', word);
  t.is(bench.group.resignation?.said, true);
});

test('a release that was confirmed says nothing of a later one', (t) => {
  const bench = new VotingBench({ priority: 200, lease: 'address' }).ready().win();
  const lateRelease = () => {
    bench.now += 5000;
    const release = bench.step({ kind: 'wake' }).find(({ kind }) => kind === 'release');
    if (release?.kind !== 'release') throw new Error('nothing was released');
    return release.id;
  };
  const confirm = (id: number) =>
    bench.step({ kind: 'kernel', id, outcomes: bench.keys.map((key) => ({ key, kind: 'absent' })) });
  const first = lateRelease();
  for (let tries = 0; tries < 20 && bench.group.role !== 'active'; tries += 1) {
    bench.runTo(bench.now + 500);
    bench.win();
  }
  t.is(bench.group.role, 'active');
  const second = lateRelease();
  confirm(first);
  t.is(bench.group.leaving, second);
  confirm(second);
  t.is(bench.group.leaving, null);
});
