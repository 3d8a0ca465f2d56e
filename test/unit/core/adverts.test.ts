// PROTOCOL section 1: order, freshness and proof, echoes, one-way peers, and the version of the table.

import test from 'ava';
import { maxBoots } from '#core/peers';
import { Bench, entryOf, holder, kinds, standby, type Saying } from './bench.ts';

const peerBoot = '0000000000000004';

function peer(bench: Bench) {
  const boot = bench.state.boots.get(peerBoot);
  if (boot === undefined) throw new Error('no peer');
  return boot;
}

test('order: a number that came already changes nothing and is counted', (t) => {
  const bench = standby();
  const { sequence } = peer(bench);
  bench.hear({ sequence, entry: { role: 'resigning', successor: 'me' } });
  t.is(bench.group.role, 'standby');
  t.is(bench.state.refused.replayed, 1);
});

test('order: a late resigning on a slow path changes nothing, but keeps that path alive', (t) => {
  const bench = standby({ paths: ['eth0', 'eth1'] });
  const late = bench.advert({ path: 'eth1', entry: { role: 'resigning', successor: 'me' } });
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  bench.step(late);
  t.is(bench.group.role, 'standby');
  t.is(peer(bench).table.entries.get('web')?.role, 'active');
  t.is(peer(bench).paths.get('eth1')?.lastHeardAt, bench.state.boots.get(peerBoot)?.paths.get('eth0')?.lastHeardAt);
  t.deepEqual(bench.state.refused, {});
});

test('adverts that waited together are taken in one after the other, and decided on once', (t) => {
  const entries = ['web', 'g1'].map((group) => entryOf('active', { group, priority: 200 }));
  const holdsBoth = { advert: { table: { base: 0, part: 0, parts: 1, around: 0, entries } } };
  const [together, apart] = [standby({ groups: 2 }, holdsBoth), standby({ groups: 2 }, holdsBoth)];
  const resigned = (group: string, part: number) => {
    const entry = { group, role: 'resigning', successor: 'me' } as const;
    return { part, saying: { entry, sequence: 50 + part, advert: { tableVersion: 50 } } };
  };
  const inputs = (bench: Bench) =>
    [resigned('web', 0), resigned('g1', 1)].map(({ part, saying }) => {
      const { kind: _, ...heard } = bench.advert(saying);
      const { table } = heard.advert;
      return { ...heard, advert: { ...heard.advert, table: table === null ? null : { ...table, part, parts: 2 } } };
    });
  const effects = together.step({ kind: 'adverts', adverts: inputs(together) });
  t.is(kinds(effects).filter((kind) => kind === 'advert').length, 1, 'one word for both');
  t.is(kinds(effects).filter((kind) => kind === 'hold').length, 1, 'and one order to the kernel');
  t.deepEqual(
    together.state.groups.map(({ role }) => role),
    ['claiming', 'claiming'],
  );
  for (const heard of inputs(apart)) apart.step({ kind: 'advert', ...heard });
  t.deepEqual(together.state.boots, apart.state.boots, 'what is known of the other is the same');
});

test('adverts that waited together: the last word counts, as on the wire', (t) => {
  const bench = standby();
  const heard = [
    bench.advert({ entry: { role: 'resigning', successor: 'me' } }),
    bench.advert({ entry: { role: 'active', priority: 200 } }),
  ];
  const effects = bench.step({ kind: 'adverts', adverts: heard.toReversed() });
  t.is(bench.group.role, 'standby', 'what came late has the lower number');
  t.is(bench.state.refused.replayed, 1);
  t.false(kinds(effects).includes('hold'));
});

test('freshness: a boot is proven once it echoes ours, and stays so', (t) => {
  const bench = new Bench();
  bench.hear({ echo: null });
  t.false(peer(bench).proven);
  bench.hear({ echo: { boot: '00000000000000ff' } });
  t.false(peer(bench).proven, 'an echo of another boot proves nothing');
  bench.hear();
  t.true(peer(bench).proven);
  bench.hear({ echo: null });
  t.true(peer(bench).proven);
});

