// This node fences itself: in which order, what a restart finds, how it ends.

import test from 'ava';
import type { Effect } from '#model/effect';
import { instant } from '#lib/time';
import { Bench, holder, kinds, link, standby } from './bench.ts';
import { checked, checkOf } from './checked.ts';

const self = { fence: { self: ['/bin/true'] } };

function fence(bench: Bench, request = 1): readonly Effect[] {
  return bench.step({ kind: 'fence', request, text: 'disk fails' });
}

/** Answers what was asked for, except what `held` names. */
function answer(bench: Bench, effects: readonly Effect[], held: readonly Effect['kind'][] = []): Effect[] {
  const seen: Effect[] = [];
  for (const effect of effects) {
    const input = held.includes(effect.kind) ? null : bench.answerTo(effect);
    if (input === null) continue;
    const next = bench.step(input);
    seen.push(...next, ...answer(bench, next, held));
  }
  return seen;
}

const answers = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'answer' ? [[effect.request, effect.answer.kind]] : []));

test('addresses go first, then the word, then the latch; only then comes the program, and the operator hears of it', (t) => {
  const bench = holder(self);
  bench.hearAndAnswer();
  const first = fence(bench);
  const order = kinds(first).filter((kind) => kind === 'release' || kind === 'advert' || kind === 'latch');
  t.deepEqual(order, ['release', 'advert', 'latch']);
  t.is(bench.group.role, 'resigning');
  t.false(kinds(answer(bench, first)).includes('fence-self'), 'the successor has not answered yet');
  bench.now += 10;
  const taken = bench.hearAndAnswer({ entry: { role: 'active' } });
  t.is(bench.group.role, 'fenced');
  t.deepEqual(answers(taken), [[1, 'done']]);
  t.true(kinds(taken).includes('fence-self'));
});

test('a latch that the disk is slow to take holds back the program and the answer', (t) => {
  const bench = holder(self);
  const effects = fence(bench);
  t.deepEqual(
    kinds(answer(bench, effects, ['latch'])).filter((kind) => kind === 'fence-self' || kind === 'answer'),
    [],
  );
  t.is(bench.group.role, 'fenced');
  const latch = effects.find((effect) => effect.kind === 'latch');
  const after = bench.step({ kind: 'latched', id: latch?.id ?? 0, error: null });
  t.true(kinds(after).includes('fence-self'));
  t.deepEqual(answers(after), [[1, 'done']]);
});

test('a release that the kernel owes holds them back too; an address that stays is said', (t) => {
  const bench = holder(self);
  const effects = fence(bench);
  t.false(kinds(answer(bench, effects, ['release'])).includes('answer'));
  const release = effects.find((effect) => effect.kind === 'release');
  const [key = ''] = bench.keys;
  const after = bench.step({
    kind: 'kernel',
    id: release?.id ?? 0,
    outcomes: [{ key, kind: 'refused', error: 'EPERM' }],
  });
  t.deepEqual(answers(after), [[1, 'failed']]);
  t.true(kinds(after).includes('fence-self'), 'now more than ever');
});

test('a disk that refuses the latch: fenced all the same, said, and tried again', (t) => {
  const bench = holder(self);
  const effects = fence(bench);
  answer(bench, effects, ['latch']);
  const latch = effects.find((effect) => effect.kind === 'latch');
  const after = bench.step({ kind: 'latched', id: latch?.id ?? 0, error: 'EROFS' });
  t.deepEqual(answers(after), [[1, 'failed']]);
  t.is(bench.group.role, 'fenced');
  t.true(bench.state.problems.has('latch-unwritten'));
  const again = bench.runTo(bench.now + 6000);
  t.true(kinds(again).includes('latch'));
  t.false(bench.state.problems.has('latch-unwritten'));
});

/** Every try of the latch fails, until it is this many seconds later. */
function refuse(bench: Bench, effects: readonly Effect[], seconds: number): string[] {
  const seen: Effect[] = [...effects];
  const fail = (some: readonly Effect[]): void => {
    for (const effect of some) {
      if (effect.kind === 'latch') seen.push(...bench.step({ kind: 'latched', id: effect.id, error: 'ENOSPC' }));
    }
  };
  fail(effects);
  for (const end = bench.now + 1000 * seconds; bench.now < end; ) {
    bench.now = Math.min(end, Math.max(bench.now, bench.wakeAt));
    const next = bench.step({ kind: 'wake' });
    seen.push(...next, ...answer(bench, next, ['latch']));
    fail(next);
  }
  return kinds(seen);
}

