// A lost holder is turned off before its group is claimed.

import test from 'ava';
import { fenceIsDue } from '#core/fence-peer';
import { beginTurn } from '#core/turn';
import { isFenced } from '#core/turned-off';
import { instant } from '#lib/time';
import type { Effect } from '#model/effect';
import { Bench, kinds, type Saying, standby } from './bench.ts';

const agent = { peer: ['/sbin/agent'], timeoutMs: 5000 };
const required = { ...agent, peerRequired: true };

/** The holder falls silent; what follows until its down time is over. */
function loseHolder(bench: Bench): Effect[] {
  return bench.runTo(bench.now + 3200);
}

const orders = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.kind === 'fence-peer' ? [effect.node] : []));

function ran(bench: Bench, code: number): readonly Effect[] {
  const id = bench.state.fencing?.id ?? 0;
  return bench.step({ kind: 'fence-ran', id, outcome: { kind: 'exit', code }, ms: 100, output: '' });
}

test('without an agent nothing waits', (t) => {
  const bench = standby();
  t.deepEqual(orders(loseHolder(bench)), []);
  t.is(bench.group.role, 'active');
});

test('claiming first, then the fence, and no address before it succeeded', (t) => {
  const bench = standby({ fence: agent });
  const effects = loseHolder(bench);
  t.deepEqual(orders(effects), ['peer']);
  t.is(bench.group.role, 'claiming');
  t.false(kinds(effects).includes('hold'));
  const said = kinds(effects).lastIndexOf('advert');
  t.true(said >= 0 && kinds(effects).indexOf('fence-peer') > kinds(effects).indexOf('advert'));
  t.true(kinds(ran(bench, 0)).includes('hold'));
  t.is(bench.state.fencedBoots.size, 1);
});

test('what other rules may ask: is a fence to come, and is that boot off', (t) => {
  const bench = standby({ fence: agent });
  const boot = [...bench.state.boots.keys()][0] ?? '';
  const turn = () => beginTurn(bench.settings, bench.state, instant(bench.now));
  t.false(fenceIsDue(turn(), 0) && bench.state.boots.get(boot)?.state === 'lost', 'it is heard');
  t.false(isFenced(turn(), boot));
  loseHolder(bench);
  t.true(fenceIsDue(turn(), 0));
  ran(bench, 0);
  t.false(fenceIsDue(turn(), 0));
  t.true(isFenced(turn(), boot));
  bench.now += 10;
  bench.hear({ entry: { role: 'standby' } });
  t.false(isFenced(turn(), boot), 'it lives');
});

test('one operation covers all groups of the node', (t) => {
  const bench = standby({ fence: agent, groups: 3 });
  for (let i = 0; i < 4; i += 1) {
    bench.hearAndAnswer({
      entry: null,
      advert: {
        table: {
          base: 0,
          part: 0,
          parts: 1,
          around: 0,
          entries: ['web', 'g1', 'g2'].map((group) => ({ ...bench.group.entry, group, role: 'active', priority: 200 })),
        },
      },
    });
    bench.runTo(bench.now + 500);
  }
  t.deepEqual(orders(loseHolder(bench)), ['peer']);
  t.deepEqual(
    bench.state.groups.map(({ role }) => role),
    ['claiming', 'claiming', 'claiming'],
  );
  const held = ran(bench, 0).flatMap((effect) => (effect.kind === 'hold' ? effect.addresses : []));
  t.is(held.length, 3);
});

test('a holder that resigned needs no fence; a vacancy without a known holder has nobody to fence', (t) => {
  const bench = standby({ fence: agent });
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'claiming');
  t.is(bench.state.fencing, null);
  t.true(kinds(bench.effects).includes('hold'));
});

