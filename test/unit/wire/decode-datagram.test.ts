// Every refusal by its name, and what a newer version may add without being refused.

import test from 'ava';
import { type Decoded, decodeDatagram } from '#wire/decode-datagram';
import { encodeAdvert } from '#wire/encode-advert';
import type { KeyedHash } from '#wire/keyed-hash';
import { type Refusal, refusals } from '#wire/refusal';
import { anyNumber, echoesOf, entry, first, header, hmac, noAuth } from './samples.ts';

const key7 = hmac(7, 'a key');
const cluster = header.cluster;
const table = { base: 5, entries: [entry] };

// Where things stand in `plain`: 10 bytes of prefix, then names of 5, 4, 5 and 16 bytes.
const at = { major: 4, minor: 5, key: 6, node: 15, path: 19, release: 24, boot: 40 };
const atSequence = at.boot + 8;
const atInterval = atSequence + 8;
const atDownAfter = atInterval + 2;
const atTableVersion = atDownAfter + 2 + 4 + 8;
const atSections = atTableVersion + 8;
const atTable = atSections + 3 + 2 * 25;
const atEntry = atTable + 3 + 12;

const plain = (hash: KeyedHash): Uint8Array => first(encodeAdvert(header, table, echoesOf(2), anyNumber, hash));

/** `plain` with bytes replaced at a place, and signed again. */
function patched(place: number, ...bytes: number[]): Uint8Array {
  const copy = Uint8Array.from(plain(key7));
  copy.set(bytes, place);
  return resigned(copy.subarray(0, -16));
}

function spliced(place: number, remove: number, ...bytes: number[]): Uint8Array {
  const all = [...plain(key7).subarray(0, -16)];
  all.splice(place, remove, ...bytes);
  return resigned(Uint8Array.from(all));
}

function resigned(body: Uint8Array): Uint8Array {
  return Uint8Array.from([...body, ...key7.sign(body)]);
}

function heard(bytes: Uint8Array, hash: KeyedHash = key7): Decoded {
  return decodeDatagram(bytes, { cluster, hash });
}

const section = (type: number, ...content: number[]): number[] => [
  type,
  content.length >> 8,
  content.length & 0xff,
  ...content,
];
const endOfBody = plain(key7).length - 16;
const hugeCounter = [0x00, 0x20, 0, 0, 0, 0, 0, 0];
const hugeEpoch = [0x00, 0x10, 0, 0, 0, 0, 0, 1];

