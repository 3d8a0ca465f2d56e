// From an advert to signed datagrams. Decides how a group table is split: whole entries, in order,
// as many as fit; each datagram has a number of its own and all carry the same echoes, so that each
// can be judged alone. Which entries are worth sending is decided in the core.

import type { Advert, Echo, GroupEntry } from '#model/advert';
import { type SizedEntry, sizeEntry, writeEntry } from './group-entry.ts';
import type { KeyedHash } from './keyed-hash.ts';
import * as layout from './layout.ts';
import { factsLength, writeFacts } from './sender-facts.ts';
import { turnedOffLengthOf, writeTurnedOff } from './turned-off.ts';
import { votesLength, writeVotes } from './votes.ts';
import { Writer } from './writer.ts';

export type AdvertHeader = Omit<Advert, 'sequence' | 'table' | 'echoes'>;

/** The entries that changed since version `base` of the table; all of them where `base` is 0. */
export interface ChangedTable {
  readonly base: number;
  readonly entries: readonly GroupEntry[];
}

interface Part {
  readonly base: number;
  readonly part: number;
  readonly parts: number;
  readonly entries: readonly SizedEntry[];
  readonly size: number;
}

/** At least one datagram. `nextSequence` is called once for each, in the order they must be sent. */
export function encodeAdvert(
  header: AdvertHeader,
  table: ChangedTable | null,
  echoes: readonly Echo[],
  nextSequence: () => number,
  hash: KeyedHash,
): Uint8Array[] {
  const said = factsLength(header.facts) + votesLength(header.votes) + turnedOffLengthOf(header.turnedOff);
  const room = layout.longestDatagram - headerLength(header) - said - layout.macLength;
  const entries = table === null ? [] : table.entries.map(sizeEntry);
  const echoCount = howManyEchoes(echoes.length, room - leastForTable(table, entries));
  const parts = table === null ? [null] : split(table.base, entries, room - echoesLength(echoCount));
  return parts.map((part) => {
    const sequence = nextSequence();
    const size = layout.longestDatagram - room + echoesLength(echoCount) + (part?.size ?? 0);
    const writer = new Writer(size);
    writeHeader(writer, header, sequence, hash.keyId);
    writeFacts(writer, header.facts);
    writeVotes(writer, header.votes);
    writeTurnedOff(writer, header.turnedOff);
    writeEchoes(writer, rotate(echoes, echoCount, sequence));
    if (part !== null) writePart(writer, part);
    writer.raw(hash.sign(writer.written()));
    return writer.bytes;
  });
}

function headerLength(header: AdvertHeader): number {
  const names = header.cluster.length + header.node.length + header.path.length + header.release.length + 4;
  return layout.prefixLength + names + layout.fixedHeaderLength;
}

function echoesLength(count: number): number {
  return count === 0 ? 0 : layout.sectionHeadLength + count * layout.echoLength;
}

/** Echoes leave room for the largest entry, so that every table can be sent. */
function leastForTable(table: ChangedTable | null, entries: readonly SizedEntry[]): number {
  if (table === null) return 0;
  const largest = entries.reduce((most, { size }) => Math.max(most, size), 0);
  return layout.sectionHeadLength + layout.tableHeadLength + largest;
}

function howManyEchoes(wanted: number, room: number): number {
  return Math.min(wanted, Math.floor((room - layout.sectionHeadLength) / layout.echoLength));
}

/**
 * All echoes where they fit; 33 always do. Otherwise a run of them that begins elsewhere in each
 * datagram, in steps of the golden ratio, so that no peer is left out for long.
 */
function rotate(echoes: readonly Echo[], count: number, sequence: number): readonly Echo[] {
  if (count === echoes.length) return echoes;
  const start = Math.floor(((sequence * 0.618_033_988_75) % 1) * echoes.length);
  return [...echoes.slice(start), ...echoes.slice(0, start)].slice(0, count);
}

function split(base: number, entries: readonly SizedEntry[], room: number): Part[] {
  const head = layout.sectionHeadLength + layout.tableHeadLength;
  let current = { entries: [] as SizedEntry[], size: head };
  const all = [current];
  for (const entry of entries) {
    if (current.size + entry.size > room) {
      current = { entries: [], size: head };
      all.push(current);
    }
    current.entries.push(entry);
    current.size += entry.size;
  }
  if (all.length > layout.mostParts)
    throw new RangeError(`a table has at most ${layout.mostParts} parts, found ${all.length}`);
  return all.map((batch, part) => ({ base, part, parts: all.length, ...batch }));
}

function writeHeader(writer: Writer, header: AdvertHeader, sequence: number, keyId: number): void {
  writer.u32(layout.magic, 'magic');
  writer.u8(layout.majorVersion, 'major version');
  writer.u8(layout.minorVersion, 'minor version');
  writer.u32(keyId, 'key id');
  writer.name(header.cluster, 'cluster', 'word', layout.longestWord);
  writer.name(header.node, 'node', 'word', layout.longestWord);
  writer.name(header.path, 'path', 'printable', layout.longestPath);
  writer.name(header.release, 'release', 'printable', layout.longestRelease);
  writer.hex(header.boot, 'boot id');
  writer.counter(sequence, 'sequence number');
  // Up to the next millisecond: the longer interval and the longer hold are the ones that keep others waiting.
  writer.u16(Math.ceil(header.intervalMs), 'interval', layout.intervalRange);
  writer.u16(header.downAfter, 'down_after', layout.downAfterRange);
  writer.u32(holdWord(header.holdMs), 'hold');
  writer.hex(header.configHash, 'configuration hash');
  writer.counter(header.tableVersion, 'table version');
}

function holdWord(holdMs: number): number {
  if (holdMs === Number.POSITIVE_INFINITY) return layout.holdForEver;
  if (holdMs > layout.holdForEver - 1)
    throw new RangeError(`a hold that ends must be under 49 days, found ${holdMs} ms`);
  return Math.ceil(holdMs);
}

function writeEchoes(writer: Writer, echoes: readonly Echo[]): void {
  if (echoes.length === 0) return;
  writer.u8(layout.sectionEchoes, 'section');
  writer.u16(echoes.length * layout.echoLength, 'length of the echoes');
  for (const echo of echoes) {
    writer.hex(echo.boot, 'boot id of an echo');
    writer.counter(echo.sequence, 'sequence number of an echo');
    writer.counter(echo.tableVersion, 'table version of an echo');
    writer.u8(echo.here ? layout.flagHere : 0, 'flags of an echo');
  }
}

function writePart(writer: Writer, { base, part, parts, entries, size }: Part): void {
  writer.u8(layout.sectionTable, 'section');
  writer.u16(size - layout.sectionHeadLength, 'length of the table part');
  writer.counter(base, 'base of the table part');
  writer.u16(part, 'part');
  writer.u16(parts, 'parts');
  for (const entry of entries) writeEntry(writer, entry);
}