test('a disk that refuses the latch holds the program back for three tries, and no longer', (t) => {
  const bench = holder({ fence: { ...self.fence, releaseMs: 2000 } });
  const effects = fence(bench);
  answer(bench, effects, ['latch']);
  t.false(refuse(bench, effects, 9).includes('fence-self'), 'a reboot by it would not find the latch');
  t.is(bench.group.role, 'fenced', 'nor is it over before the program has run');
  t.is(refuse(bench, [], 2).filter((kind) => kind === 'fence-self').length, 1, 'what has to be fenced is');
  t.is(refuse(bench, [], 20).filter((kind) => kind === 'fence-self').length, 0);
});

test('a disk that takes the latch after all lets the program run then', (t) => {
  const bench = holder(self);
  const effects = fence(bench);
  answer(bench, effects, ['latch']);
  const latch = effects.find((effect) => effect.kind === 'latch');
  bench.step({ kind: 'latched', id: latch?.id ?? 0, error: 'ENOSPC' });
  t.false(kinds(bench.runTo(bench.now + 4900)).includes('fence-self'));
  t.true(kinds(bench.runTo(bench.now + 200)).includes('fence-self'));
});

test('a claim under way ends with the fence', (t) => {
  const bench = standby();
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'claiming');
  t.true(kinds(fence(bench)).includes('release'));
  t.is(bench.group.role, 'fenced');
});

test('fenced, it claims nothing, is handed nothing, and says so in every table', (t) => {
  const bench = standby();
  fence(bench);
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  bench.runTo(bench.now + 20_000);
  t.is(bench.group.role, 'fenced');
  t.is(bench.group.entry.role, 'fenced');
});

test('an operator ends it: the latch goes first, and then it listens before it claims', (t) => {
  const bench = holder();
  answer(bench, fence(bench));
  const effects = bench.step({ kind: 'unfence', request: 2 });
  t.is(bench.group.role, 'fenced', 'the disk still has the latch');
  t.deepEqual(
    effects.flatMap((effect) => (effect.kind === 'latch' ? [effect.latch] : [])),
    [null],
  );
  t.deepEqual(answers(answer(bench, effects)), [[2, 'done']]);
  t.is(bench.group.role, 'starting');
  bench.runTo(bench.now + 2900);
  t.is(bench.group.role, 'starting');
  bench.runTo(bench.now + 200);
  t.is(bench.group.role, 'active');
});

test('a latch that cannot be taken away keeps the node fenced, and the operator hears why', (t) => {
  const bench = holder();
  answer(bench, fence(bench));
  const [effect] = bench.step({ kind: 'unfence', request: 2 }).filter(({ kind }) => kind === 'latch');
  const after = bench.step({ kind: 'latched', id: effect?.kind === 'latch' ? effect.id : 0, error: 'EROFS' });
  t.deepEqual(answers(after), [[2, 'failed']]);
  t.is(bench.group.role, 'fenced');
});

test('refused in words: unfencing what is not fenced, or is being fenced, or stops', (t) => {
  const why = (effects: readonly Effect[]) =>
    effects.flatMap((effect) =>
      effect.kind === 'answer' && effect.answer.kind === 'refused' ? [effect.answer.why.kind] : [],
    );
  const bench = holder();
  t.deepEqual(why(bench.step({ kind: 'unfence', request: 1 })), ['not-fenced']);
  fence(bench, 2);
  t.deepEqual(why(bench.step({ kind: 'unfence', request: 3 })), ['still-fencing']);
  bench.step({ kind: 'stop' });
  t.deepEqual(why(fence(bench, 4)), ['stopping']);
});

test('a second operator is answered too; the program runs once', (t) => {
  const bench = holder(self);
  const all = answer(bench, fence(bench, 1));
  const more = answer(bench, fence(bench, 2));
  t.deepEqual(answers(all), [[1, 'done']]);
  t.deepEqual(answers(more), [[2, 'done']]);
  t.is(kinds([...all, ...more]).filter((kind) => kind === 'fence-self').length, 1);
});