test('freshness: who hears an unknown boot answers at once, on the path where it was heard', (t) => {
  const bench = new Bench({ paths: ['eth0', 'eth1'] });
  bench.runTo(100);
  const effects = bench.hear({ echo: null, path: 'eth1' });
  const advert = effects.find((effect) => effect.kind === 'advert');
  t.deepEqual(advert?.kind === 'advert' && advert.paths.map(({ path }) => path), ['eth1']);
  t.deepEqual(
    bench.hear({ echo: null, path: 'eth1' }).filter(({ kind }) => kind === 'advert'),
    [],
    'and only once',
  );
});

test('freshness: answers are rate-limited', (t) => {
  const bench = new Bench();
  bench.runTo(100);
  let answers = 0;
  for (let i = 0; i < 200; i += 1) {
    const boot = i.toString(16).padStart(16, 'b');
    answers += kinds(bench.hear({ boot, node: `n${i}`, sequence: 1, echo: null })).filter((k) => k === 'advert').length;
  }
  t.true(answers >= 10 && answers <= 20, `${answers} answers`);
});

test('unproven: its active blocks a claim', (t) => {
  const bench = new Bench();
  for (let at = 100; at <= 6000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null, entry: { role: 'active' } });
  }
  t.is(bench.group.role, 'standby');
  t.is(bench.group.reason.kind, 'holder-unproven');
});

test('unproven: its resignation counts for nothing', (t) => {
  const bench = new Bench();
  for (let at = 100; at <= 6000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null, entry: { role: 'active' } });
  }
  bench.hearAndAnswer({ echo: null, entry: { role: 'resigning', successor: 'me' } });
  t.is(bench.group.role, 'standby');
});

test('unproven: neither its wish nor its rank moves a holder', (t) => {
  const bench = holder({ priority: 10 });
  for (let at = 3600; at <= 9000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null, entry: { role: 'standby', priority: 254, wants: 'preempt' } });
    t.is(bench.group.role, 'active');
  }
  bench.hearAndAnswer({ echo: null, entry: { role: 'active', priority: 254 } });
  t.is(bench.group.role, 'active');
});

test('unproven: one that is heard to hold no more is not called silent', (t) => {
  const bench = new Bench();
  for (let at = 100; at <= 8000; at += 500) {
    bench.runTo(at);
    bench.hear({ echo: null, entry: { role: at < 4000 ? 'active' : 'standby', priority: 10 } });
    bench.poll();
  }
  t.deepEqual([bench.group.role, bench.group.reason.kind], ['active', 'no-holder']);
});

test('unproven: it stands in nobody’s way when a turn is counted', (t) => {
  const bench = new Bench({ priority: 10 });
  for (let at = 100; at <= 3100; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null, entry: { role: 'standby', priority: 254 } });
  }
  t.is(bench.group.role, 'active');
});

test('echoes: a peer is two-way while our number rises in its echo, and one-way after a down time without', (t) => {
  const bench = standby();
  t.is(peer(bench).state, 'two-way');
  const { echoedSequence } = peer(bench);
  const from = bench.now;
  for (let at = from + 500; at <= from + 2500; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: { sequence: echoedSequence }, entry: { role: 'active', priority: 200 } });
  }
  t.is(peer(bench).state, 'two-way');
  for (let at = from + 3000; at <= from + 3500; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: { sequence: echoedSequence }, entry: { role: 'active', priority: 200 } });
  }
  t.is(peer(bench).state, 'one-way');
  t.true(peer(bench).proven, 'proof outlives it');
});