test('not required, a fence that fails lets the claim go on, with a problem', (t) => {
  const bench = standby({ fence: agent });
  loseHolder(bench);
  t.true(kinds(ran(bench, 1)).includes('hold'));
  t.true(bench.state.problems.has('fence-failed peer'));
  bench.hearAndAnswer({ entry: { role: 'standby' } });
  t.false(bench.state.problems.has('fence-failed peer'), 'it is heard again');
});

test('a lost holder is turned off also while an earlier life of it is not given up yet', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer'] });
  bench.hear({ entry: { role: 'standby' } });
  // This host slept: whoever it heard before that has longer to be heard again.
  bench.step({ kind: 'slept', ms: 3000 });
  for (let i = 0; i < 3; i += 1) {
    bench.hearAndAnswer({ boot: '00000000000000f2', entry: { role: 'active', priority: 200 } });
    bench.runTo(bench.now + 300);
  }
  const states = () => [...bench.state.boots.values()].map(({ state }) => state);
  const early = bench.runTo(bench.now + 3300);
  t.deepEqual(states().toSorted(), ['lost', 'two-way'], 'the earlier life has its patience');
  t.false(kinds(early).includes('hold'), 'nothing is taken from a holder that nobody turned off');
  const effects = bench.runTo(bench.now + 4000);
  t.deepEqual(orders(effects), ['peer']);
  t.true(kinds(ran(bench, 0)).includes('hold'));
});

test('required, a fence that fails means no claim, later tries, and a claim once one succeeds', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer'] });
  loseHolder(bench);
  t.false(kinds(ran(bench, 1)).includes('hold'));
  t.is(bench.group.role, 'standby');
  t.is(bench.group.reason.kind, 'fence-failed');
  const at: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    const begun = bench.now;
    while (bench.state.fencing === null && bench.now < begun + 20_000) bench.runTo(bench.now + 100);
    at.push(bench.now - begun);
    t.is(bench.group.role, 'claiming');
    if (i < 3) ran(bench, 1);
  }
  t.true((at[1] ?? 0) > 1.5 * (at[0] ?? 0) && (at[2] ?? 0) > 1.5 * (at[1] ?? 0), at.join());
  t.true(kinds(ran(bench, 0)).includes('hold'));
  t.false(bench.state.problems.has('fence-failed peer'));
});

test('required: who was lost is remembered through a fault of this node', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer'] });
  bench.step({ kind: 'links', links: [] });
  bench.runTo(bench.now + 4000);
  bench.step({
    kind: 'links',
    links: [{ name: 'eth0', index: 2, up: true, mac: '02:00:00:00:00:01', primary4: '192.0.2.1', linkLocal6: null }],
  });
  const effects = bench.runTo(bench.now + 4000);
  t.deepEqual(orders(effects), ['peer']);
  t.is(bench.group.role, 'claiming');
});

test('required: a claimant that dies before it held does not hide whom it was about to fence', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer', 'third'] });
  const third = { node: 'third', boot: '00000000000000cc' } as const;
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 180 } });
  for (let i = 0; i < 8; i += 1) {
    bench.runTo(bench.now + 500);
    bench.hearAndAnswer({ ...third, entry: { role: i < 6 ? 'standby' : 'claiming', priority: 180 } });
  }
  t.is(bench.state.fencing, null);
  const first = bench.runTo(bench.now + 3600);
  t.deepEqual(orders(first), ['peer']);
  t.deepEqual(orders(ran(bench, 0)), ['third']);
  t.true(kinds(ran(bench, 0)).includes('hold'));
});

test('required: a worse claimant that is heard meanwhile lets no claim go on without the fence', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer', 'third'] });
  const third = { node: 'third', boot: '00000000000000cc' } as const;
  const said: Effect[] = [];
  for (let i = 0; i < 8; i += 1) {
    said.push(...bench.runTo(bench.now + 500));
    said.push(...bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } }));
  }
  t.deepEqual(orders(said), ['peer']);
  said.push(...bench.hearAndAnswer({ ...third, entry: { role: 'claiming', priority: 10 } }));
  t.false(kinds(said).includes('hold'));
  t.is(bench.group.role, 'claiming');
  t.false(kinds(ran(bench, 0)).includes('hold'));
  const after = bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } });
  t.true(kinds([...after, ...bench.runTo(bench.now + 500)]).includes('hold'));
});

