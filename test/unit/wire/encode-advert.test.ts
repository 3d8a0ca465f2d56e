// How a table is split, what an advert costs, and which values are refused before they leave.

import test from 'ava';
import type { Advert } from '#model/advert';
import { decodeDatagram } from '#wire/decode-datagram';
import { type AdvertHeader, type ChangedTable, encodeAdvert } from '#wire/encode-advert';
import { longestDatagram } from '#wire/layout';
import { anyNumber, counterFrom, echoesOf, entriesNamed, entry, first, header, noAuth } from './samples.ts';

function heard(bytes: Uint8Array, cluster = header.cluster): Advert {
  const decoded = decodeDatagram(bytes, { cluster, hash: noAuth });
  if (decoded.kind === 'refused') throw new Error(`refused: ${decoded.reason}`);
  return decoded.advert;
}

function lengthOf(table: ChangedTable | null): number {
  return first(encodeAdvert(header, table, [], anyNumber, noAuth)).length;
}

test('the bytes of a small advert', (t) => {
  const facts = { gateway: 'unreached', macs: ['02:00:00:00:00:01'] } as const;
  const names = { node: 'a', path: 'p', release: '1', cluster: 'c' };
  const turnedOff = [{ boot: 'fedcba9876543210', sequence: 2 ** 32 + 2 }];
  const head = { ...header, ...names, holdMs: Number.POSITIVE_INFINITY, facts, turnedOff };
  const table = { base: 4, entries: [{ ...entry, pinned: true, wants: 'promote', successor: 'b', epoch: 5 } as const] };
  const echoes = [{ boot: '0123456789abcdef', sequence: 2 ** 32 + 1, tableVersion: 3, here: true }];
  const bytes = first(encodeAdvert(head, table, echoes, anyNumber, noAuth));
  const expected = [
    '4c43554d 01 01 00000000',
    '0163 0161 0170 0131',
    '00ff00ff12345678 0000000000000007 03e8 0003 ffffffff deadbeefdeadbeef 0000000000895440',
    '04 0007 02 020000000001',
    '05 0010 fedcba9876543210 0000000100000002',
    '01 0019 0123456789abcdef 0000000100000001 0000000000000003 01',
    '02 0024 0000000000000004 0000 0001',
    '0016 03776562 04 96 06 04c0000201 0162 0000000000000005',
    '00000000000000000000000000000000',
  ];
  t.is(Buffer.from(bytes).toString('hex'), expected.join('').replaceAll(' ', ''));
});

for (const count of [0, 1, 300, 1000]) {
  test(`${count} groups arrive whole, in order, in datagrams that fit`, (t) => {
    const entries = entriesNamed(count);
    const datagrams = encodeAdvert(header, { base: 3, entries }, echoesOf(5), counterFrom(100), noAuth);
    const adverts = datagrams.map((bytes) => heard(bytes));
    t.true(datagrams.every((bytes) => bytes.length <= longestDatagram));
    t.deepEqual(
      adverts.flatMap((advert) => advert.table?.entries ?? []),
      entries,
    );
    t.deepEqual(
      adverts.map((advert) => advert.sequence),
      adverts.map((_, i) => 100 + i),
    );
    t.deepEqual(
      adverts.map((advert) => advert.table?.part),
      adverts.map((_, i) => i),
    );
    t.true(adverts.every((advert) => advert.table?.parts === adverts.length && advert.table.base === 3));
    t.true(adverts.every((advert) => advert.echoes.length === 5));
  });
}

test('a datagram is filled to the last byte before a second one is begun', (t) => {
  const one = (group: string): ChangedTable['entries'][number] => ({ ...entry, tieBreak: null, group });
  const room = longestDatagram - lengthOf({ base: 0, entries: [] });
  const sizes = Array<number>(Math.floor(room / 40) - 1).fill(24);
  const last = room - sizes.length * 40 - 16;
  const full = [...sizes, last].map((length) => one('g'.repeat(length)));
  const exact = encodeAdvert(header, { base: 0, entries: full }, [], anyNumber, noAuth);
  t.deepEqual(
    exact.map((bytes) => bytes.length),
    [longestDatagram],
  );
  const over = encodeAdvert(
    header,
    { base: 0, entries: [...full.slice(0, -1), one('g'.repeat(last + 1))] },
    [],
    anyNumber,
    noAuth,
  );
  t.is(over.length, 2);
});

test('an idle advert is one datagram of the same length however many groups there are', (t) => {
  const idle = encodeAdvert(header, null, echoesOf(2), anyNumber, noAuth);
  t.deepEqual(
    idle.map((bytes) => bytes.length),
    [149],
  );
  t.is(idle.map((bytes) => heard(bytes))[0]?.table, null);
});

const longNames: AdvertHeader = {
  ...header,
  cluster: 'c'.repeat(63),
  node: 'n'.repeat(63),
  path: 'p'.repeat(15),
  release: 'r'.repeat(63),
  facts: { gateway: 'reached', macs: Array.from({ length: 16 }, (_, i) => `02:00:00:00:00:${10 + i}`) },
};
const longEntry = { ...entry, group: 'g'.repeat(63), successor: 's'.repeat(63), tieBreak: '2001:db8::1' };

test('a node names eight that were turned off at most, and one without any no section', (t) => {
  const turnedOff = Array.from({ length: 9 }, (_, i) => ({ boot: `${i}`.repeat(16), sequence: i }));
  t.throws(() => encodeAdvert({ ...header, turnedOff }, null, [], anyNumber, noAuth), { message: /at most 8/ });
  const lengths = [[], turnedOff.slice(0, 8)].map(
    (some) => first(encodeAdvert({ ...header, turnedOff: some }, null, [], anyNumber, noAuth)).length,
  );
  t.is((lengths[1] ?? 0) - (lengths[0] ?? 0), 3 + 8 * 16);
});

