// Makes the packets of the decoder's fuzz run: from plain noise to adverts that are right but for
// one byte and signed again, so that the parser behind the hash is reached. All from one seed.

import type { GroupEntry, Votes } from '#model/advert';
import { encodeAdvert } from '#wire/encode-advert';
import type { KeyedHash } from '#wire/keyed-hash';
import { macLength, prefixLength, sectionTable, tableHeadLength } from '#wire/layout';

export type Random = (below: number) => number;

/** Mulberry32: small, quick, and the same everywhere. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** No security, little cost: a million packets need a million of these. */
export function cheapHash(keyId: number): KeyedHash {
  const sign = (bytes: Uint8Array): Uint8Array => {
    let sum = 0x811c9dc5 ^ keyId;
    for (let i = 0; i < bytes.length; i += 1) sum = Math.imul(sum ^ (bytes[i] ?? 0), 0x01000193);
    const mac = new Uint8Array(macLength);
    new DataView(mac.buffer).setUint32(0, sum >>> 0);
    return mac;
  };
  const verify: KeyedHash['verify'] = (id, bytes, mac) => {
    if (id !== keyId) return 'unknown-key';
    return sign(bytes).every((byte, i) => byte === mac[i]) ? 'good' : 'bad';
  };
  return { keyId, sign, verify };
}

interface Valid {
  readonly bytes: Uint8Array;
  /** Where lengths stand, and how wide they are. */
  readonly lengths: readonly { readonly at: number; readonly width: 1 | 2 }[];
}

/** Draws one packet into `scratch`, which is longer than any, and returns the part of it that it used. */
export type Packets = (scratch: Uint8Array) => Uint8Array;

export function packetsFrom(random: Random, cluster: string, hash: KeyedHash): Packets {
  const corpus = Array.from({ length: 64 }, () => validDatagram(random, cluster, hash));
  const any = (): Valid => corpus[random(corpus.length)] ?? { bytes: new Uint8Array(0), lengths: [] };
  const kinds: readonly Packets[] = [
    (scratch) => noise(random, scratch, 0, random(8) === 0 ? random(1500) : random(120)),
    (scratch) =>
      signed(noise(random, scratch, copy(any().bytes.subarray(0, 15), scratch), 40 + random(100)), scratch, hash),
    (scratch) => flip(random, scratch.subarray(0, copy(any().bytes, scratch))),
    (scratch) => signed(flip(random, scratch.subarray(0, copy(any().bytes, scratch) - macLength)), scratch, hash),
    (scratch) => signed(flip(random, scratch.subarray(0, copy(any().bytes, scratch) - macLength)), scratch, hash),
    (scratch) => scratch.subarray(0, random(copy(any().bytes, scratch) + 1)),
    (scratch) => signed(scratch.subarray(0, random(copy(any().bytes, scratch) + 1)), scratch, hash),
    (scratch) => signed(wrongLength(random, any(), scratch), scratch, hash),
    (scratch) => signed(splice(random, any().bytes, any().bytes, scratch), scratch, hash),
    (scratch) => scratch.subarray(0, copy(any().bytes, scratch)),
  ];
  return (scratch) => (kinds[random(kinds.length)] ?? kinds[0] ?? ((all) => all))(scratch);
}

function copy(bytes: Uint8Array, scratch: Uint8Array): number {
  scratch.set(bytes);
  return bytes.length;
}

function noise(random: Random, scratch: Uint8Array, start: number, length: number): Uint8Array {
  for (let i = start; i < start + length; i += 1) scratch[i] = random(256);
  return scratch.subarray(0, start + length);
}

function flip(random: Random, bytes: Uint8Array): Uint8Array {
  for (let times = 1 + random(3); times > 0; times -= 1) {
    const at = random(bytes.length);
    bytes[at] = random(2) === 0 ? random(256) : (bytes[at] ?? 0) ^ (1 << random(8));
  }
  return bytes;
}

function wrongLength(random: Random, { bytes, lengths }: Valid, scratch: Uint8Array): Uint8Array {
  const body = scratch.subarray(0, copy(bytes, scratch) - macLength);
  const { at, width } = lengths[random(lengths.length)] ?? { at: prefixLength, width: 1 };
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const usual = width === 1 ? view.getUint8(at) : view.getUint16(at);
  const wrong = [
    0,
    1,
    usual - 1,
    usual + 1,
    body.length - at - width,
    body.length - at,
    0x7f,
    0xff,
    0x8000,
    0xffff,
    random(0x10000),
  ];
  const value = wrong[random(wrong.length)] ?? 0;
  if (width === 1) view.setUint8(at, value);
  else view.setUint16(at, value);
  return body;
}

