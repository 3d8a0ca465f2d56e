// Writes the fields of a datagram one after the other into one buffer. A value that the wire cannot
// carry is an error of this program, not of the world: it throws, and says which field and why.
// What the fields mean is absent on purpose.

import { hexDigit } from './hex.ts';
import { type Alphabet, isIn } from './layout.ts';

const high32 = 0x1_0000_0000;

interface Range {
  readonly low: number;
  readonly high: number;
}

const anyByte: Range = { low: 0, high: 0xff };
const anyWord: Range = { low: 0, high: 0xffff };

/** Datagrams are cut one after the other from blocks of this size: memory of its own for each would cost the most. */
const blockLength = 16_384;
let block = new ArrayBuffer(0);
let used = 0;

/** Memory that is zero, and nobody else's. */
function cut(length: number): Uint8Array {
  if (used + length > block.byteLength) {
    block = new ArrayBuffer(Math.max(blockLength, length));
    used = 0;
  }
  used += length;
  return new Uint8Array(block, used - length, length);
}

export class Writer {
  readonly bytes: Uint8Array;
  #at = 0;

  constructor(length: number) {
    this.bytes = cut(length);
  }

  u8(value: number, field: string, range = anyByte): void {
    const at = this.#advance(1, field);
    this.bytes[at] = whole(value, field, range.low, range.high);
  }

  u16(value: number, field: string, range = anyWord): void {
    const at = this.#advance(2, field);
    this.bytes[at] = whole(value, field, range.low, range.high) >>> 8;
    this.bytes[at + 1] = value;
  }

  u32(value: number, field: string): void {
    this.#word(this.#advance(4, field), whole(value, field, 0, high32 - 1));
  }

  /** 8 bytes, but never more than a number can hold exactly. */
  counter(value: number, field: string): void {
    const at = this.#advance(8, field);
    this.#word(at, Math.floor(whole(value, field, 0, Number.MAX_SAFE_INTEGER) / high32));
    this.#word(at + 4, value % high32);
  }

  /** 16 hex digits as 8 bytes. */
  hex(text: string, field: string): void {
    if (text.length !== 16) throw notHex(text, field);
    const at = this.#advance(8, field);
    for (let i = 0; i < 8; i += 1) {
      const high = lowerDigit(text.charCodeAt(2 * i));
      const low = lowerDigit(text.charCodeAt(2 * i + 1));
      if (high < 0 || low < 0) throw notHex(text, field);
      this.bytes[at + i] = (high << 4) | low;
    }
  }

  /** One byte of length, then the characters. */
  name(text: string, field: string, alphabet: Alphabet, longest: number): void {
    if (text.length === 0 || text.length > longest) {
      throw new RangeError(`${field} must have 1 to ${longest} characters, found "${text}"`);
    }
    const at = this.#advance(1 + text.length, field);
    this.bytes[at] = text.length;
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i);
      if (!isIn(alphabet, code)) throw new RangeError(`${field} has a character that names cannot have: "${text}"`);
      this.bytes[at + 1 + i] = code;
    }
  }

  raw(bytes: Uint8Array): void {
    this.bytes.set(bytes, this.#advance(bytes.length, 'bytes'));
  }

  /** What has been written so far. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.#at);
  }

  /** A typed array would swallow what is written behind its end. */
  #advance(length: number, field: string): number {
    const at = this.#at;
    if (at + length > this.bytes.length)
      throw new RangeError(`${field} does not fit: ${this.bytes.length} bytes were planned`);
    this.#at = at + length;
    return at;
  }

  #word(at: number, value: number): void {
    this.bytes[at] = value >>> 24;
    this.bytes[at + 1] = value >>> 16;
    this.bytes[at + 2] = value >>> 8;
    this.bytes[at + 3] = value;
  }
}

function lowerDigit(code: number): number {
  return code < 0x61 && code > 0x39 ? -1 : hexDigit(code);
}

function notHex(text: string, field: string): RangeError {
  return new RangeError(`${field} must be 16 hex digits in lower case, found ${text}`);
}

function whole(value: number, field: string, low: number, high: number): number {
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new RangeError(`${field} must be a whole number from ${low} to ${high}, found ${value}`);
}
