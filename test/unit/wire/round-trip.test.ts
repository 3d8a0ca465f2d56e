// What was said is what is heard, however it had to be split; and nothing else is heard.

import test from 'ava';
import * as fc from 'fast-check';
import type { Advert } from '#model/advert';
import type { KeyedHash as PortHash } from '#ports/keyed-hash';
import { decodeDatagram } from '#wire/decode-datagram';
import { encodeAdvert } from '#wire/encode-advert';
import type { KeyedHash } from '#wire/keyed-hash';
import { longestDatagram } from '#wire/layout';
import {
  anyNumber,
  counterFrom,
  echoesOf,
  entriesNamed,
  first,
  header,
  hmac,
  noAuth,
  someEchoes,
  someHeader,
  someTable,
} from './samples.ts';

const hash = hmac(7, 'a key');

test('decode gives back what encode was given', (t) => {
  const advert = someHeader.chain((head) =>
    fc.tuple(fc.constant(head), someTable(head.tableVersion), someEchoes, fc.nat({ max: 2 ** 40 })),
  );
  fc.assert(
    fc.property(advert, fc.constantFrom<KeyedHash>(hash, noAuth), ([head, table, echoes, start], port) => {
      const datagrams = encodeAdvert(head, table, echoes, counterFrom(start), port);
      const heard = datagrams.map((bytes) => {
        t.true(bytes.length <= longestDatagram);
        const decoded = decodeDatagram(bytes, { cluster: head.cluster, hash: port });
        return decoded.kind === 'advert' ? decoded.advert : decoded.reason;
      });
      const said = heard.map((one, i) => ({ ...head, echoes, sequence: start + i, table: partOf(one) }));
      t.deepEqual(heard, said as Advert[]);
      if (table === null) t.deepEqual(heard.map(partOf), [null]);
      else t.deepEqual(joined(heard), { ...table, parts: heard.map((_, i) => [i, heard.length]) });
    }),
    { numRuns: 300 },
  );
});

test('any flipped bit is refused', (t) => {
  const bytes = first(encodeAdvert(header, { base: 0, entries: entriesNamed(2) }, echoesOf(2), anyNumber, hash));
  const expected = { cluster: header.cluster, hash };
  t.is(decodeDatagram(bytes, expected).kind, 'advert');
  for (let bit = 0; bit < bytes.length * 8; bit += 1) {
    const flipped = Uint8Array.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    t.is(decodeDatagram(flipped, expected).kind, 'refused', `bit ${bit}`);
  }
});

test('any bytes give a value or a refusal', (t) => {
  const lenient: KeyedHash = { keyId: 1, sign: () => new Uint8Array(16), verify: () => 'good' };
  const start = first(encodeAdvert(header, null, [], anyNumber, lenient)).subarray(0, 15);
  const expected = { cluster: header.cluster, hash: lenient };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500, size: 'max' }), fc.boolean(), (random, begun) => {
      const bytes = begun ? Uint8Array.from([...start, ...random]) : random;
      t.true(['advert', 'refused'].includes(decodeDatagram(bytes, expected).kind));
    }),
    { numRuns: 2000 },
  );
});

test('a datagram is read where it lies in a larger buffer', (t) => {
  const bytes = first(encodeAdvert(header, { base: 0, entries: entriesNamed(1) }, [], anyNumber, hash));
  const pool = new Uint8Array(4096).fill(0xee);
  pool.set(bytes, 1001);
  const expected = { cluster: header.cluster, hash };
  t.deepEqual(decodeDatagram(pool.subarray(1001, 1001 + bytes.length), expected), decodeDatagram(bytes, expected));
});

test('the keyed hash of the ports and that of the wire are one', (t) => {
  // The compiler is the judge of the two assignments.
  const asPort: PortHash = hash;
  const asWire: KeyedHash = asPort;
  t.is(asWire.verify(8, new Uint8Array(1), new Uint8Array(16)), 'unknown-key');
});

function partOf(heard: Advert | string): Advert['table'] {
  return typeof heard === 'string' ? null : heard.table;
}

function joined(heard: readonly (Advert | string)[]) {
  const tables = heard.map(partOf).filter((table) => table !== null);
  return {
    base: tables[0]?.base,
    entries: tables.flatMap((table) => table.entries),
    parts: tables.map((table) => [table.part, table.parts]),
  };
}