test('required: who cannot be turned off lets no claim go on while another one is being turned off', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer', 'third', 'fourth'] });
  const third = { node: 'third', boot: '00000000000000cc' } as const;
  const fourth = { node: 'fourth', boot: '00000000000000dd' } as const;
  const said: Effect[] = [];
  for (let i = 0; i < 10; i += 1) {
    said.push(...bench.runTo(bench.now + 500));
    if (i < 2) bench.hearAndAnswer({ ...third, entry: { role: i < 1 ? 'standby' : 'claiming', priority: 10 } });
    const echoes = [{ boot: third.boot, sequence: 1000 + i, here: true, tableVersion: 1 }];
    // It hears the claimant, and not this node.
    const echo = i === 0 ? {} : null;
    said.push(...bench.hearAndAnswer({ ...fourth, entry: { role: 'standby', priority: 10 }, echo, echoes }));
  }
  t.deepEqual(orders(said), ['peer']);
  t.is(bench.state.boots.get(third.boot)?.state, 'lost');
  t.is(bench.group.role, 'claiming');
  t.false(kinds([...said, ...ran(bench, 0)]).includes('hold'));
});

test('required: a node that started fences and claims nothing before it has heard every other one', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer', 'third'] });
  t.deepEqual(orders(loseHolder(bench)), []);
  t.is(bench.group.role, 'standby');
  t.deepEqual(bench.group.reason, { kind: 'nodes-unheard', nodes: 'third' });
  const effects = bench.hearAndAnswer({
    node: 'third',
    boot: '00000000000000cc',
    entry: { role: 'standby', priority: 1 },
  });
  t.deepEqual(orders(effects), ['peer']);
});

test('required: what a live holder hands over needs nobody else', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer', 'third'] });
  bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'claiming');
});

test('success counts only while the fenced boot stays unheard', (t) => {
  const bench = standby({ fence: agent });
  loseHolder(bench);
  bench.hear({ entry: { role: 'standby', priority: 200 } });
  const told = ran(bench, 0).find((effect) => effect.kind === 'event' && effect.event.code === 'fence-peer-ended');
  t.like(told, { event: { counts: false } });
  t.is(bench.state.fencedBoots.size, 0);
});

test('a fence during which a new life of its node was heard is none, whoever that life may be', (t) => {
  for (const echo of [{}, null]) {
    const bench = standby({ fence: agent });
    loseHolder(bench);
    bench.hear({ boot: '00000000000000f2', echo, entry: { role: 'standby', priority: 200 } });
    const told = ran(bench, 0).find((effect) => effect.kind === 'event' && effect.event.code === 'fence-peer-ended');
    t.like(told, { event: { counts: false } });
    t.is(bench.state.fencedBoots.size, 0);
  }
});

test('heard again after its fence and lost again, it is fenced again', (t) => {
  const bench = standby({ fence: required, nodes: ['me', 'peer'] });
  loseHolder(bench);
  for (const effect of ran(bench, 0)) {
    const input = bench.answerTo(effect);
    if (input !== null) bench.step(input);
  }
  t.is(bench.group.role, 'active');
  bench.now += 1000;
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  t.not(bench.group.role, 'active', 'a better holder is back');
  t.deepEqual(orders(bench.runTo(bench.now + 5000)), ['peer']);
});

test('nobody that a third live node hears is fenced', (t) => {
  const bench = standby({ fence: agent });
  const peer = [...bench.state.boots.keys()][0] ?? '';
  const third = { node: 'third', boot: '00000000000000cc' } as const;
  const effects: Effect[] = [];
  for (let i = 1; i < 12; i += 1) {
    bench.hearAndAnswer({
      ...third,
      entry: { role: 'standby', priority: 1 },
      echoes: [{ boot: peer, sequence: 1000 + i, here: true, tableVersion: 1 }],
    });
    effects.push(...bench.runTo(bench.now + 500));
  }
  t.deepEqual(orders(effects), []);
  t.is(bench.group.role, 'standby');
});

