// Whom a sender had turned off, between value and bytes: one section of so many boots and numbers, left out where
// there is nobody. What such a word is worth is decided in the core.

import type { TurnedOff } from '#model/advert';
import { mostTurnedOff, sectionHeadLength, sectionTurnedOff, turnedOffLength } from './layout.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

export function turnedOffLengthOf(words: readonly TurnedOff[]): number {
  return words.length === 0 ? 0 : sectionHeadLength + words.length * turnedOffLength;
}

export function writeTurnedOff(writer: Writer, words: readonly TurnedOff[]): void {
  if (words.length === 0) return;
  if (words.length > mostTurnedOff)
    throw new RangeError(`an advert names at most ${mostTurnedOff} boots that were turned off, found ${words.length}`);
  writer.u8(sectionTurnedOff, 'section');
  writer.u16(words.length * turnedOffLength, 'length of what was turned off');
  for (const { boot, sequence } of words) {
    writer.hex(boot, 'boot id of what was turned off');
    writer.counter(sequence, 'sequence number of what was turned off');
  }
}

export function readTurnedOff(reader: Reader): TurnedOff[] {
  const count = reader.left / turnedOffLength;
  if (!Number.isInteger(count) || count > mostTurnedOff) reader.refuse('malformed-section');
  const words: TurnedOff[] = [];
  while (reader.hasMore) words.push({ boot: reader.hex(), sequence: reader.counter() });
  return words;
}