const cases: readonly [Refusal, string, Uint8Array, KeyedHash?][] = [
  ['too-short', 'nothing', new Uint8Array(0)],
  ['too-short', 'a prefix and a hash alone', plain(key7).subarray(0, 26)],
  ['too-long', 'one byte above the limit', resigned(new Uint8Array(1401 - 16))],
  ['bad-magic', 'other bytes in front', patched(0, 0x4d)],
  ['other-cluster', 'another name of the same length', patched(11, 0x45)],
  ['other-cluster', 'a longer name', spliced(10, 5, 6, ...Buffer.from('edge-2'))],
  ['other-cluster', 'a name that runs into the hash', plain(key7).subarray(0, 29)],
  ['other-cluster', 'another cluster of another major version', spliced(4, 8, 2, 0, 0, 0, 0, 7, 4, 0x45)],
  ['other-major', 'the next major version', patched(at.major, 2)],
  ['other-major', 'major version zero', patched(at.major, 0)],
  ['no-auth', 'no key id where a key is asked for', plain(noAuth)],
  ['unexpected-auth', 'a key id where there is no key', plain(key7), noAuth],
  ['unknown-key', 'a key that is not ours', plain(hmac(8, 'a key'))],
  ['bad-mac', 'the same id and another key', plain(hmac(7, 'b key'))],
  [
    'bad-mac',
    'a hash that is not zero without authentication',
    Uint8Array.from([...plain(noAuth).subarray(0, -1), 1]),
    noAuth,
  ],
  ['malformed-length', 'a header cut short', spliced(atTableVersion, endOfBody - atTableVersion)],
  ['malformed-length', 'a name that runs past the end', spliced(at.release, endOfBody - at.release, 63)],
  ['malformed-length', 'one byte behind the last section', spliced(endOfBody, 0, 0)],
  ['malformed-length', 'a section longer than the datagram', patched(atTable + 1, 0xff, 0xff)],
  ['malformed-length', 'an entry longer than its section', patched(atEntry + 1, 32)],
  [
    'malformed-length',
    'an entry shorter than its fields',
    spliced(atTable + 1, 4 + 12, 0, 13, ...Array<number>(8).fill(0), 0, 0, 0, 1, 0),
  ],
  ['malformed-name', 'an empty node name', spliced(at.node, 4, 0)],
  ['malformed-name', 'a node name with a space', patched(at.node + 1, 0x20)],
  ['malformed-name', 'a node name beyond ASCII', patched(at.node + 1, 0xe9)],
  ['malformed-name', 'a node name of 64 characters', spliced(at.node, 4, 64, ...Array<number>(64).fill(0x61))],
  ['malformed-name', 'a path with a slash', patched(at.path + 1, 0x2f)],
  ['malformed-name', 'a path of 16 characters', spliced(at.path, 5, 16, ...Array<number>(16).fill(0x61))],
  ['malformed-name', 'a group with a line feed', patched(atEntry + 3, 0x0a)],
  ['malformed-number', 'interval zero', patched(atInterval, 0, 0)],
  ['malformed-number', 'an interval of 60,001 ms', patched(atInterval, 0xea, 0x61)],
  ['malformed-number', 'down_after zero', patched(atDownAfter, 0, 0)],
  ['malformed-number', 'a sequence number of 2^53', patched(atSequence, ...hugeCounter)],
  ['malformed-number', 'a table version of 2^53', patched(atTableVersion, ...hugeCounter)],
  ['malformed-number', 'an echo of 2^53', patched(atSections + 3 + 8, ...hugeCounter)],
  ['malformed-number', 'priority zero', patched(atEntry + 7, 0)],
  ['malformed-number', 'priority 255', patched(atEntry + 7, 255)],
  ['malformed-number', 'an epoch above 2^52', patched(atEntry + 15, ...hugeEpoch)],
  [
    'malformed-number',
    'a highest epoch above 2^52',
    spliced(endOfBody, 0, ...section(3, ...Array<number>(8).fill(0), 0, ...hugeEpoch)),
  ],
  [
    'malformed-number',
    'an exception with an epoch above 2^52',
    spliced(endOfBody, 0, ...section(3, ...Array<number>(17 + 24).fill(0), 1, 1, 0x61, ...hugeEpoch)),
  ],
  ['malformed-section', 'half an echo', spliced(endOfBody, 0, ...section(1))],
  [
    'malformed-section',
    'echoes that are not whole',
    spliced(atSections, 3 + 50, ...section(1, ...Array<number>(23).fill(0))),
  ],
  ['malformed-section', 'an unknown flag of an echo', patched(atSections + 3 + 24, 2)],
  ['malformed-section', 'two tables', spliced(endOfBody, 0, ...section(2, ...hugeCounter))],
  ['malformed-length', 'facts without a gateway word', spliced(endOfBody, 0, ...section(4))],
  ['malformed-section', 'an unknown gateway word', spliced(endOfBody, 0, ...section(4, 3))],
  ['malformed-section', 'half a hardware address', spliced(endOfBody, 0, ...section(4, 1, 2, 0, 0))],
  [
    'malformed-section',
    '17 hardware addresses',
    spliced(endOfBody, 0, ...section(4, 1, ...Array<number>(17 * 6).fill(2))),
  ],
  ['malformed-section', 'facts twice', spliced(endOfBody, 0, ...section(4, 1), ...section(4, 1))],
  [
    'malformed-section',
    'half of one that was turned off',
    spliced(endOfBody, 0, ...section(5, ...Array<number>(24).fill(0))),
  ],
  [
    'malformed-section',
    'nine that were turned off',
    spliced(endOfBody, 0, ...section(5, ...Array<number>(9 * 16).fill(0))),
  ],
  ['malformed-section', 'turned off twice', spliced(endOfBody, 0, ...section(5), ...section(5))],
  [
    'malformed-number',
    'turned off at 2^53',
    spliced(endOfBody, 0, ...section(5, ...Array<number>(8).fill(0), ...hugeCounter)),
  ],
  ['malformed-table', 'part 1 of 1', patched(atTable + 3 + 8, 0, 1, 0, 1)],
  ['malformed-table', 'part 0 of 0', patched(atTable + 3 + 8, 0, 0, 0, 0)],
  ['malformed-table', 'more parts than a table has', patched(atTable + 3 + 8, 0, 0, 0x10, 0x01)],
  ['malformed-table', 'a base above the version of the table', patched(atTableVersion, 0, 0, 0, 0, 0, 0, 0, 4)],
  ['malformed-entry', 'role zero', patched(atEntry + 6, 0)],
  ['malformed-entry', 'a role after the last', patched(atEntry + 6, 10)],
  ['malformed-entry', 'two wishes at once', patched(atEntry + 8, 3)],
  ['malformed-entry', 'an unknown flag', patched(atEntry + 8, 8)],
  ['malformed-entry', 'a tie-break of three bytes', patched(atEntry + 9, 3)],
];