test('beside eight that were turned off there is room for 28 echoes', (t) => {
  const turnedOff = Array.from({ length: 8 }, (_, i) => ({ boot: `${i}`.repeat(16), sequence: i }));
  const [bytes] = encodeAdvert(
    { ...longNames, turnedOff },
    { base: 0, entries: [longEntry] },
    echoesOf(33),
    anyNumber,
    noAuth,
  );
  const advert = heard(bytes ?? new Uint8Array(), longNames.cluster);
  t.true(advert.echoes.length >= 28);
  t.deepEqual(advert.turnedOff, turnedOff);
});

test('33 echoes are all carried beside the longest names, the most facts and the largest entry', (t) => {
  const table = { base: 0, entries: [longEntry, longEntry] };
  const datagrams = encodeAdvert(longNames, table, echoesOf(33), anyNumber, noAuth);
  t.is(datagrams.length, 2);
  t.true(datagrams.every((bytes) => bytes.length <= longestDatagram));
  for (const bytes of datagrams) t.deepEqual(heard(bytes, longNames.cluster).echoes, echoesOf(33));
});

test('more hardware addresses than an advert carries are an error of this program', (t) => {
  const facts = { gateway: 'none', macs: Array<string>(17).fill('02:00:00:00:00:01') } as const;
  t.throws(() => encodeAdvert({ ...header, facts }, null, [], anyNumber, noAuth), { message: /at most 16/ });
});

test('more echoes than fit leave room for the largest entry', (t) => {
  const table = { base: 0, entries: [entry, longEntry] };
  const datagrams = encodeAdvert(longNames, table, echoesOf(64), anyNumber, noAuth);
  t.true(datagrams.every((bytes) => bytes.length <= longestDatagram));
  const entries = datagrams.flatMap((bytes) => heard(bytes, longNames.cluster).table?.entries ?? []);
  t.deepEqual(entries, table.entries);
});

test('of more echoes than fit each one is carried within five adverts, on one path or three', (t) => {
  for (const count of [60, 64, 100]) {
    for (const paths of [1, 2, 3]) {
      const last = new Map<string, number>();
      const next = counterFrom(1);
      let longestGap = 0;
      for (let advert = 0; advert < 200; advert += 1) {
        const sequences = Array.from({ length: paths }, next);
        const bytes = first(encodeAdvert(header, null, echoesOf(count), () => sequences[0] ?? 0, noAuth));
        const { echoes } = heard(bytes);
        t.is(new Set(echoes.map(({ boot }) => boot)).size, echoes.length);
        for (const { boot } of echoes) {
          longestGap = Math.max(longestGap, advert - (last.get(boot) ?? -1));
          last.set(boot, advert);
        }
      }
      t.is(last.size, count);
      t.true(longestGap <= 5, `${count} echoes on ${paths} paths: gap ${longestGap}`);
    }
  }
});

test('a fraction of a millisecond is rounded up', (t) => {
  const bytes = first(encodeAdvert({ ...header, intervalMs: 12.5, holdMs: 37.01 }, null, [], anyNumber, noAuth));
  const { intervalMs, holdMs } = heard(bytes);
  t.deepEqual([intervalMs, holdMs], [13, 38]);
});

const impossible: readonly [string, Partial<AdvertHeader>, RegExp][] = [
  ['an empty node name', { node: '' }, /^node must have 1 to 63 characters/],
  ['a name too long', { cluster: 'c'.repeat(64) }, /^cluster must have 1 to 63/],
  ['a space in a name', { node: 'lb 1' }, /^node has a character/],
  ['a letter beyond ASCII', { node: 'lbé' }, /^node has a character/],
  ['a character that looks like ASCII when cut to a byte', { node: 'l\u0162' }, /^node has a character/],
  ['a slash in a path', { path: 'a/b' }, /^path has a character/],
  ['a path longer than an interface name', { path: 'p'.repeat(16) }, /^path must have 1 to 15/],
  ['a boot id that is no hex', { boot: 'xyz' }, /^boot id must be 16 hex digits/],
  ['no interval', { intervalMs: 0 }, /^interval must be a whole number from 1 to 60000, found 0/],
  ['an interval above a minute', { intervalMs: 60_001 }, /^interval must be/],
  ['down_after of zero', { downAfter: 0 }, /^down_after must be/],
  ['a hold of two months', { holdMs: 2 ** 32 }, /^a hold that ends must be under 49 days/],
  ['a hold that is no number', { holdMs: Number.NaN }, /^hold must be/],
  ['a version that a number cannot hold', { tableVersion: 2 ** 53 }, /^table version must be/],
];

for (const [what, change, message] of impossible) {
  test(`encode throws on ${what}`, (t) => {
    const error = t.throws(() => encodeAdvert({ ...header, ...change }, null, [], anyNumber, noAuth));
    t.true(error instanceof RangeError);
    t.regex(error?.message ?? '', message);
  });
}

test('encode throws on an entry that the wire cannot carry', (t) => {
  for (const change of [
    { priority: 0 },
    { priority: 255 },
    { group: '' },
    { successor: '' },
    { tieBreak: 'x' },
    { epoch: -1 },
  ]) {
    const table = { base: 0, entries: [{ ...entry, ...change }] };
    t.throws(
      () => encodeAdvert(header, table, [], anyNumber, noAuth),
      { instanceOf: RangeError },
      JSON.stringify(change),
    );
  }
});
