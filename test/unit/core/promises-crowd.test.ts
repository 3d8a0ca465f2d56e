// The voter where there is much of something: more refused groups than a vote can name, more boots than are remembered.

import test from 'ava';
import { maxBoots } from '#core/peers';
import type { Advert, GroupEntry } from '#model/advert';
import type { Effect } from '#model/effect';
import { entryOf } from './bench.ts';
import { bootOf, VotingBench } from './voting-bench.ts';

/** A whole table: `web` and so many others. */
function tableOf(web: Partial<GroupEntry>, others: Partial<GroupEntry>, count: number): Partial<Advert> {
  const entries = [
    entryOf(web.role ?? 'standby', web),
    ...Array.from({ length: count }, (_, i) => entryOf(others.role ?? 'standby', { ...others, group: `group-${i}` })),
  ];
  return { table: { base: 0, part: 0, parts: 1, around: 0, entries } };
}

test('more refused groups than can be told freeze no vote: what it covered lasts on, what is new is not covered', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  const web = { role: 'active', priority: 200, epoch: 5000 } as const;
  bench.say('third', null, null, { advert: tableOf({}, { role: 'active', epoch: 5500 }, 40) });
  bench.say('peer', null, null, { sequence: 700, advert: tableOf(web, {}, 40) });
  t.like(bench.voteFor('peer', bench.runTo(bench.now + 1000)), { sequence: 700, tableVersion: 700, except: [] });
  const until = bench.promisedUntil;
  const greedy = tableOf(web, { role: 'claiming', epoch: 9000 }, 40);
  bench.say('peer', null, null, { sequence: 800, advert: greedy });
  const vote = bench.voteFor('peer', bench.runTo(bench.now + 1000));
  t.deepEqual(vote, { boot: bootOf.peer, sequence: 800, tableVersion: 700, except: [] });
  t.true(bench.promisedUntil > until);
  // Whoever asks for longer than is ever promised is granted nothing, and its number stays.
  bench.say('peer', null, null, { sequence: 900, advert: { ...greedy, holdMs: 99_000 } });
  t.like(bench.voteFor('peer', bench.runTo(bench.now + 1000)), { sequence: 800, tableVersion: 700 });
});

test('a promise to a boot that was forgotten and is met again without its table ends with its time', (t) => {
  const bench = new VotingBench({ priority: 1, longestHoldMs: 60_000 });
  bench.runTo(62_000);
  bench.say('peer', { role: 'active', priority: 200, epoch: 90_000 }, null, { advert: { holdMs: 50_000 } });
  t.is(bench.promisedTo, bootOf.peer);
  const until = bench.promisedUntil;
  bench.runTo(bench.now + 4000);
  for (let i = 0; i <= maxBoots; i += 1) {
    bench.say('third', { role: 'standby' }, null, { boot: `00000000000001${i.toString(16).padStart(2, '0')}` });
  }
  t.false(bench.state.boots.has(bootOf.peer), 'it is forgotten');
  t.is(bench.promisedTo, bootOf.peer);
  // A part of a table that says nothing of the group: it lets go of nothing.
  bench.runTo(bench.now + 4000);
  bench.say('peer', null, null, { advert: { holdMs: 50_000 } });
  t.true(bench.state.boots.has(bootOf.peer));
  t.is(bench.promisedTo, bootOf.peer);
  t.true(bench.promisedUntil >= until);
  bench.runTo(bench.promisedUntil + 1);
  t.is(bench.promisedTo, null);
});

test('more candidates than an advert can name: who finds no room is promised nothing, and asked again once there is some', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  const bootNumber = (i: number) => `00000000000003${i.toString(16).padStart(2, '0')}`;
  const claims = Array.from({ length: 18 }, (_, i) => ({ role: 'active', group: `g${i}`, epoch: 9000 + i }) as const);
  for (const [i, entry] of claims.entries()) {
    bench.say('peer', entry, null, { boot: bootNumber(i) });
    bench.now += 1;
  }
  const said = (effects: readonly Effect[]) =>
    effects.flatMap((effect) => (effect.kind === 'advert' ? [effect.votes?.given.map(({ boot }) => boot) ?? []] : []));
  const first = said(bench.runTo(bench.now + 1000)).at(-1) ?? [];
  t.deepEqual(
    first,
    Array.from({ length: 16 }, (_, i) => bootNumber(i)),
  );
  t.false(bench.state.quorum?.promises.has('g16'));
  // One of them lets go: the next advert of who waits, with nothing new in it, is enough.
  bench.say('peer', { ...claims[3], role: 'standby' }, null, { boot: bootNumber(3) });
  bench.say('peer', null, null, { boot: bootNumber(16) });
  t.is(bench.state.quorum?.promises.get('g16')?.boot, bootNumber(16));
  const later = said(bench.runTo(bench.now + 1000)).at(-1) ?? [];
  t.is(later.length, 16);
  t.true(later.includes(bootNumber(16)));
});
