// What becomes of the voices that are heard: those of other hosts for our addresses are told as `seen` or `probed`, at a
// bounded pace however loud the segment is. Who they are, and what it means, is decided elsewhere.

import { addressKey } from '#lib/ip';
import type { Instant } from '#lib/time';
import type { AddressKey, Input } from '#model/input';
import type { InterfaceName } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import type { Clock } from '#ports/clock';
import type { Voice } from '#wire/voice';

/** So often at most is one voice told for one address. */
const PACE_MS = 2;
/** BOUNDED: so many hosts are told for one address in that time; more than two are a forgery or worse. */
const MOST_VOICES = 4;

interface Told {
  since: Instant;
  readonly macs: Set<string>;
}

export class WireVoices {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #offer: (input: Input) => void;
  /** BOUNDED by the configuration. */
  readonly #keys = new Map<InterfaceName, Map<string, AddressKey[]>>();
  /** By kind of voice and address. */
  readonly #told = new Map<string, Told>();

  constructor(addresses: readonly VirtualAddress[], clock: Pick<Clock, 'now'>, offer: (input: Input) => void) {
    this.#clock = clock;
    this.#offer = offer;
    for (const where of addresses) {
      const keys = this.#keys.get(where.interface) ?? new Map<string, AddressKey[]>();
      this.#keys.set(where.interface, keys.set(where.address, [...(keys.get(where.address) ?? []), addressKey(where)]));
    }
  }

  /** The interfaces with addresses of ours. */
  get interfaces(): InterfaceName[] {
    return [...this.#keys.keys()];
  }

  addressesOn(name: InterfaceName): string[] {
    return [...(this.#keys.get(name)?.keys() ?? [])];
  }

  /** A voice of another host, which spoke after that instant. */
  heard(name: InterfaceName, { address, mac, probes }: Voice, after: Instant): void {
    const kind = probes ? 'probed' : 'seen';
    for (const key of this.#keys.get(name)?.get(address) ?? []) {
      if (!this.#isDue(`${kind} ${key}`, mac)) continue;
      this.#offer(probes ? { kind: 'probed', key, mac } : { kind: 'seen', key, mac, after });
    }
  }

  #isDue(key: string, mac: string): boolean {
    const now = this.#clock.now();
    const told = this.#told.get(key);
    if (told === undefined || now - told.since >= PACE_MS) {
      this.#told.set(key, { since: now, macs: new Set([mac]) });
      return true;
    }
    if (told.macs.has(mac) || told.macs.size >= MOST_VOICES) return false;
    told.macs.add(mac);
    return true;
  }
}
