// What is known of others, in corners: whoever is heard again, recordings of earlier lives, more nodes than there is room
// for, and what such knowledge must not be taken for.

import test from 'ava';
import { maxBoots } from '#core/peers';
import { Bench, holder, kinds, standby } from './bench.ts';

const third = { node: 'third', boot: '0000000000000033' } as const;

test('a holder that was lost and is heard again without an echo holds claims back, and is one-way', (t) => {
  const bench = standby();
  bench.runTo(bench.now + 2900);
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 250 } });
  bench.runTo(bench.now + 600);
  const id = [...bench.state.boots.values()].find(({ node }) => node === 'peer')?.boot ?? '';
  t.is(bench.state.boots.get(id)?.state, 'lost');
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 }, echo: null });
  t.is(bench.state.boots.get(id)?.state, 'one-way');
  for (let i = 0; i < 6; i += 1) {
    bench.runTo(bench.now + 900);
    bench.hearAndAnswer({ entry: { role: 'active', priority: 200 }, echo: null });
  }
  t.is(bench.group.role, 'standby');
});

test('a live proven node makes room for nobody', (t) => {
  const bench = new Bench();
  const idOf = (nth: number) => (4096 + nth).toString(16).padStart(16, '0');
  for (let nth = 0; nth < maxBoots; nth += 1)
    bench.hearAndAnswer({ node: `n${nth}`, boot: idOf(nth), entry: { role: 'standby', priority: 10 } });
  t.is(bench.state.boots.size, maxBoots);
  bench.hearAndAnswer({ node: 'more', boot: idOf(maxBoots), entry: { role: 'standby', priority: 10 } });
  t.true(bench.state.boots.has(idOf(0)));
  t.is(bench.state.refused['too-many-peers'], 1);
});

test('a table that has changed since it was heard blocks a claim', (t) => {
  for (const changed of [false, true]) {
    const bench = standby();
    bench.hearAndAnswer({ ...third, sequence: 500, entry: { role: 'standby', priority: 10 } });
    bench.hearAndAnswer({ ...third, entry: null, advert: { tableVersion: changed ? 501 : 500 } });
    bench.hearAndAnswer({ entry: { role: 'faulted', priority: 200 } });
    t.is(bench.group.role, changed ? 'standby' : 'active');
    if (changed) t.like(bench.group.reason, { kind: 'table-unknown', peer: 'third' });
  }
});

test('a recording of an earlier life makes nobody a twin', (t) => {
  const bench = holder();
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } });
  bench.runTo(bench.now + 500);
  bench.hearAndAnswer({ ...third, boot: '0000000000000034', echo: null, entry: { role: 'standby', priority: 10 } });
  bench.runTo(bench.now + 500);
  bench.hearAndAnswer({ ...third, entry: { role: 'standby', priority: 10 } });
  bench.runTo(bench.now + 300);
  bench.hearAndAnswer({ ...third, boot: '0000000000000034', echo: null, entry: { role: 'standby', priority: 10 } });
  t.false([...bench.state.problems.keys()].some((key) => key.startsWith('duplicate-name')));
});

test('an address that goes while nothing is held here is no removal', (t) => {
  const bench = holder();
  bench.hearAndAnswer({ entry: { role: 'active', priority: 200 } });
  t.is(bench.group.role, 'standby');
  const [key = ''] = bench.keys;
  bench.step({ kind: 'address-changed', key, present: true });
  const effects = bench.step({ kind: 'address-changed', key, present: false });
  t.is(bench.group.removals, null);
  t.false(kinds([...effects, ...bench.runTo(bench.now + 1000)]).includes('hold'));
});

test('who was named while another one seemed to hold, and waited for that one, opens a window later', (t) => {
  const bench = standby();
  bench.hearAndAnswer({ ...third, entry: { role: 'active', priority: 250 } });
  bench.hearAndAnswer({ ...third, entry: { role: 'resigning', priority: 250, successor: 'me' } });
  t.is(bench.group.role, 'standby', 'peer holds it too, as far as this node heard');
  let waited = 0;
  for (; bench.group.role === 'standby' && waited < 100; waited += 1) {
    bench.runTo(bench.now + 40);
    if (waited % 20 === 0)
      bench.hearAndAnswer({ ...third, entry: { role: 'resigning', priority: 250, successor: 'me' } });
  }
  t.is(bench.group.role, 'claiming');
  t.like(bench.group.reason, { kind: 'handed-over', by: 'third' });
  bench.runTo(bench.now + 60);
  t.is(bench.group.role, 'active');
});