test('echoes: two intervals old at rest, and a little more where clocks differ: no deafness at a down time of two', (t) => {
  const bench = standby({ downAfter: 2 });
  const { echoedSequence } = peer(bench);
  const from = bench.now;
  const hear = (at: number, sequence: number) => {
    bench.runTo(from + at);
    bench.hearAndAnswer({ echo: { sequence }, entry: { role: 'active', priority: 200 } });
  };
  hear(1000, echoedSequence);
  bench.runTo(from + 2020);
  t.is(peer(bench).state, 'two-way');
  hear(2025, echoedSequence + 2);
  for (const at of [3000, 4000, 4070]) hear(at, echoedSequence + 2);
  t.is(peer(bench).state, 'two-way');
  hear(4080, echoedSequence + 2);
  t.is(peer(bench).state, 'one-way');
});

test('echoes: only two-way peers are named as successor', (t) => {
  const bench = holder();
  bench.hearAndAnswer({ node: 'deaf', boot: '00000000000000d1', echo: null, entry: { priority: 250 } });
  bench.hearAndAnswer({ node: 'peer', entry: { priority: 50 } });
  bench.step({ kind: 'stop' });
  t.is(bench.group.role, 'resigning');
  t.is(bench.group.resignation?.successor, 'peer');
});

test('echoes: our own adverts echo what was heard, per path', (t) => {
  const bench = new Bench({ paths: ['eth0', 'eth1'] });
  bench.hearAndAnswer({ path: 'eth1', sequence: 41 });
  const [advert] = bench.runTo(1000).filter((effect) => effect.kind === 'advert');
  if (advert?.kind !== 'advert') return t.fail('no advert');
  const here = advert.paths.map(({ path, echoes }) => [path, echoes[0]?.sequence, echoes[0]?.here]);
  return t.deepEqual(here, [
    ['eth0', 41, false],
    ['eth1', 41, true],
  ]);
});

test('table: a live peer of which no table is known blocks a claim', (t) => {
  const bench = new Bench();
  for (let at = 100; at <= 6000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ entry: null });
  }
  t.is(bench.group.role, 'standby');
  t.is(bench.group.reason.kind, 'table-unknown');
});

test('table: an idle advert is the same for one group and for three hundred', (t) => {
  const idle = (groups: number) => {
    const bench = new Bench({ groups });
    const says: Saying = { advert: { table: null, tableVersion: 0 } };
    bench.hearAndAnswer(says);
    bench.runTo(1500);
    bench.hearAndAnswer(says);
    return bench.runTo(2500).filter((effect) => effect.kind === 'advert');
  };
  t.is(idle(1).length, 1);
  t.deepEqual(idle(300), idle(1));
  t.is(idle(300)[0]?.kind === 'advert' && idle(300)[0]?.table, null);
});

test('table: what changed rides on every advert until every two-way peer has echoed it', (t) => {
  const bench = standby();
  const changed = bench.state.tableVersion;
  bench.step({ kind: 'links', links: [] });
  bench.step({ kind: 'links', links: [{ ...link0(), primary4: '192.0.2.77' }] });
  const version = bench.state.tableVersion;
  t.true(version > changed);
  const rides = () => {
    bench.runTo(bench.now + 1000);
    bench.hearAndAnswer({ echo: { tableVersion: changed }, entry: { role: 'active', priority: 200 } });
    const [advert] = bench.runTo(bench.now + 1000).filter((effect) => effect.kind === 'advert');
    return advert?.kind === 'advert' ? advert.table?.base : undefined;
  };
  t.is(rides(), changed);
  t.is(rides(), changed);
  bench.hearAndAnswer({ echo: { tableVersion: bench.state.tableVersion }, entry: { role: 'active', priority: 200 } });
  bench.runTo(bench.now + 900);
  bench.hearAndAnswer({ echo: { tableVersion: bench.state.tableVersion }, entry: { role: 'active', priority: 200 } });
  const [last] = bench.runTo(bench.now + 1000).filter((effect) => effect.kind === 'advert');
  t.is(last?.kind === 'advert' && last.table, null);
});

