// Reads the fields of a datagram one after the other and never throws: the first thing that is
// wrong is kept as `refusal`, and from then on every read gives an empty value and moves nothing.
// So a reader of fields is a straight line, and looks at `refusal` at its end and in its loops.

import { lastEpoch } from '#model/advert';
import { ethernetText } from './ethernet-address.ts';
import { KnownNames, KnownPairs } from './known-texts.ts';
import { type Alphabet, hardwareAddressLength, isIn } from './layout.ts';
import type { Malformation } from './refusal.ts';

const high32 = 0x1_0000_0000;

interface Range {
  readonly low: number;
  readonly high: number;
}

const anyByte: Range = { low: 0, high: 0xff };
const anyWord: Range = { low: 0, high: 0xffff };
const anyCount: Range = { low: 0, high: Number.MAX_SAFE_INTEGER };
const anyEpoch: Range = { low: 0, high: lastEpoch };

const names: Readonly<Record<Alphabet, KnownNames>> = { word: new KnownNames(), printable: new KnownNames() };
const ids = new KnownPairs((high, low) => hex32(high) + hex32(low));
const hardwareAddresses = new KnownPairs((high, low) =>
  ethernetText(Uint8Array.of(high >>> 8, high, low >>> 24, low >>> 16, low >>> 8, low)),
);

export class Reader {
  refusal: Malformation | null = null;
  readonly #bytes: Uint8Array;
  #at: number;
  #end: number;

  /** Reads from `start` on and nothing at `end` or after it. */
  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  /** Something to read, and nothing wrong so far. */
  get hasMore(): boolean {
    return this.refusal === null && this.#at < this.#end;
  }

  /** Of the whole datagram, as far as it is read here. */
  get length(): number {
    return this.#bytes.length;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  refuse(reason: Malformation): void {
    this.refusal ??= reason;
  }

  u8(range = anyByte): number {
    return this.#take(1) ? this.#within(this.#bytes[this.#at - 1] ?? 0, range) : 0;
  }

  u16(range = anyWord): number {
    return this.#take(2) ? this.#within(u16(this.#bytes, this.#at - 2), range) : 0;
  }

  u32(): number {
    return this.#take(4) ? u32(this.#bytes, this.#at - 4) : 0;
  }

  counter(): number {
    if (!this.#take(8)) return 0;
    return this.#within(u32(this.#bytes, this.#at - 8) * high32 + u32(this.#bytes, this.#at - 4), anyCount);
  }

  /** Beyond what anybody can have counted to, the next one might not be a whole number any more. */
  epoch(): number {
    return this.#within(this.counter(), anyEpoch);
  }

  hex(): string {
    return this.#take(8) ? ids.textOf(u32(this.#bytes, this.#at - 8), u32(this.#bytes, this.#at - 4)) : '';
  }

  hardwareAddress(): string {
    if (!this.#take(hardwareAddressLength)) return '';
    return hardwareAddresses.textOf(u16(this.#bytes, this.#at - 6), u32(this.#bytes, this.#at - 4));
  }

  name(alphabet: Alphabet, longest: number): string {
    const text = this.optionalName(alphabet, longest);
    if (text === null) this.refuse('malformed-name');
    return text ?? '';
  }

  /** A name, or null where its length is zero. */
  optionalName(alphabet: Alphabet, longest: number): string | null {
    const length = this.u8();
    if (length === 0) return null;
    if (length > longest) this.refuse('malformed-name');
    if (!this.#take(length)) return '';
    const start = this.#at - length;
    return names[alphabet].find(this.#bytes, start, this.#at) ?? this.#newName(alphabet, start);
  }

  #newName(alphabet: Alphabet, start: number): string {
    let text = '';
    for (let i = start; i < this.#at; i += 1) {
      const code = this.#bytes[i] ?? 0;
      if (!isIn(alphabet, code)) this.refuse('malformed-name');
      text += String.fromCharCode(code);
    }
    if (this.refusal === null) names[alphabet].learn(this.#bytes, start, this.#at, text);
    return text;
  }

  /** A view of the next bytes, not a copy. */
  raw(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : new Uint8Array(0);
  }

  /** From here on reads within the next `length` bytes only. What it returns is for `leave`. */
  enter(length: number): number {
    const outerEnd = this.#end;
    const innerEnd = this.#at + length;
    if (innerEnd > outerEnd) this.refuse('malformed-length');
    else this.#end = innerEnd;
    return outerEnd;
  }

  /** Goes on after those bytes: whatever of them was not read is skipped. */
  leave(outerEnd: number): void {
    if (this.refusal === null) this.#at = this.#end;
    this.#end = outerEnd;
  }

  #take(length: number): boolean {
    if (length > this.#end - this.#at) this.refuse('malformed-length');
    if (this.refusal !== null) return false;
    this.#at += length;
    return true;
  }

  #within(value: number, range: Range): number {
    if (value < range.low || value > range.high) this.refuse('malformed-number');
    return value;
  }
}

export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) * 0x1_0000 + u16(bytes, at + 2);
}

function u16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