test('release: its time ends it, and what was left is what the disk says', (t) => {
  const bench = holder({ fence: { releaseMs: 10_000 } });
  const effects = fence(bench);
  const latch = effects.find((effect) => effect.kind === 'latch');
  t.like(latch, { latch: { remainingMs: 10_000, cause: { kind: 'operator', text: 'disk fails' } } });
  answer(bench, effects);
  bench.runTo(bench.now + 9900);
  t.is(bench.group.role, 'fenced');
  bench.runTo(bench.now + 200);
  t.is(bench.group.role, 'starting');
});

const latch = { cause: { kind: 'operator', text: 'x' }, heldMs: 5000, remainingMs: null } as const;

test('a daemon that finds the latch is fenced from its first word on, and adopts nothing', (t) => {
  const hook = { command: ['/bin/true'], timeoutMs: 1000, user: 'root' };
  const left = {
    links: [link],
    left: ['eth0/10.0.0.0/32'],
    lastAdvertAt: instant(-500),
    lastUntil: instant(2500),
    lastBoot: '00000000000000a9',
    lastDownMs: 3000,
    lastLivePeers: 1,
  };
  t.is(new Bench({}, left, { hook }).group.role, 'active', 'without a latch it goes on');
  const bench = new Bench({}, { ...left, latch }, { hook });
  const states = bench.effects.flatMap((effect) => {
    if (effect.kind === 'hook') return [effect.state];
    return effect.kind === 'event' && effect.event.code === 'group' ? [effect.event.to] : [];
  });
  t.deepEqual(new Set(states), new Set(['fenced']));
  t.is(bench.group.role, 'fenced');
  t.true(kinds(bench.effects).includes('release'));
  t.false(kinds(bench.effects).includes('hold'));
  const said = bench.effects.find((effect) => effect.kind === 'advert');
  t.is(said?.kind === 'advert' ? said.table?.entries[0]?.role : null, 'fenced');
  t.false(kinds(bench.effects).includes('fence-self'), 'it ran before the restart');
  bench.runTo(60_000);
  t.is(bench.group.role, 'fenced');
  t.is(bench.state.fence?.since, instant(-5000));
});

test('a latch with time left ends on time after a restart; one that nobody can read never does', (t) => {
  const timed = new Bench({}, { latch: { ...latch, remainingMs: 4000 } });
  answer(timed, timed.effects);
  timed.runTo(4100);
  t.is(timed.group.role, 'starting');
  const unread = new Bench({}, { latch: { ...latch, cause: { kind: 'unreadable-latch', error: 'EIO' } } });
  t.false(kinds(unread.effects).includes('latch'), 'it is left for whoever looks into it');
  unread.runTo(600_000);
  t.is(unread.group.role, 'fenced');
});

const check = checkOf({ name: 'disk', rise: 2, fall: 2, onFail: { kind: 'fence' } });

function outcome(bench: Bench, code: number): readonly Effect[] {
  bench.runTo(bench.now + 1000);
  return checked(bench, code);
}

test('a check that fences: not at its first failure, not again for the same one', (t) => {
  const bench = new Bench({ checks: [check] });
  outcome(bench, 1);
  t.is(bench.state.checks[0]?.state, 'unknown', 'the service may not be up yet');
  outcome(bench, 0);
  outcome(bench, 1);
  t.is(bench.state.fence, null);
  const effects = outcome(bench, 1);
  t.true(kinds(effects).includes('latch'));
  answer(bench, effects);
  t.deepEqual(bench.state.fence?.cause, { kind: 'check', check: 'disk', outcome: 'exit 1' });
  bench.runTo(bench.now + 100);
  answer(bench, bench.step({ kind: 'unfence', request: 1 }));
  outcome(bench, 1);
  t.is(bench.state.fence, null);
  t.is(bench.group.role, 'faulted', 'it still fails');
  for (const code of [0, 0, 1, 1]) outcome(bench, code);
  t.not(bench.state.fence, null);
});

test('a check that fails from the start fences after as many failures', (t) => {
  const bench = new Bench({ checks: [check] });
  outcome(bench, 1);
  outcome(bench, 1);
  t.not(bench.state.fence, null);
});