function link0() {
  return { name: 'eth0', index: 2, up: true, mac: '02:00:00:00:00:01', primary4: null, linkLocal6: null };
}

test('table: repeated for a node that only others hear, for as long as they do: it may hear us', (t) => {
  const bench = holder();
  const word = bench.state.tableVersion;
  const tables = (echo: number | null) => {
    const unheard = { boot: '00000000000000dd', sequence: echo ?? 0, here: true, tableVersion: 1 };
    const saying = { entry: { role: 'standby', priority: 10 }, echoes: echo === null ? [] : [unheard] } as const;
    bench.hearAndAnswer(saying);
    return bench.runTo(bench.now + 1000).filter((effect) => effect.kind === 'advert' && effect.table !== null).length;
  };
  const silent = [tables(null), tables(null)];
  t.deepEqual(silent, [0, 0], 'who is heard has it');
  const rising = [1, 2, 3, 4].map(tables);
  t.true(
    rising.every((count) => count > 0),
    rising.join(),
  );
  const still = [4, 4, 4, 4, 4].map(tables);
  t.deepEqual(still.slice(-2), [0, 0], 'a number that stands still is no life');
  t.is(bench.state.tableVersion, word, 'nothing new was said');
});

test('table: a holder repeats it while a node is lost, that may hear us and hold what we took', (t) => {
  const bench = holder();
  const tables = (withinMs: number) =>
    bench.runTo(bench.now + withinMs).filter((effect) => effect.kind === 'advert' && effect.table !== null).length;
  const standBy = () => bench.hearAndAnswer({ entry: { role: 'standby', priority: 10 } });
  bench.hearAndAnswer({ node: 'third', boot: '00000000000000dd', entry: { role: 'standby', priority: 5 } });
  for (let i = 0; i < 4; i += 1) {
    standBy();
    tables(1000);
  }
  t.is(bench.state.peerStates.get('third'), 'lost');
  standBy();
  t.is(tables(1000), 1, 'with each regular advert');
  bench.hearAndAnswer({ node: 'third', boot: '00000000000000dd', entry: { role: 'standby', priority: 5 } });
  standBy();
  tables(1000);
  standBy();
  t.is(tables(900), 0, 'and no more once it is heard');
});

test('what this daemon said itself and hears again is nobody else, nor anything to count', (t) => {
  const bench = holder();
  bench.hear({ node: 'me', boot: bench.state.boot, entry: { role: 'active', priority: 200 } });
  t.is(bench.state.boots.size, 0);
  t.is(bench.group.role, 'active');
  t.is(bench.state.received, 0);
  t.deepEqual(bench.state.refused, {});
});

test('a node that `nodes` does not name is refused, counted and forgotten', (t) => {
  const bench = new Bench({ nodes: ['me', 'peer'] });
  bench.hear({ node: 'stranger', entry: { role: 'active' } });
  t.is(bench.state.boots.size, 0);
  t.is(bench.state.refused['unnamed-node'], 1);
});

test('bounded: ten thousand boots of a flood leave a bounded state, and proven peers stay', (t) => {
  const bench = holder();
  bench.hearAndAnswer();
  for (let i = 0; i < 10_000; i += 1) {
    bench.hear({ boot: (i + 4096).toString(16).padStart(16, 'c'), node: `n${i}`, sequence: 1, echo: null });
  }
  t.true(bench.state.boots.has(peerBoot));
  t.true(bench.state.boots.size <= 38);
  t.true(bench.state.problems.size <= 38 * 3);
  bench.hearAndAnswer();
  t.is(bench.group.role, 'active');
});

