// The texts that bytes stood for lately. Names, ids and hardware addresses come again in every advert: a text is
// looked up before it is made anew. What is found is compared with the bytes in full, so that it is never another
// one. Of a fixed size; whoever sends many different ones only makes them slow.

/** A power of two. */
const places = 256;

/** Texts of one byte for each character. */
export class KnownNames {
  readonly #texts: string[] = Array.from({ length: places }, () => '');

  /** What `bytes` say from `start` to `end`; null when that was not told to `learn` lately. */
  find(bytes: Uint8Array, start: number, end: number): string | null {
    const text = this.#texts[placeOf(bytes, start, end)] ?? '';
    if (text.length !== end - start) return null;
    for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) !== bytes[start + i]) return null;
    return text;
  }

  learn(bytes: Uint8Array, start: number, end: number, text: string): void {
    this.#texts[placeOf(bytes, start, end)] = text;
  }
}

function placeOf(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i += 1) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
  return (hash ^ (hash >>> 8)) & (places - 1);
}

/** Texts of two numbers of up to 32 bits. */
export class KnownPairs {
  readonly #highs = new Uint32Array(places);
  readonly #lows = new Uint32Array(places);
  readonly #texts: string[] = Array.from({ length: places }, () => '');
  readonly #make: (high: number, low: number) => string;

  constructor(make: (high: number, low: number) => string) {
    this.#make = make;
  }

  textOf(high: number, low: number): string {
    const place = (Math.imul(high, 31) ^ low ^ (low >>> 8)) & (places - 1);
    const known = this.#texts[place] ?? '';
    if (known !== '' && this.#highs[place] === high && this.#lows[place] === low) return known;
    const text = this.#make(high, low);
    this.#highs[place] = high;
    this.#lows[place] = low;
    this.#texts[place] = text;
    return text;
  }
}
