// Turns what the core wants said into numbered datagrams for every path. The numbers are one counter
// per boot over all paths.

import { holdMs } from '#core/timing';
import type { Instant } from '#lib/time';
import type { Effect } from '#model/effect';
import type { PathName } from '#model/names';
import type { Settings } from '#model/settings';
import type { Speaker } from '#ports/speaker';
import type { KeyedHash } from '#ports/keyed-hash';
import { type AdvertHeader, encodeAdvert } from '#wire/encode-advert';
import type { Counters } from './counters.ts';
import type { Identity } from './identity.ts';

export class Mouth {
  readonly #settings: Settings;
  readonly #identity: Identity;
  readonly #speaker: Speaker;
  readonly #hash: KeyedHash;
  readonly #counters: Counters;
  #sequence = 0;

  constructor(settings: Settings, identity: Identity, speaker: Speaker, hash: KeyedHash, counters: Counters) {
    this.#settings = settings;
    this.#identity = identity;
    this.#speaker = speaker;
    this.#hash = hash;
    this.#counters = counters;
  }

  say(advert: Extract<Effect, { kind: 'advert' }>, at: Instant): void {
    const messages = advert.paths.map(({ path, echoes }) => {
      return {
        path,
        datagrams: encodeAdvert(this.#header(path, advert), advert.table, echoes, this.#next, this.#hash),
      };
    });
    for (const { datagrams } of messages) this.#counters.sent += datagrams.length;
    this.#speaker.speak(advert.id, at, this.#sequence, messages);
  }

  readonly #next = (): number => {
    this.#sequence += 1;
    return this.#sequence;
  };

  #header(path: PathName, said: Extract<Effect, { kind: 'advert' }>): AdvertHeader {
    const { cluster, node, intervalMs, downAfter } = this.#settings;
    const { boot, configHash, release } = this.#identity;
    const hold = holdMs(this.#settings);
    return {
      cluster,
      node,
      boot,
      intervalMs,
      downAfter,
      holdMs: hold,
      path,
      configHash,
      release,
      tableVersion: said.tableVersion,
      facts: said.facts,
      votes: said.votes,
      turnedOff: said.turnedOff,
    };
  }
}
