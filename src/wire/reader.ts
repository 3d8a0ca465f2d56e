// Reads the fields of a datagram one after the other and never throws: the first thing that is
// wrong is kept as `refusal`, and from then on every read gives an empty value and moves nothing.
// So a reader of fields is a straight line, and looks at `refusal` at its end and in its loops.

import { type Alphabet, isIn } from './layout.ts';
import type { Malformation } from './refusal.ts';

const high32 = 0x1_0000_0000;

export class Reader {
  refusal: Malformation | null = null;
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #end: number;

  constructor(bytes: Uint8Array, start: number) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = start;
    this.#end = bytes.length;
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

  u8(range = { low: 0, high: 0xff }): number {
    return this.#take(1) ? this.#within(this.#view.getUint8(this.#at - 1), range) : 0;
  }

  u16(range = { low: 0, high: 0xffff }): number {
    return this.#take(2) ? this.#within(this.#view.getUint16(this.#at - 2), range) : 0;
  }

  u32(): number {
    return this.#take(4) ? this.#view.getUint32(this.#at - 4) : 0;
  }

  counter(): number {
    if (!this.#take(8)) return 0;
    const value = this.#view.getUint32(this.#at - 8) * high32 + this.#view.getUint32(this.#at - 4);
    return this.#within(value, { low: 0, high: Number.MAX_SAFE_INTEGER });
  }

  hex(): string {
    if (!this.#take(8)) return '';
    return hex32(this.#view.getUint32(this.#at - 8)) + hex32(this.#view.getUint32(this.#at - 4));
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
    let text = '';
    for (let i = this.#at - length; i < this.#at; i += 1) {
      const code = this.#bytes[i] ?? 0;
      if (!isIn(alphabet, code)) this.refuse('malformed-name');
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** A view of the next bytes, not a copy. */
  raw(length: number): Uint8Array {
    return this.#take(length) ? this.#bytes.subarray(this.#at - length, this.#at) : new Uint8Array(0);
  }

  /** Reads within the next `length` bytes and goes on after them: what `read` leaves is skipped. */
  inside<T>(length: number, read: () => T): T {
    const outerEnd = this.#end;
    const innerEnd = this.#at + length;
    if (innerEnd > outerEnd) this.refuse('malformed-length');
    else this.#end = innerEnd;
    const value = read();
    if (this.refusal === null) this.#at = innerEnd;
    this.#end = outerEnd;
    return value;
  }

  #take(length: number): boolean {
    if (length > this.#end - this.#at) this.refuse('malformed-length');
    if (this.refusal !== null) return false;
    this.#at += length;
    return true;
  }

  #within(value: number, range: { readonly low: number; readonly high: number }): number {
    if (value < range.low || value > range.high) this.refuse('malformed-number');
    return value;
  }
}

function hex32(value: number): string {
  return value.toString(16).padStart(8, '0');
}
