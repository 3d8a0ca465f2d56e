// Adverts to test with: a plain one to change, a generator of every advert the wire can carry, and
// keyed hashes, one real and one that is cheap.

import { createHmac, timingSafeEqual } from 'node:crypto';
import * as fc from 'fast-check';
import { formatIp } from '#lib/ip';
import { type Echo, type GroupEntry, lastEpoch, type Role, type Votes } from '#model/advert';
import type { AdvertHeader, ChangedTable } from '#wire/encode-advert';
import { ethernetText } from '#wire/ethernet-address';
import type { KeyedHash } from '#wire/keyed-hash';
import { noBoot, roleCodes } from '#wire/layout';

export const header: AdvertHeader = {
  cluster: 'edge',
  node: 'lb1',
  boot: '00ff00ff12345678',
  intervalMs: 1000,
  downAfter: 3,
  holdMs: 3250,
  path: 'eth0',
  configHash: 'deadbeefdeadbeef',
  release: '0.1.0-rc.1+g123',
  tableVersion: 9_000_000,
  facts: null,
  votes: null,
  turnedOff: [],
};

export const entry: GroupEntry = {
  group: 'web',
  role: 'active',
  priority: 150,
  tieBreak: '192.0.2.1',
  wants: 'nothing',
  pinned: false,
  successor: null,
  epoch: 0,
  inherits: null,
};

export function entriesNamed(count: number): GroupEntry[] {
  return Array.from({ length: count }, (_, i) => ({ ...entry, group: `group-${i}`, priority: 1 + (i % 254) }));
}

export function echoesOf(count: number): Echo[] {
  return Array.from({ length: count }, (_, i) => ({
    boot: i.toString(16).padStart(16, '0'),
    sequence: i * 1000,
    tableVersion: i,
    here: i % 2 === 0,
  }));
}

export function counterFrom(start: number): () => number {
  let next = start;
  return () => next++;
}

/** Numbers of datagrams that a test does not look at. */
export const anyNumber = (): number => 7;

export function hmac(keyId: number, key: string): KeyedHash {
  const sign = (bytes: Uint8Array): Uint8Array => createHmac('sha256', key).update(bytes).digest().subarray(0, 16);
  return {
    keyId,
    sign,
    verify(id, bytes, mac) {
      if (id !== keyId) return 'unknown-key';
      return timingSafeEqual(sign(bytes), mac) ? 'good' : 'bad';
    },
  };
}

/** The first datagram of an encoding that must have one. */
export function first(datagrams: readonly Uint8Array[]): Uint8Array {
  const [bytes] = datagrams;
  if (bytes === undefined) throw new Error('expected a datagram, found none');
  return bytes;
}

export const noAuth: KeyedHash = {
  keyId: 0,
  sign: () => new Uint8Array(16),
  verify: (_id, _bytes, mac) => (mac.every((byte) => byte === 0) ? 'good' : 'bad'),
};

const wordCharacters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'.split('');
const printableCharacters = Array.from({ length: 0x7f - 0x21 }, (_, i) => String.fromCharCode(0x21 + i)).filter(
  (character) => character !== '/',
);
const text = (characters: string[], maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength, size: 'max' });
const word = text(wordCharacters, 63);
const hex = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((n) => n.toString(16).padStart(16, '0'));
const counter = fc.maxSafeNat();
const epoch = fc.nat({ max: lastEpoch });
const address = fc
  .oneof(fc.uint8Array({ minLength: 4, maxLength: 4 }), fc.uint8Array({ minLength: 16, maxLength: 16 }))
  .map(formatIp);

/** All zeros stand for none. */
const someBoot = hex.filter((boot) => boot !== noBoot);

const someVotes: fc.Arbitrary<Votes> = fc.record({
  voters: hex,
  silent: fc.boolean(),
  epoch,
  given: fc.array(
    fc.record({
      boot: hex,
      sequence: counter,
      tableVersion: counter,
      except: fc.array(fc.record({ group: word, epoch }), { maxLength: 1 }),
    }),
    { maxLength: 2 },
  ),
});

const someEntry: fc.Arbitrary<GroupEntry> = fc.record({
  group: word,
  role: fc.constantFrom(...(Object.keys(roleCodes) as Role[])),
  priority: fc.integer({ min: 1, max: 254 }),
  tieBreak: fc.option(address),
  wants: fc.constantFrom('nothing', 'preempt', 'promote'),
  pinned: fc.boolean(),
  successor: fc.option(word),
  epoch,
  inherits: fc.option(fc.record({ boot: someBoot, epoch: counter })),
});

export const someHeader: fc.Arbitrary<AdvertHeader> = fc.record({
  cluster: word,
  node: word,
  boot: hex,
  intervalMs: fc.integer({ min: 1, max: 60_000 }),
  downAfter: fc.integer({ min: 1, max: 65_535 }),
  holdMs: fc.oneof(fc.integer({ min: 0, max: 0xfffffffe }), fc.constant(Number.POSITIVE_INFINITY)),
  path: text(printableCharacters, 15),
  configHash: hex,
  release: text(printableCharacters, 63),
  tableVersion: counter,
  facts: fc.option(
    fc.record({
      gateway: fc.constantFrom('none', 'reached', 'unreached'),
      macs: fc.array(fc.uint8Array({ minLength: 6, maxLength: 6 }).map(ethernetText), { maxLength: 16, size: 'max' }),
    }),
  ),
  votes: fc.option(someVotes),
  turnedOff: fc.array(fc.record({ boot: hex, sequence: counter }), { maxLength: 8, size: 'max' }),
});

export const someEchoes: fc.Arbitrary<Echo[]> = fc.array(
  fc.record({ boot: hex, sequence: counter, tableVersion: counter, here: fc.boolean() }),
  // So many fit beside the longest names and the votes above.
  { maxLength: 18, size: 'max' },
);

export const someTable = (tableVersion: number): fc.Arbitrary<ChangedTable | null> =>
  fc.option(
    fc.record({ base: fc.nat({ max: tableVersion }), entries: fc.array(someEntry, { maxLength: 40, size: 'max' }) }),
  );
