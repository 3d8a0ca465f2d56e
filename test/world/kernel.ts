// The kernel of one virtual host: addresses that end by themselves, whether the daemon lives or not.
// It can be told to refuse, to know an address as an administrator's, or to lose one.

import { addressKey } from '#lib/ip';
import type { AddressOutcome } from '#model/input';
import type { VirtualAddress } from '#model/settings';
import type { Events } from './events.ts';

export class FakeKernel {
  readonly refused = new Set<string>();
  readonly foreign = new Set<string>();
  /** What the record of this host names. */
  readonly claimed = new Set<string>();
  /** How long an address outlives its lifetime. */
  lateMs = 0;
  readonly #held = new Map<string, number>();
  readonly #events: Events;
  readonly #changed: (key: string, present: boolean) => void;

  constructor(events: Events, changed: (key: string, present: boolean) => void) {
    this.#events = events;
    this.#changed = changed;
  }

  hold(addresses: readonly VirtualAddress[], until: number): AddressOutcome[] {
    return addresses.map((address): AddressOutcome => {
      const key = addressKey(address);
      if (this.foreign.has(key)) return { key, kind: 'foreign' };
      if (this.refused.has(key)) return { key, kind: 'refused', error: 'EPERM' };
      this.claimed.add(key);
      this.#set(key, until + this.lateMs);
      return { key, kind: 'present' };
    });
  }

  release(addresses: readonly VirtualAddress[]): AddressOutcome[] {
    return addresses.map((address) => {
      const key = addressKey(address);
      this.#held.delete(key);
      this.claimed.delete(key);
      return { key, kind: 'absent' };
    });
  }

  renew(until: number): AddressOutcome[] {
    const outcomes: AddressOutcome[] = [];
    for (const key of this.claimed) {
      if (this.#held.has(key)) this.#set(key, until + this.lateMs);
      else outcomes.push({ key, kind: 'absent' });
    }
    return outcomes;
  }

  /** Somebody's hand. */
  remove(key: string): void {
    if (this.#held.delete(key)) this.#changed(key, false);
  }

  answersFor(key: string): boolean {
    return this.foreign.has(key) || (this.#held.get(key) ?? -1) > this.#events.now;
  }

  left(): string[] {
    return [...this.claimed].filter((key) => this.answersFor(key));
  }

  powerCut(): void {
    this.#held.clear();
    this.claimed.clear();
  }

  #set(key: string, until: number): void {
    this.#held.set(key, until);
    this.#events.at(until, () => {
      if (this.#held.get(key) !== until) return;
      this.#held.delete(key);
      this.#changed(key, false);
    });
  }
}
