// What the network does to frames while faults of it last: all that lasts at one time is asked for every datagram.
// When a fault begins and ends is the weather's.

import type { Random } from './random.ts';

/** What the network does while a fault lasts; each part is asked for every datagram. */
export interface Impairment {
  /** Nothing passes, whatever it is. */
  readonly cuts?: (from: number, to: number, path: string) => boolean;
  /** Adverts that get lost, while the rest of the segment works. */
  readonly drops?: (from: number, to: number, path: string) => boolean;
  /** How many of all frames get lost. */
  readonly loss?: number;
  readonly delayMs?: () => number;
  readonly copies?: () => number;
  /** How many of all datagrams have a bit turned over. */
  readonly corruption?: number;
}

export class Impairments extends Set<Impairment> {
  readonly #random: Random;

  constructor(random: Random) {
    super();
    this.#random = random;
  }

  cuts(from: number, to: number, path: string): boolean {
    for (const { cuts } of this) if (cuts?.(from, to, path) === true) return true;
    return false;
  }

  drops(from: number, to: number, path: string): boolean {
    for (const { drops } of this) if (drops?.(from, to, path) === true) return true;
    return this.loses();
  }

  loses(): boolean {
    for (const { loss } of this) if (loss !== undefined && this.#random.chance(loss)) return true;
    return false;
  }

  /** How much longer than on an ordinary day; null where every datagram keeps its place. */
  delayMs(): number | null {
    for (const { delayMs } of this) if (delayMs !== undefined) return delayMs();
    return null;
  }

  copies(): number {
    let copies = 1;
    for (const impairment of this) copies = Math.max(copies, impairment.copies?.() ?? 1);
    return copies;
  }

  corruption(): number {
    for (const { corruption } of this) if (corruption !== undefined) return corruption;
    return 0;
  }
}