test('nor whoever a third hears that does not hear this node', (t) => {
  const bench = standby({ fence: agent });
  const peer = [...bench.state.boots.keys()][0] ?? '';
  const third = { node: 'third', boot: '00000000000000cc', entry: { role: 'standby', priority: 1 } } as const;
  bench.hearAndAnswer(third);
  const effects: Effect[] = [];
  for (let i = 1; i < 16; i += 1) {
    const echoes = [{ boot: peer, sequence: 1000 + i, here: true, tableVersion: 1 }];
    bench.hearAndAnswer({ ...third, echo: null, echoes });
    effects.push(...bench.runTo(bench.now + 500));
  }
  t.is(bench.state.boots.get(third.boot)?.state, 'one-way');
  t.is(bench.state.boots.get(peer)?.state, 'lost');
  t.deepEqual(orders(effects), []);
});

test('a holder never fences: of two that lost each other, the one whose name comes first goes first', (t) => {
  const wish = { fence: agent, groups: 2, node: 'zeta' };
  const bench = standby(wish);
  const table = (role: 'active' | 'standby') => ({
    base: 0,
    part: 0,
    parts: 1,
    around: 0,
    entries: [
      { ...bench.group.entry, group: 'web', role: 'active' as const, priority: 200 },
      { ...bench.group.entry, group: 'g1', role, priority: 1, tieBreak: null },
    ],
  });
  for (let i = 0; i < 10; i += 1) {
    bench.hearAndAnswer({ entry: null, advert: { table: table('standby') } });
    bench.runTo(bench.now + 500);
  }
  t.is(bench.state.groups[1]?.role, 'active');
  const effects = bench.runTo(bench.now + 4000);
  t.is(bench.group.role, 'claiming');
  t.deepEqual(orders(effects), [], 'peer comes before zeta, and may be fencing it at this moment');
  t.deepEqual(orders(bench.runTo(bench.now + 8000)), ['peer']);
});

test('who claimed while it did not hear this node may have ordered to turn it off: its order is over first', (t) => {
  const orderedAfter = (echo: Saying, before: (bench: Bench) => void = () => {}) => {
    const bench = new Bench({ fence: agent });
    for (let i = 0; i < 8; i += 1) {
      bench.hearAndAnswer({ entry: { role: 'standby' } });
      bench.runTo(bench.now + 500);
    }
    before(bench);
    bench.hearAndAnswer({ entry: { role: 'claiming', priority: 200 }, ...echo });
    bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
    const from = bench.now;
    while (bench.state.fencing === null && bench.now < from + 60_000) bench.runTo(bench.now + 100);
    return bench.now - from;
  };
  const heard = orderedAfter({});
  t.true(heard > 2900 && heard < 3300, `${heard} ms`);
  const deaf = (bench: Bench) => {
    for (let i = 0; i < 8; i += 1) {
      bench.hearAndAnswer({ entry: { role: 'standby' }, echo: null });
      bench.runTo(bench.now + 500);
    }
  };
  // It hears this node again as it claims, and did not hear it until then.
  for (const unheard of [orderedAfter({ echo: null }), orderedAfter({}, deaf)])
    t.true(unheard > 3000 + agent.timeoutMs - 100 && unheard < 3000 + agent.timeoutMs + 300, `${unheard} ms`);
});

test('a stop ends what waits for a fence', (t) => {
  const bench = standby({ fence: agent });
  loseHolder(bench);
  bench.step({ kind: 'stop' });
  t.is(bench.group.role, 'draining');
  t.notThrows(() => ran(bench, 0));
  t.is(bench.group.role, 'draining');
});
