// The requests of a renewal, in tables of one name. They go to the kernel once an interval for as long as anything is held,
// and say the same every other time: so they are made once and kept. What else is in the tables is not here.

import { beatIn, beatKeys, countsIn } from './gate-rules.ts';
import type { Place } from './gate-rules.ts';
import type { Request } from './netlink-bytes.ts';
import { addElements, deleteElements, flushSet } from './nft-message.ts';
import type { Table } from './nft-message.ts';

/** Opens nothing before it counts. */
export interface Beat {
  readonly place: Place;
  readonly ms: number;
}

export interface Turn {
  readonly place: Place;
  /** Where the beat is that counted until now. */
  readonly before: Place | null;
}

export class GateBeats {
  readonly #tables: readonly Table[];
  /** By place: the time to live, and what was made of it. */
  readonly #arming = new Map<Place, { readonly ms: number; readonly requests: readonly Request[] }>();
  /** By place, and by the place before. */
  readonly #counting = new Map<string, readonly Request[]>();

  constructor(tables: readonly Table[]) {
    this.#tables = tables;
  }

  /** Puts it there. One that was put there and never counted is replaced. */
  arming({ place, ms }: Beat): readonly Request[] {
    const kept = this.#arming.get(place);
    if (kept?.ms === ms) return kept.requests;
    const requests = this.#tables.flatMap((table) => [
      flushSet(table, beatIn(place)),
      ...addElements(table, { ...beatOf(table, place), timeoutMs: ms }),
    ]);
    this.#arming.set(place, { ms, requests });
    return requests;
  }

  /** Makes it count, in place of the one before, which has to be alive. */
  counting({ place, before }: Turn): readonly Request[] {
    const key = `${place} ${before}`;
    const kept = this.#counting.get(key);
    if (kept !== undefined) return kept;
    const requests = this.#tables.flatMap((table) => [
      ...(before === null
        ? []
        : [...deleteElements(table, { ...beatOf(table, before), timeoutMs: null }), flushSet(table, countsIn(before))]),
      ...addElements(table, { set: countsIn(place), keys: beatKeys[table.family], timeoutMs: null }),
    ]);
    this.#counting.set(key, requests);
    return requests;
  }
}

function beatOf({ family }: Table, place: Place) {
  return { set: beatIn(place), keys: beatKeys[family] };
}
