// PROTOCOL section 1, table versioning: parts lost, repeated and out of order give the sender's table or
// an older one that says so, never a wrong one that counts as complete.

import test from 'ava';
import * as fc from 'fast-check';
import { applyTable, emptyTable } from '#core/peer-table';
import type { Advert, GroupEntry } from '#model/advert';
import { Random } from '../../sim/random.ts';
import { decodeDatagram } from '#wire/decode-datagram';
import { encodeAdvert } from '#wire/encode-advert';
import type { KeyedHash } from '#wire/keyed-hash';
import { World } from '../../world/world.ts';
import { settingsFor } from '../../world/settings.ts';
import { Bench, entryOf } from './bench.ts';

const groups = 300;
const settings = settingsFor({ node: 'me', groups });
const names = settings.groups.map(({ name }) => name);
const blank = new Bench().advert({}).advert;

/** The sender's table at each version: every version changes one group's priority. */
function tableAt(version: number): { entry: GroupEntry; version: number }[] {
  return names.map((group, index) => {
    const changed = version > index ? version - ((version - 1 - index) % groups) : 1;
    return { entry: entryOf('standby', { group, priority: 1 + (changed % 254) }), version: Math.max(1, changed) };
  });
}

function partsOf(version: number, base: number): Advert[] {
  const entries = tableAt(version)
    .filter((item) => item.version > base)
    .map(({ entry }) => entry);
  const parts = Math.max(1, Math.ceil(entries.length / 30));
  return Array.from({ length: parts }, (_, part) => {
    const table = { base, part, parts, around: 0, entries: entries.slice(part * 30, part * 30 + 30) };
    return { ...blank, tableVersion: version, table };
  });
}

test('parts in any order, lost and repeated: what counts as held is what the sender had', (t) => {
  const delivery = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.infiniteStream(fc.nat(99))), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(delivery, (rounds) => {
      let table = emptyTable;
      let version = 1;
      for (const [step, luck] of rounds) {
        version += step;
        const parts = partsOf(version, table.held);
        const sent = [...parts, ...parts].filter(() => luck.next().value < 45);
        for (const advert of sent.toSorted(() => luck.next().value - 50)) {
          const before = table.held;
          table = applyTable(settings, table, advert);
          t.true(table.held === before || table.held === version);
          if (table.held !== version) continue;
          for (const { entry } of tableAt(version)) t.deepEqual(table.entries.get(entry.group), entry);
        }
        t.true(table.entries.size <= groups);
      }
      for (const advert of partsOf(version, table.held)) table = applyTable(settings, table, advert);
      t.is(table.held, version);
    }),
    { numRuns: 25 },
  );
});

test('a part that builds on what is not held completes nothing', (t) => {
  const [part] = partsOf(7, 6);
  if (part === undefined) return t.fail();
  return t.is(applyTable(settings, emptyTable, part).held, 0);
});

test('groups that this node does not have are not kept', (t) => {
  const entries = Array.from({ length: 30 }, (_, i) => entryOf('active', { group: `foreign${i}` }));
  const advert = { ...blank, tableVersion: 3, table: { base: 0, part: 0, parts: 1, around: 0, entries } };
  const table = applyTable(settings, emptyTable, advert);
  t.is(table.entries.size, 0);
  t.is(table.held, 3);
});

test('300 groups over a lossy wire that reorders: both nodes end with one view, and idle adverts are small', (t) => {
  const world = new World();
  world.add({ node: 'h1', priority: 150, groups, intervalMs: 100 });
  world.add({ node: 'h2', priority: 100, groups, intervalMs: 100 });
  const random = new Random(7);
  world.tap = () => (random.chance(0.3) ? 'drop' : 'pass');
  world.delay = () => random.between(0.2, 4.2);
  world.startAll();
  world.run(3000);
  const holders = () => names.map((_, group) => world.answering(group).join());
  t.deepEqual([...new Set(holders())], ['h1']);
  world.host('h1').stop();
  world.run(1500);
  t.deepEqual([...new Set(holders())], ['h2']);
  world.host('h1').start();
  world.run(3000);
  t.deepEqual([...new Set(holders())], ['h1']);
  world.tap = () => 'pass';
  world.run(1000);
  const before = { datagrams: world.datagrams, bytes: world.bytes };
  world.run(1000);
  t.is(world.datagrams - before.datagrams, 20, 'one datagram for each node and interval');
  t.true((world.bytes - before.bytes) / 20 < 150);
});

test('parts of one version that were cut for other room do not make a whole', (t) => {
  const room: KeyedHash = { keyId: 0, sign: () => new Uint8Array(16), verify: () => 'good' };
  const entries = names.slice(0, 60).map((group) => entryOf('active', { group }));
  let sequence = 1000;
  const said = (votes: Advert['votes']) => {
    const header = { ...blank, tableVersion: 5, votes };
    return encodeAdvert(header, { base: 0, entries }, [], () => (sequence += 1), room).map((bytes) => {
      const decoded = decodeDatagram(bytes, { cluster: 'test', hash: room });
      if (decoded.kind !== 'advert') throw new Error(decoded.reason);
      return decoded.advert;
    });
  };
  const given = Array.from({ length: 4 }, (_, i) => {
    return { boot: `000000000000000${i}`, sequence: 1, tableVersion: 1, except: [] };
  });
  const crowded = said({ voters: '0'.repeat(16), silent: false, epoch: 1, given });
  const roomy = said(null);
  t.is(crowded.length, roomy.length, 'as many parts, cut elsewhere');
  t.not(crowded[0]?.table?.entries.length, roomy[0]?.table?.entries.length);
  const heard = [...crowded.slice(0, 1), ...roomy.slice(1)];
  const table = heard.reduce((known, advert) => applyTable(settings, known, advert), emptyTable);
  t.true(table.entries.size < entries.length, 'some entry was in neither');
  t.is(table.held, 0);
  t.is(roomy.reduce((known, advert) => applyTable(settings, known, advert), table).held, 5);
});
