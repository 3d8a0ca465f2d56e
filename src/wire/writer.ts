// Writes the fields of a datagram one after the other into one buffer. A value that the wire cannot
// carry is an error of this program, not of the world: it throws, and says which field and why.
// What the fields mean is absent on purpose.

import { type Alphabet, isIn } from './layout.ts';

const high32 = 0x1_0000_0000;

export class Writer {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  u8(value: number, field: string, range = { low: 0, high: 0xff }): void {
    this.#view.setUint8(this.#at, whole(value, field, range.low, range.high));
    this.#at += 1;
  }

  u16(value: number, field: string, range = { low: 0, high: 0xffff }): void {
    this.#view.setUint16(this.#at, whole(value, field, range.low, range.high));
    this.#at += 2;
  }

  u32(value: number, field: string): void {
    this.#view.setUint32(this.#at, whole(value, field, 0, high32 - 1));
    this.#at += 4;
  }

  /** 8 bytes, but never more than a number can hold exactly. */
  counter(value: number, field: string): void {
    whole(value, field, 0, Number.MAX_SAFE_INTEGER);
    this.#view.setUint32(this.#at, Math.floor(value / high32));
    this.#view.setUint32(this.#at + 4, value % high32);
    this.#at += 8;
  }

  /** 16 hex digits as 8 bytes. */
  hex(text: string, field: string): void {
    if (!/^[0-9a-f]{16}$/.test(text))
      throw new RangeError(`${field} must be 16 hex digits in lower case, found ${text}`);
    this.#view.setUint32(this.#at, Number.parseInt(text.slice(0, 8), 16));
    this.#view.setUint32(this.#at + 4, Number.parseInt(text.slice(8), 16));
    this.#at += 8;
  }

  /** One byte of length, then the characters. */
  name(text: string, field: string, alphabet: Alphabet, longest: number): void {
    if (text.length === 0 || text.length > longest) {
      throw new RangeError(`${field} must have 1 to ${longest} characters, found "${text}"`);
    }
    this.bytes[this.#at] = text.length;
    this.#at += 1;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (!isIn(alphabet, code)) throw new RangeError(`${field} has a character that names cannot have: "${text}"`);
      this.bytes[this.#at + i] = code;
    }
    this.#at += text.length;
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** What has been written so far. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.#at);
  }
}

function whole(value: number, field: string, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${field} must be a whole number from ${low} to ${high}, found ${value}`);
}
