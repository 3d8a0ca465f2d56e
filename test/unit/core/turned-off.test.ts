// What the word is worth that a boot was turned off: to the voter that promised it something, to whoever waits for it,
// to that boot itself; and when it is worth nothing.

import test from 'ava';
import type { Effect } from '#model/effect';
import type { Advert } from '#model/advert';
import { type Bench, holder, kinds, standby } from './bench.ts';
import { bootOf, ownBoot, silenceMs, VotingBench } from './voting-bench.ts';

const agent = { peer: ['/sbin/agent'], timeoutMs: 5000 };
const active = { role: 'active', priority: 200, epoch: 5000 } as const;
const claiming = { role: 'claiming', priority: 100, epoch: 9000 } as const;

const off = (boot: string, sequence: number): { readonly advert: Partial<Advert> } => ({
  advert: { turnedOff: [{ boot, sequence }] },
});

/** It has promised the group to `peer`, on hearing the number 500, and `third` claims it. */
function promised(): VotingBench {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active, null, { sequence: 500 });
  bench.say('third', claiming);
  return bench;
}

/** Every word that was said of who was turned off, in the last advert. */
function said(effects: readonly Effect[]): unknown {
  return effects.flatMap((effect) => (effect.kind === 'advert' ? [effect.turnedOff] : [])).at(-1);
}

function ran(bench: Bench, code: number): readonly Effect[] {
  const id = bench.state.fencing?.id ?? 0;
  return bench.step({ kind: 'fence-ran', id, outcome: { kind: 'exit', code }, ms: 100, output: '' });
}

const orders = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'fence-peer' ? [effect.node] : []));

test('the word that the holder was turned off frees the group, and the claim that waits is voted for at once', (t) => {
  const bench = promised();
  t.is(bench.promisedTo, bootOf.peer);
  const effects = bench.say('third', claiming, null, off(bootOf.peer, 500));
  t.is(bench.promisedTo, bootOf.third);
  t.deepEqual(bench.voteFor('third', effects)?.except, []);
});

test('whoever heard a later number of it keeps its promise', (t) => {
  const bench = promised();
  const until = bench.promisedUntil;
  bench.say('third', claiming, null, off(bootOf.peer, 499));
  t.is(bench.promisedTo, bootOf.peer);
  t.is(bench.promisedUntil, until);
});

test('heard again since, it is promised the group again, and the same word frees it no more', (t) => {
  const bench = promised();
  bench.say('third', null, null, off(bootOf.peer, 500));
  t.is(bench.promisedTo, bootOf.third);
  bench.say('third', { role: 'standby', epoch: 9000 }, null, off(bootOf.peer, 500));
  t.is(bench.promisedTo, null);
  bench.say('peer', { ...active, epoch: 9500 }, null, { sequence: 2001 });
  t.is(bench.promisedTo, bootOf.peer);
  bench.say('third', { ...claiming, epoch: 9900 }, null, { sequence: 3000, ...off(bootOf.peer, 500) });
  t.is(bench.promisedTo, bootOf.peer);
});

test('what was on its way when it was turned off brings no promise back', (t) => {
  const bench = promised();
  bench.say('third', { role: 'standby', epoch: 9000 }, null, { sequence: 2000, ...off(bootOf.peer, 505) });
  t.is(bench.promisedTo, null);
  bench.say('peer', { ...active, epoch: 9500 }, null, { sequence: 505 });
  t.is(bench.promisedTo, null);
});

test('a promise is not taken back on the word of somebody unproven, nor on one about another boot', (t) => {
  const bench = promised();
  const stranger = { boot: '00000000000000ee', echo: null, ...off(bootOf.peer, 500) };
  bench.say('third', { ...claiming, epoch: 9001 }, null, stranger);
  t.is(bench.promisedTo, bootOf.peer);
  bench.say('third', claiming, null, { sequence: 2000, ...off('00000000000000ee', 999) });
  t.is(bench.promisedTo, bootOf.peer);
});

test('a new start of what was turned off is free to claim', (t) => {
  const bench = promised();
  bench.say('third', { role: 'standby', epoch: 9000 }, null, { sequence: 2000, ...off(bootOf.peer, 500) });
  const again = '00000000000000dd';
  bench.say('peer', { ...claiming, epoch: 9500 }, null, { boot: again, sequence: 1 });
  t.is(bench.promisedTo, again);
});

