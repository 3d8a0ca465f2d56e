// From any bytes to an authentic advert or a named refusal; it never throws, and what it allocates
// is bounded by the 1,400 bytes of a datagram. Cheap checks stand first: a stranger's packet and
// another cluster's cost no hash. Replays and one-way senders are judged in the core, not here.

import type { Advert, Echo, SenderFacts, TablePart, TurnedOff, Votes } from '#model/advert';
import { readEntry } from './group-entry.ts';
import type { KeyedHash } from './keyed-hash.ts';
import * as layout from './layout.ts';
import { Reader, u32 } from './reader.ts';
import type { Refusal } from './refusal.ts';
import { readFacts } from './sender-facts.ts';
import { readTurnedOff } from './turned-off.ts';
import { readVotes } from './votes.ts';

export type Decoded =
  | { readonly kind: 'advert'; readonly advert: Advert }
  | { readonly kind: 'refused'; readonly reason: Refusal };

export interface Expected {
  readonly cluster: string;
  readonly hash: KeyedHash;
}

export function decodeDatagram(bytes: Uint8Array, expected: Expected): Decoded {
  const reason = refuseStranger(bytes, expected.cluster) ?? refuseUnauthentic(bytes, expected.hash);
  if (reason !== null) return { kind: 'refused', reason };
  const start = layout.prefixLength + 1 + expected.cluster.length;
  const reader = new Reader(bytes, start, bytes.length - layout.macLength);
  const advert = readAdvert(reader, expected.cluster);
  return reader.refusal === null ? { kind: 'advert', advert } : { kind: 'refused', reason: reader.refusal };
}

function refuseStranger(bytes: Uint8Array, cluster: string): Refusal | null {
  if (bytes.length <= layout.prefixLength + layout.macLength) return 'too-short';
  if (bytes.length > layout.longestDatagram) return 'too-long';
  if (u32(bytes, 0) !== layout.magic) return 'bad-magic';
  if (!isCluster(bytes, cluster)) return 'other-cluster';
  if (bytes[4] !== layout.majorVersion) return 'other-major';
  return null;
}

function isCluster(bytes: Uint8Array, cluster: string): boolean {
  const start = layout.prefixLength + 1;
  if (bytes[layout.prefixLength] !== cluster.length) return false;
  if (bytes.length < start + cluster.length + layout.macLength) return false;
  for (let i = 0; i < cluster.length; i += 1) {
    if (bytes[start + i] !== cluster.charCodeAt(i)) return false;
  }
  return true;
}

function refuseUnauthentic(bytes: Uint8Array, hash: KeyedHash): Refusal | null {
  const keyId = u32(bytes, 6);
  if (keyId === 0 && hash.keyId !== 0) return 'no-auth';
  if (keyId !== 0 && hash.keyId === 0) return 'unexpected-auth';
  const end = bytes.length - layout.macLength;
  const verdict = hash.verify(keyId, bytes.subarray(0, end), bytes.subarray(end));
  if (verdict === 'unknown-key') return 'unknown-key';
  return verdict === 'good' ? null : 'bad-mac';
}

function readAdvert(reader: Reader, cluster: string): Advert {
  const node = reader.name('word', layout.longestWord);
  const path = reader.name('printable', layout.longestPath);
  const release = reader.name('printable', layout.longestRelease);
  const boot = reader.hex();
  const sequence = reader.counter();
  const intervalMs = reader.u16(layout.intervalRange);
  const downAfter = reader.u16(layout.downAfterRange);
  const hold = reader.u32();
  const holdMs = hold === layout.holdForEver ? Number.POSITIVE_INFINITY : hold;
  const configHash = reader.hex();
  const tableVersion = reader.counter();
  const sections = readSections(reader);
  if (sections.table !== null && sections.table.base > tableVersion) reader.refuse('malformed-table');
  const { table, echoes, facts, votes, turnedOff } = sections;
  return {
    cluster,
    node,
    boot,
    sequence,
    intervalMs,
    downAfter,
    holdMs,
    path,
    configHash,
    release,
    tableVersion,
    table,
    echoes,
    facts,
    votes,
    turnedOff,
  };
}

type Sections = Pick<Advert, 'echoes' | 'table' | 'facts' | 'votes' | 'turnedOff'>;

const nobody: readonly TurnedOff[] = [];

/** Sections of a type that is not known here are a later minor version's, and skipped. */
function readSections(reader: Reader): Sections {
  let echoes: readonly Echo[] | null = null;
  let table: TablePart | null = null;
  let facts: SenderFacts | null = null;
  let votes: Votes | null = null;
  let turnedOff: readonly TurnedOff[] | null = null;
  while (reader.hasMore) {
    const type = reader.u8();
    const outerEnd = reader.enter(reader.u16());
    if (type === layout.sectionEchoes) {
      if (echoes !== null) reader.refuse('malformed-section');
      echoes = readEchoes(reader);
    } else if (type === layout.sectionTable) {
      if (table !== null) reader.refuse('malformed-section');
      table = readTablePart(reader);
    } else if (type === layout.sectionFacts) {
      if (facts !== null) reader.refuse('malformed-section');
      facts = readFacts(reader);
    } else if (type === layout.sectionVotes) {
      if (votes !== null) reader.refuse('malformed-section');
      votes = readVotes(reader);
    } else if (type === layout.sectionTurnedOff) {
      if (turnedOff !== null) reader.refuse('malformed-section');
      turnedOff = readTurnedOff(reader);
    }
    reader.leave(outerEnd);
  }
  return { echoes: echoes ?? [], table, facts, votes, turnedOff: turnedOff ?? nobody };
}

function readEchoes(reader: Reader): Echo[] {
  if (reader.left % layout.echoLength !== 0) reader.refuse('malformed-section');
  const echoes: Echo[] = [];
  while (reader.hasMore) {
    const boot = reader.hex();
    const sequence = reader.counter();
    const tableVersion = reader.counter();
    const flags = reader.u8();
    if ((flags & ~layout.flagHere) !== 0) reader.refuse('malformed-section');
    echoes.push({ boot, sequence, tableVersion, here: flags === layout.flagHere });
  }
  return echoes;
}

function readTablePart(reader: Reader): TablePart {
  const around = reader.length - reader.left;
  const base = reader.counter();
  const part = reader.u16();
  const parts = reader.u16();
  if (part >= parts || parts > layout.mostParts) reader.refuse('malformed-table');
  const entries: TablePart['entries'][number][] = [];
  while (reader.hasMore) entries.push(readEntry(reader));
  return { base, part, parts, around, entries };
}