test('freshness: recordings of many boots do not push out a proven one that is lost, so that it stays refused', (t) => {
  const bench = holder();
  bench.hearAndAnswer();
  bench.runTo(bench.now + 10_000);
  t.is(bench.state.boots.get(peerBoot)?.state, 'lost');
  for (let i = 0; i < 100; i += 1) {
    bench.hear({ boot: (i + 4096).toString(16).padStart(16, 'c'), node: `n${i}`, sequence: 1, echo: null });
  }
  t.true(bench.state.boots.has(peerBoot), 'what was proven is remembered');
  t.is(bench.state.boots.size, 1 + 19, 'the unproven have half of the room');
});

test('freshness: a recording of a life that was proven and is forgotten proves nothing, and moves no holder', (t) => {
  const bench = holder();
  const earlier = { node: 'twin', boot: '0000000000000e00', entry: { role: 'active', priority: 200 } } as const;
  const lifeOf = (nth: number) => (nth + 0xe00).toString(16).padStart(16, '0');
  const recording = bench.advert(earlier);
  bench.step(
    bench.advert({ ...earlier, entry: { role: 'standby', priority: 50 }, sequence: recording.advert.sequence }),
  );
  for (let nth = 1; nth <= maxBoots; nth += 1) {
    bench.runTo(bench.now + 10_000);
    const life = { node: 'twin', boot: lifeOf(nth), entry: { role: 'standby', priority: 50 } } as const;
    bench.hearAndAnswer(life);
    bench.hearAndAnswer(life);
    t.true(bench.state.boots.get(life.boot)?.proven, 'whoever is live echoes the answer to its first word');
  }
  t.false(bench.state.boots.has(earlier.boot), 'there is no room for it any more');
  bench.runTo(bench.now + 10_000);
  t.is(bench.group.role, 'active');
  bench.step(recording);
  t.like(bench.state.boots.get(earlier.boot), { proven: false, state: 'one-way' });
  t.is(bench.group.role, 'active');
});

test('table: the answer to an unknown boot carries all of it, though every other peer holds it', (t) => {
  const bench = new Bench();
  bench.hearAndAnswer({ advert: { table: null } });
  bench.runTo(1500);
  bench.hearAndAnswer({ advert: { table: null } });
  const advert = bench
    .hear({ node: 'new', boot: '00000000000000e1', sequence: 1, echo: null, entry: null })
    .find(({ kind }) => kind === 'advert');
  t.is(advert?.kind === 'advert' ? advert.table?.base : undefined, 0);
  t.is(advert?.kind === 'advert' ? advert.table?.entries.length : undefined, 1);
});

test('echoes: a peer that heard us once and does not any more is not named', (t) => {
  const bench = holder();
  bench.hearAndAnswer();
  for (let at = bench.now; at <= 8000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ echo: null });
  }
  t.is(peer(bench).state, 'one-way');
  bench.step({ kind: 'stop' });
  t.is(bench.group.role, 'draining');
});

test('one-way: the problem is over when the peer comes back without that path', (t) => {
  const bench = new Bench({ paths: ['eth0', 'eth1'] });
  const problem = 'peer-one-way peer eth1';
  for (let at = 100; at <= 4100; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer();
    bench.hearAndAnswer({ path: 'eth1', echo: { here: false } });
  }
  t.true(bench.state.problems.has(problem));
  for (let at = 4600; at <= 12_000; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ boot: '00000000000000f2' });
  }
  t.false(bench.state.problems.has(problem));
});

test('bounded: peers that were forgotten leave no problem behind', (t) => {
  const bench = holder();
  for (let round = 0; round < 12; round += 1) {
    for (let step = 0; step < 8; step += 1) {
      bench.runTo(bench.now + 500);
      for (let i = 0; i < 38; i += 1) {
        const node = `n${round}-${i}`;
        const boot = (4096 + round * 100 + i).toString(16).padStart(16, 'c');
        bench.hearAndAnswer({ boot, node, sequence: step + 1, echo: null });
      }
    }
  }
  t.true(bench.state.problems.size <= 40, `${bench.state.problems.size} problems`);
});