for (const [reason, what, bytes, hash] of cases) {
  test(`${reason}: ${what}`, (t) => {
    t.deepEqual(heard(bytes, hash), { kind: 'refused', reason });
  });
}

test('every refusal has a case above, and its name is there once', (t) => {
  t.deepEqual([...new Set(cases.map(([reason]) => reason))].toSorted(byName), refusals.toSorted(byName));
  t.is(new Set(refusals).size, refusals.length);
});

test('facts of the sender: absent from an older one, otherwise a word and hardware addresses', (t) => {
  const facts = (...content: number[]) => {
    const decoded = heard(spliced(endOfBody, 0, ...section(4, ...content)));
    return decoded.kind === 'advert' ? decoded.advert.facts : decoded.reason;
  };
  const usual = heard(plain(key7));
  t.is(usual.kind === 'advert' ? usual.advert.facts : usual.reason, null);
  t.deepEqual(facts(0), { gateway: 'none', macs: [] });
  t.deepEqual(facts(1, 2, 0, 0, 0, 0, 0xab), { gateway: 'reached', macs: ['02:00:00:00:00:ab'] });
  t.deepEqual(facts(2, ...Array<number>(12).fill(0xfe)), {
    gateway: 'unreached',
    macs: ['fe:fe:fe:fe:fe:fe', 'fe:fe:fe:fe:fe:fe'],
  });
});

test('a newer minor version is read as far as it is understood', (t) => {
  const usual = heard(plain(key7));
  t.is(usual.kind, 'advert');
  t.deepEqual(heard(patched(at.minor, 9)), usual);
  const [small, empty, large] = [section(200, 1, 2, 3), section(0), section(201, ...Array<number>(300).fill(0xff))];
  t.deepEqual(heard(spliced(atSections, 0, ...small, ...empty)), tighter(usual, small.length + empty.length));
  t.deepEqual(heard(spliced(endOfBody, 0, ...large)), tighter(usual, large.length));
});

/** The same words, with less room for the table. */
function tighter(said: ReturnType<typeof heard>, bytes: number): ReturnType<typeof heard> {
  if (said.kind !== 'advert' || said.advert.table === null) return said;
  const part = { ...said.advert.table, around: said.advert.table.around + bytes };
  return { ...said, advert: { ...said.advert, table: part } };
}

test('fields that a newer minor version adds to an entry are stepped over', (t) => {
  const bytes = Uint8Array.from([...plain(key7).subarray(0, -16), 0xaa, 0xbb, 0xcc]);
  bytes[at.minor] = 1;
  bytes[atTable + 2] = (bytes[atTable + 2] ?? 0) + 3;
  bytes[atEntry + 1] = (bytes[atEntry + 1] ?? 0) + 3;
  t.deepEqual(heard(resigned(bytes)), heard(plain(key7)));
});

test('a stranger and another cluster cost no hash', (t) => {
  let hashed = 0;
  const counting: KeyedHash = {
    ...key7,
    verify(...question) {
      hashed += 1;
      return key7.verify(...question);
    },
  };
  for (const bytes of [patched(0, 0), patched(11, 0x45), patched(at.major, 2), plain(noAuth)]) heard(bytes, counting);
  t.is(hashed, 0);
  heard(plain(key7), counting);
  t.is(hashed, 1);
});

function byName(a: string, b: string): number {
  return a < b ? -1 : 1;
}