/** The holder of a quorum cluster in which this node is the next. */
function heir(fence: typeof agent | null = agent): VotingBench {
  const bench = new VotingBench({ priority: 150, longestHoldMs: 10_000, ...(fence === null ? {} : { fence }) });
  for (let at = 500; at <= silenceMs + 500; at += 500) {
    bench.runTo(at);
    bench.say('peer', active);
    bench.say('third', { role: 'standby', priority: 10 });
  }
  return bench;
}

/** Of the others only `third` is heard for so long. */
function loseHolder(bench: VotingBench, ms: number): Effect[] {
  const seen: Effect[] = [];
  for (let at = bench.now + 500; ms > 0; at += 500, ms -= 500) {
    seen.push(...bench.runTo(at), ...bench.say('third', { role: 'standby', priority: 10 }));
  }
  return seen;
}

test('quorum: the fence begins a down time after the last word, not when the promise is over', (t) => {
  const bench = heir();
  const until = bench.promisedUntil;
  const effects = loseHolder(bench, 3000);
  t.is(bench.promisedTo, bootOf.peer);
  t.true(bench.now < until);
  t.deepEqual(orders(effects), ['peer']);
  t.is(bench.group.role, 'claiming');
  const number = bench.state.boots.get(bootOf.peer)?.sequence;
  const done = ran(bench, 0);
  t.is(bench.promisedTo, ownBoot, 'its own promise is free, and it votes for itself');
  t.deepEqual(said(done), [{ boot: bootOf.peer, sequence: number }]);
  t.false(kinds(done).includes('hold'), 'a majority is needed all the same');
  for (const effect of done) {
    const answer = effect.kind === 'advert' ? bench.answerTo(effect) : null;
    if (answer !== null) bench.step(answer);
  }
  const effectsOfVote = bench.say('third', { role: 'standby', priority: 10 }, bench.vote);
  t.true(kinds(effectsOfVote).includes('hold'));
  t.is(bench.group.role, 'active');
});

test('quorum: without an agent, and when it fails, the promise is waited for as ever', (t) => {
  const alone = heir(null);
  loseHolder(alone, 3000);
  t.is(alone.group.role, 'standby');
  t.like(alone.group.reason, { kind: 'promised', to: 'peer' });
  const bench = heir();
  loseHolder(bench, 3000);
  ran(bench, 1);
  t.is(bench.promisedTo, bootOf.peer);
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'promised', to: 'peer' });
  loseHolder(bench, 4000);
  t.is(bench.group.role, 'claiming');
});

test('quorum: a promise that no fence would end is waited for', (t) => {
  const bench = heir();
  // A later life of the holder is heard, and did not go on from its claim: nobody is left to be turned off.
  const effects: Effect[] = [];
  for (let i = 0; i < 6; i += 1) {
    bench.say('peer', { role: 'starting', priority: 200 }, null, { boot: '00000000000000dd' });
    effects.push(...loseHolder(bench, 500));
  }
  t.deepEqual(orders(effects), []);
  t.is(bench.promisedTo, bootOf.peer);
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'promised', to: 'peer' });
});

test('the word names what was known when the agent was told: a number that another one heard counts', (t) => {
  const bench = standby({ fence: agent });
  const boot = [...bench.state.boots.keys()][0] ?? '';
  const known = bench.state.boots.get(boot)?.sequence ?? 0;
  const third = { node: 'third', entry: { role: 'standby', priority: 1 } } as const;
  const echoes = [{ boot, sequence: known + 7, here: true, tableVersion: 0 }];
  bench.hearAndAnswer({ ...third, echoes });
  for (let i = 0; i < 9; i += 1) {
    bench.runTo(bench.now + 500);
    bench.hearAndAnswer({ ...third, echoes });
  }
  t.is(bench.state.fencing?.boots.get(boot), known + 7);
  // Heard by another one after the order: nobody knows whether that was before it was off.
  bench.hearAndAnswer({ ...third, echoes: [{ boot, sequence: known + 9, here: true, tableVersion: 0 }] });
  t.deepEqual(said(ran(bench, 0)), [{ boot, sequence: known + 7 }]);
});

test('the word is said while that node is silent, and no longer', (t) => {
  const bench = standby({ fence: agent });
  const boot = [...bench.state.boots.keys()][0] ?? '';
  bench.runTo(bench.now + 3200);
  const words = [{ boot, sequence: bench.state.boots.get(boot)?.sequence }];
  t.deepEqual(said(ran(bench, 0)), words);
  t.deepEqual(said(bench.runTo(bench.now + 5000)), words);
  bench.hearAndAnswer({ boot: '00000000000000dd', sequence: 1, entry: { role: 'starting' } });
  t.deepEqual(said(bench.runTo(bench.now + 1000)), []);
});

