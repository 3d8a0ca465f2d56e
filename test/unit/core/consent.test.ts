// Where a fence is required: whoever may have claimed a group unheard is turned off, or answers the claim, before this
// node opens.

import test from 'ava';
import type { Effect } from '#model/effect';
import { Bench, kinds, type Saying, standby } from './bench.ts';

const required = { peer: ['/sbin/agent'], timeoutMs: 5000, peerRequired: true };
const two = { fence: required, nodes: ['me', 'peer'] };
const three = { fence: required, nodes: ['me', 'peer', 'third'] };
const third = { node: 'third', boot: '00000000000000cc' } as const;

const orders = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'fence-peer' ? [effect.node] : []));

/** What a peer says that has not heard what this node said last. */
const late = (bench: Bench) => ({ tableVersion: bench.state.tableVersion - 1 });

function isOff(bench: Bench): readonly Effect[] {
  const id = bench.state.fencing?.id ?? 0;
  return bench.step({ kind: 'fence-ran', id, outcome: { kind: 'exit', code: 0 }, ms: 100, output: '' });
}

/** Nobody ever held the group: this node and a peer listened for a down time, and each heard the other. */
function started(wish: Parameters<typeof standby>[0] = two, others: readonly Saying[] = [{}]): Bench {
  const bench = new Bench(wish);
  for (let i = 0; i < 6; i += 1) {
    for (const other of others) bench.hearAndAnswer({ ...other, entry: { role: 'starting', priority: 10 } });
    bench.runTo(bench.now + 500);
  }
  return bench;
}

test('whoever is heard answers the claim before this node opens', (t) => {
  const bench = started();
  t.is(bench.group.role, 'claiming');
  t.is(bench.group.holdId, null);
  t.false(kinds(bench.hearAndAnswer({ echo: late(bench) })).includes('hold'), 'said before it heard the claim');
  t.true(kinds(bench.hearAndAnswer()).includes('hold'));
  t.is(bench.group.role, 'active');
});

test('without a fence, or without one that is required, nobody is asked', (t) => {
  t.is(started({ nodes: ['me', 'peer'] }).group.role, 'active');
  t.is(started({ ...two, fence: { ...required, peerRequired: false } }).group.role, 'active');
});

test('a recording of the peer agrees to nothing', (t) => {
  const bench = started();
  const told = bench.hearAndAnswer({ boot: '00000000000000f9', echo: null });
  t.false(kinds([...told, ...bench.hearAndAnswer({ boot: '00000000000000f9', echo: null })]).includes('hold'));
  t.is(bench.group.role, 'claiming');
});

test('an answer from somebody whose table is not known as it is now agrees to nothing', (t) => {
  const bench = started();
  // It knows of the claim, and has changed its own table: that may be a claim too.
  const changed = { table: null, tableVersion: 900 };
  t.false(kinds(bench.hearAndAnswer({ sequence: 900, advert: changed })).includes('hold'));
  t.is(bench.group.role, 'claiming');
  t.true(kinds(bench.hearAndAnswer()).includes('hold'));
});

test('whoever fell silent is turned off, although nobody heard it hold', (t) => {
  const bench = started();
  const effects = bench.runTo(bench.now + 30_000);
  t.deepEqual(orders(effects), ['peer']);
  t.false(kinds(effects).includes('hold'));
  t.true(kinds(isOff(bench)).includes('hold'));
});

test('two that know nothing worse of each other than silence do not turn each other off', (t) => {
  const fencedAfter = (node: string) => {
    const bench = started({ ...two, node, nodes: [node, 'peer'] });
    const from = bench.now;
    while (bench.state.fencing === null && bench.now < from + 60_000) bench.runTo(bench.now + 100);
    return bench.now - from;
  };
  const roundMs = 2 * 3000 + required.timeoutMs;
  const [first, second] = [fencedAfter('alpha'), fencedAfter('zeta')];
  t.true(first > 2 * roundMs - 1000 && first < 2 * roundMs + 1000, `${first} ms`);
  t.true(second > 3 * roundMs - 1000 && second < 3 * roundMs + 1000, `${second} ms`);
});

test('whoever gave way to the claim of this node turns it off first', (t) => {
  const bench = started();
  bench.hearAndAnswer({ echo: late(bench), entry: { role: 'claiming', priority: 10 } });
  const from = bench.now;
  while (bench.state.fencing === null && bench.now < from + 60_000) bench.runTo(bench.now + 100);
  const roundMs = 2 * 3000 + required.timeoutMs;
  t.true(bench.now - from > roundMs - 1000 && bench.now - from < roundMs + 1000, `${bench.now - from} ms`);
});

test('whoever said that it ends needs no fence', (t) => {
  const bench = started(three, [{}, third]);
  bench.hearAndAnswer({ entry: { role: 'draining' } });
  t.false(kinds(bench.hearAndAnswer({ echo: late(bench), entry: { role: 'draining' } })).includes('hold'), 'third');
  t.true(kinds(bench.hearAndAnswer(third)).includes('hold'));
});

test('who is named opens at once', (t) => {
  const bench = standby(three);
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 1 } });
  t.true(kinds(bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } })).includes('hold'));
});

test('what the successor did not take is taken back only when it says so, or is off', (t) => {
  const bench = started();
  bench.hearAndAnswer();
  t.is(bench.group.role, 'active');
  bench.hearAndAnswer({ entry: { role: 'standby', priority: 200, wants: 'preempt' } });
  t.is(bench.group.role, 'resigning');
  const effects = bench.runTo(bench.now + 2500);
  t.is(bench.group.role, 'claiming');
  t.false(kinds(effects).includes('hold'));
  const later = bench.runTo(bench.now + 40_000);
  t.deepEqual(orders(later), ['peer']);
  t.false(kinds(later).includes('hold'));
});

test('a later life that was heard and fell silent again is turned off too, whatever the earlier one left', (t) => {
  const bench = standby(two);
  // This host slept: whoever it heard before that has longer to be heard again.
  bench.step({ kind: 'slept', ms: 3000 });
  bench.hearAndAnswer({ boot: '00000000000000f2', entry: { role: 'starting', priority: 200 } });
  const effects = bench.runTo(bench.now + 60_000);
  t.deepEqual(orders(effects), ['peer']);
  t.false(kinds(effects).includes('hold'));
});

test('of three, those that lose a holder turn that one off, and not each other', (t) => {
  const bench = standby(three);
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 1 } });
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  t.deepEqual(orders(bench.runTo(bench.now + 3500)), ['peer']);
  t.true(kinds(isOff(bench)).includes('hold'));
});

test('a claim that waits for a word of this node gets it at once', (t) => {
  const bench = started();
  const claiming = { entry: { role: 'claiming', priority: 200 } } as const;
  t.true(kinds(bench.hear(claiming)).includes('advert'));
  t.is(bench.group.role, 'standby');
  const idle = standby({ fence: { ...required, peerRequired: false } });
  idle.hearAndAnswer({ entry: { role: 'standby', priority: 200 } });
  idle.runTo(idle.now + 10);
  t.false(kinds(idle.hear(claiming)).includes('advert'));
});