/** A run of one datagram put into another: sections and entries twice, halves, fields shifted. */
function splice(random: Random, into: Uint8Array, from: Uint8Array, scratch: Uint8Array): Uint8Array {
  const at = 15 + random(into.length - macLength - 14);
  const start = random(from.length);
  const piece = from.subarray(start, start + random(100));
  const skip = random(3) === 0 ? piece.length : 0;
  const rest = into.subarray(Math.min(at + skip, into.length - macLength), into.length - macLength);
  scratch.set(into.subarray(0, at));
  scratch.set(piece, at);
  scratch.set(rest, at + piece.length);
  return scratch.subarray(0, at + piece.length + rest.length);
}

function signed(body: Uint8Array, scratch: Uint8Array, hash: KeyedHash): Uint8Array {
  scratch.set(hash.sign(body), body.length);
  return scratch.subarray(0, body.length + macLength);
}

const gatewayWords = ['none', 'reached', 'unreached'] as const;

function macsFrom(random: Random): string[] {
  const byte = (): string => random(256).toString(16).padStart(2, '0');
  return Array.from({ length: random(17) }, () => Array.from({ length: 6 }, byte).join(':'));
}

function votesFrom(random: Random, hex: () => string, word: () => string): Votes {
  const given = Array.from({ length: random(5) }, () => ({
    boot: hex(),
    sequence: random(1 << 30),
    tableVersion: random(1 << 30),
    except: Array.from({ length: random(3) }, () => ({ group: word(), epoch: random(1 << 30) })),
  }));
  return { voters: hex(), silent: random(2) === 0, epoch: random(1 << 30), given };
}

function validDatagram(random: Random, cluster: string, hash: KeyedHash): Valid {
  const word = (): string => `n${random(1 << 30).toString(36)}`;
  const hex = (): string => [random(1 << 30), random(1 << 30)].map((n) => n.toString(16).padStart(8, '0')).join('');
  const header = {
    cluster,
    node: word(),
    boot: hex(),
    intervalMs: 1 + random(60_000),
    downAfter: 1 + random(10),
    holdMs: random(4) === 0 ? Number.POSITIVE_INFINITY : random(10_000),
    path: 'eth0',
    configHash: hex(),
    release: '0.1.0',
    tableVersion: 1000 + random(1000),
    facts: random(4) === 0 ? null : { gateway: gatewayWords[random(3)] ?? 'none', macs: macsFrom(random) },
    votes: random(3) === 0 ? null : votesFrom(random, hex, word),
    turnedOff: Array.from({ length: random(9) }, () => ({ boot: hex(), sequence: random(1 << 30) })),
  };
  const entry = (): GroupEntry => ({
    group: word(),
    role: random(2) === 0 ? 'active' : 'standby',
    priority: 1 + random(254),
    tieBreak: [null, '192.0.2.1', '2001:db8::1'][random(3)] ?? null,
    wants: random(2) === 0 ? 'nothing' : 'preempt',
    pinned: random(2) === 0,
    successor: random(2) === 0 ? null : word(),
    epoch: random(1 << 30),
    inherits: random(4) === 0 ? { boot: hex(), epoch: random(1 << 30) } : null,
  });
  const groups = random(8) === 0 ? 200 : random(4);
  const table = random(4) === 0 ? null : { base: random(1000), entries: Array.from({ length: groups }, entry) };
  const echoes = Array.from({ length: random(4) }, () => ({
    boot: hex(),
    sequence: random(1 << 30),
    tableVersion: random(99),
    here: random(2) === 0,
  }));
  const [bytes = new Uint8Array(0)] = encodeAdvert(header, table, echoes, () => random(1 << 30), hash);
  return { bytes, lengths: lengthsIn(bytes) };
}

function lengthsIn(bytes: Uint8Array): Valid['lengths'] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lengths: { at: number; width: 1 | 2 }[] = [];
  let at = prefixLength;
  for (let name = 0; name < 4; name += 1) {
    lengths.push({ at, width: 1 });
    at += 1 + view.getUint8(at);
  }
  at += 40;
  const end = bytes.length - macLength;
  while (at < end) {
    lengths.push({ at: at + 1, width: 2 });
    const next = at + 3 + view.getUint16(at + 1);
    if (bytes[at] === sectionTable) {
      for (let entry = at + 3 + tableHeadLength; entry < next; entry += 2 + view.getUint16(entry)) {
        const tieBreak = entry + 2 + 1 + view.getUint8(entry + 2) + 3;
        lengths.push({ at: entry, width: 2 }, { at: entry + 2, width: 1 }, { at: tieBreak, width: 1 });
      }
    }
    at = next;
  }
  return lengths;
}