test('heard since the order and lost again, it may be on: the agent is told again', (t) => {
  const bench = standby({ fence: agent });
  bench.runTo(bench.now + 3200);
  bench.hear({ entry: { role: 'standby' } });
  bench.runTo(bench.now + 4000);
  const effects = ran(bench, 0);
  const [told] = effects.flatMap((it) => (it.kind === 'event' && it.event.code === 'fence-peer-ended' ? [it] : []));
  t.like(told?.event, { counts: false });
  t.is(bench.state.fencedBoots.size, 0);
});

test('availability: what another one turned off is not turned off again', (t) => {
  const bench = standby({ fence: { ...agent, peerRequired: true }, nodes: ['me', 'peer', 'third'] });
  const boot = [...bench.state.boots.keys()][0] ?? '';
  const number = bench.state.boots.get(boot)?.sequence ?? 0;
  const third = { node: 'third', boot: '00000000000000cc' } as const;
  const effects: Effect[] = [];
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 180 } });
  for (let i = 0; i < 8; i += 1) {
    bench.runTo(bench.now + 500);
    effects.push(
      ...bench.hearAndAnswer({ ...third, entry: { role: 'claiming', priority: 180 }, ...off(boot, number) }),
    );
  }
  // It goes silent before it is heard as holder: it may hold, and whom it had turned off does not.
  effects.push(...bench.runTo(bench.now + 4000));
  t.deepEqual(orders(effects), ['third']);
});

test('availability: without an agent of its own a node asks the wire no more about who was turned off', (t) => {
  const bench = standby({ probe: true, lease: 'off' }, { advert: { holdMs: 60_000 } });
  const boot = [...bench.state.boots.keys()][0] ?? '';
  const number = bench.state.boots.get(boot)?.sequence ?? 0;
  const third = { node: 'third', entry: { role: 'standby', priority: 1 } } as const;
  bench.hearAndAnswer({ ...third, ...off(boot, number) });
  for (let i = 0; i < 6; i += 1) {
    bench.runTo(bench.now + 500);
    bench.hearAndAnswer({ ...third, ...off(boot, number) });
  }
  t.is(bench.group.role, 'active');
});

/** It holds by the vote of `peer`. */
function winner(): VotingBench {
  const bench = new VotingBench({ priority: 250 }).ready().win();
  bench.runTo(bench.now + 100);
  return bench;
}

test('quorum: a holder that is said to be off lets go before it says a word, and a later claim stands', (t) => {
  const bench = winner();
  t.is(bench.group.role, 'active');
  bench.say('third', { role: 'standby' }, null, off(ownBoot, bench.group.claimedAfter));
  t.is(bench.group.role, 'active', 'that number is older than the claim');
  const word = off(ownBoot, bench.lastNumber);
  const effects = bench.say('third', { role: 'standby' }, null, word);
  t.is(bench.group.role, 'starting');
  t.like(bench.group.reason, { kind: 'turned-off', by: 'third' });
  t.true(kinds(effects).indexOf('silence') >= 0);
  t.true(kinds(effects).indexOf('silence') < kinds(effects).indexOf('advert'));
  t.true(bench.state.problems.has('fence-survived third'));
  for (let i = 0; i < 12; i += 1) {
    bench.runTo(bench.now + 500);
    bench.say('peer', { role: 'standby' }, bench.vote);
    bench.say('third', { role: 'standby' }, null, word);
  }
  t.is(bench.group.role, 'active');
  bench.say('third', { role: 'standby' });
  bench.runTo(bench.now + 100);
  t.false(bench.state.problems.has('fence-survived third'));
});

test('quorum: a claim under way ends by that word too', (t) => {
  const bench = new VotingBench({ priority: 250 }).ready();
  t.is(bench.group.role, 'claiming');
  bench.say('third', { role: 'standby' }, null, off(ownBoot, bench.lastNumber));
  t.is(bench.group.role, 'starting');
});

test('availability: a holder that is said to be off goes on, since the rule of two holders decides, and reports it', (t) => {
  const bench = holder();
  bench.hear({ entry: { role: 'standby' }, ...off(ownBoot, 99) });
  t.is(bench.group.role, 'active');
  t.true(bench.state.problems.has('fence-survived peer'));
});
