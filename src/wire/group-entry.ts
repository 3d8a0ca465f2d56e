// One group of the sender's table, between value and bytes. An entry begins with its own length, so
// that a later minor version can add fields at its end and this one steps over them.

import { formatIp, parseIp } from '#lib/ip';
import type { GroupEntry, Role } from '#model/advert';
import {
  bareEntryLength,
  flagPinned,
  inheritanceLength,
  longestWord,
  noBoot,
  priorityRange,
  roleCodes,
  wantsCodes,
} from './layout.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

const roles = new Map(Object.entries(roleCodes).map(([role, code]) => [code, role as Role]));
const wishes = new Map(Object.entries(wantsCodes).map(([wish, code]) => [code, wish as GroupEntry['wants']]));
const noAddress = new Uint8Array(0);

/** An entry and how many bytes it takes: the split needs to know before anything is written. */
export interface SizedEntry {
  readonly entry: GroupEntry;
  readonly tieBreak: Uint8Array;
  readonly size: number;
}

export function sizeEntry(entry: GroupEntry): SizedEntry {
  const tieBreak = entry.tieBreak === null ? noAddress : parseIp(entry.tieBreak);
  if (tieBreak === null) throw new RangeError(`tie-break of group ${entry.group} is not an address: ${entry.tieBreak}`);
  const inheritance = entry.inherits === null ? 0 : inheritanceLength;
  const size = bareEntryLength + entry.group.length + tieBreak.length + (entry.successor?.length ?? 0) + inheritance;
  return { entry, tieBreak, size };
}

export function writeEntry(writer: Writer, { entry, tieBreak, size }: SizedEntry): void {
  writer.u16(size - 2, 'length of an entry');
  writer.name(entry.group, 'group', 'word', longestWord);
  writer.u8(roleCodes[entry.role], 'role');
  writer.u8(entry.priority, 'priority', priorityRange);
  writer.u8(wantsCodes[entry.wants] | (entry.pinned ? flagPinned : 0), 'flags');
  writer.u8(tieBreak.length, 'length of the tie-break');
  writer.raw(tieBreak);
  if (entry.successor === null) writer.u8(0, 'successor');
  else writer.name(entry.successor, 'successor', 'word', longestWord);
  writer.counter(entry.epoch, 'epoch');
  if (entry.inherits === null) return;
  writer.hex(entry.inherits.boot, 'boot id of the inheritance');
  writer.counter(entry.inherits.epoch, 'epoch of the inheritance');
}

/** Meaningless when the reader has refused by then. */
export function readEntry(reader: Reader): GroupEntry {
  const outerEnd = reader.enter(reader.u16());
  const group = reader.name('word', longestWord);
  const role = known(reader, roles.get(reader.u8()), 'starting');
  const priority = reader.u8(priorityRange);
  const flags = reader.u8();
  const wants = known(reader, wishes.get(flags & ~flagPinned), 'nothing');
  const tieBreak = readTieBreak(reader);
  const successor = reader.optionalName('word', longestWord);
  const epoch = reader.epoch();
  const inherits = readInheritance(reader);
  reader.leave(outerEnd);
  return { group, role, priority, tieBreak, wants, pinned: (flags & flagPinned) !== 0, successor, epoch, inherits };
}

/** Left out where there is none, as by every sender that does not know of it. */
function readInheritance(reader: Reader): GroupEntry['inherits'] {
  if (reader.left < inheritanceLength) return null;
  const [boot, epoch] = [reader.hex(), reader.counter()];
  return boot === noBoot ? null : { boot, epoch };
}

function readTieBreak(reader: Reader): string | null {
  const length = reader.u8();
  if (length === 0) return null;
  if (length !== 4 && length !== 16) reader.refuse('malformed-entry');
  const bytes = reader.raw(length);
  return reader.refusal === null ? formatIp(bytes) : null;
}

function known<T>(reader: Reader, value: T | undefined, otherwise: T): T {
  if (value === undefined) reader.refuse('malformed-entry');
  return value ?? otherwise;
}
