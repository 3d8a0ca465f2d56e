// Turns what the core wants said into datagrams, numbers them, sends them on every path at once and
// reports what became of them. The numbers are one counter per boot over all paths.

import { holdMs } from '#core/timing';
import type { Instant } from '#lib/time';
import type { Effect } from '#model/effect';
import type { Input } from '#model/input';
import type { PathName } from '#model/names';
import type { Settings } from '#model/settings';
import type { AdvertPort } from '#ports/adverts';
import type { KeyedHash } from '#ports/keyed-hash';
import { type AdvertHeader, encodeAdvert } from '#wire/encode-advert';
import type { Counters } from './counters.ts';
import type { Identity } from './identity.ts';

export class Mouth {
  readonly #settings: Settings;
  readonly #identity: Identity;
  readonly #port: AdvertPort;
  readonly #hash: KeyedHash;
  readonly #counters: Counters;
  #sequence = 0;

  constructor(settings: Settings, identity: Identity, port: AdvertPort, hash: KeyedHash, counters: Counters) {
    this.#settings = settings;
    this.#identity = identity;
    this.#port = port;
    this.#hash = hash;
    this.#counters = counters;
  }

  /** Hands every datagram to the sockets before it returns; `sent` is offered when they have answered. */
  say(advert: Extract<Effect, { kind: 'advert' }>, at: Instant, offer: (input: Input) => void): void {
    const answers = advert.paths.map(async ({ path, echoes }) => {
      const header = this.#header(path, advert.tableVersion);
      const datagrams = encodeAdvert(header, advert.table, echoes, () => this.#next(), this.#hash);
      const error = await this.#port.send(path, datagrams);
      if (error === null) this.#counters.sent += datagrams.length;
      return { path, error };
    });
    void Promise.all(answers).then((paths) => offer({ kind: 'sent', id: advert.id, at, paths }));
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  #header(path: PathName, tableVersion: number): AdvertHeader {
    const { cluster, node, intervalMs, downAfter } = this.#settings;
    const { boot, configHash, release } = this.#identity;
    const hold = holdMs(this.#settings);
    return { cluster, node, boot, intervalMs, downAfter, holdMs: hold, path, configHash, release, tableVersion };
  }
}
