// The kernel of one virtual host: addresses that end by themselves, whether the daemon lives or not, and before
// them the gate, where there is one. It can be told to refuse, to know an address as an administrator's, or to
// lose one. It counts by the clock of its host.

import { addressKey } from '#lib/ip';
import type { AddressOutcome } from '#model/input';
import type { Lease, VirtualAddress } from '#model/settings';
import type { HostClock } from './clock.ts';
import { FakeGate } from './gate.ts';

/** What the kernel says without being asked. */
export interface KernelTold {
  changed(key: string, present: boolean): void;
  lapsed(): void;
  /** Something may answer otherwise from now on. */
  moved(): void;
}

export class FakeKernel {
  readonly refused = new Set<string>();
  /** Whose removal it refuses. */
  readonly stuck = new Set<string>();
  readonly foreign = new Set<string>();
  /** What the record of this host names. */
  readonly claimed = new Set<string>();
  /** How long an address outlives its lifetime. */
  lateMs = 0;
  /** How often an address came, went, or got another end. */
  changes = 0;
  /** What becomes of a renewal until then: what fails for a moment, as for want of memory, is not told. */
  renewal: (until: number) => 'done' | 'lost' | 'refused' | 'late' = () => 'done';
  readonly gate: FakeGate | null;
  readonly #lease: Lease;
  readonly #held = new Map<string, number>();
  /** Let go of and still there: nobody renews them. */
  readonly #leaving = new Set<string>();
  /** Addresses for whose end an alarm is set. */
  readonly #watched = new Set<string>();
  readonly #clock: HostClock;
  readonly #told: KernelTold;

  constructor(lease: Lease, clock: HostClock, told: KernelTold) {
    this.#lease = lease;
    this.#clock = clock;
    this.#told = told;
    this.gate = lease.kind === 'nftables' ? new FakeGate(clock, () => told.moved()) : null;
    if (this.gate !== null) this.gate.onRenewed = () => (this.changes += 1);
  }

  hold(addresses: readonly VirtualAddress[], until: number, by: number): AddressOutcome[] {
    if (this.#clock.now() > by) return addresses.map((address) => ({ key: addressKey(address), kind: 'late' }));
    if (this.gate?.lapsed === true) {
      this.#lapse();
      return addresses.map((address) => ({ key: addressKey(address), kind: 'late' }));
    }
    const outcomes = addresses.map((address): AddressOutcome => {
      const key = addressKey(address);
      if (this.foreign.has(key)) return { key, kind: 'foreign' };
      if (this.refused.has(key)) return { key, kind: 'refused', error: 'EPERM' };
      this.claimed.add(key);
      this.#leaving.delete(key);
      this.#set(key, this.#endOf(until));
      this.gate?.open(key, until);
      return { key, kind: 'present' };
    });
    this.#told.moved();
    return outcomes;
  }

  silence(addresses: readonly VirtualAddress[]): void {
    for (const address of addresses) this.gate?.shut(addressKey(address));
    this.#told.moved();
  }

  release(addresses: readonly VirtualAddress[]): AddressOutcome[] {
    this.silence(addresses);
    const outcomes = addresses.map((address): AddressOutcome => {
      const key = addressKey(address);
      if (this.stuck.has(key) && this.has(key)) {
        this.#leaving.add(key);
        return { key, kind: 'refused', error: 'EPERM' };
      }
      this.#held.delete(key);
      this.#leaving.delete(key);
      this.changes += 1;
      this.claimed.delete(key);
      return { key, kind: 'absent' };
    });
    this.#told.moved();
    return outcomes;
  }

  renew(until: number): AddressOutcome[] {
    if (this.gate?.lapsed === true) {
      this.#lapse();
      return [];
    }
    const what = this.renewal(until);
    if (what === 'lost') return [];
    if (what !== 'done') return this.#unrenewed(what);
    this.gate?.renew(until);
    const outcomes: AddressOutcome[] = [];
    for (const key of this.claimed) {
      if (this.#leaving.has(key)) continue;
      if (this.#held.has(key)) this.#set(key, this.#endOf(until));
      else outcomes.push({ key, kind: 'absent' });
    }
    return outcomes;
  }

  /** Somebody's hand. */
  remove(key: string): void {
    if (!this.#held.delete(key)) return;
    this.changes += 1;
    this.#told.changed(key, false);
    this.#told.moved();
  }

  has(key: string): boolean {
    return (this.#held.get(key) ?? Number.NEGATIVE_INFINITY) > this.#clock.now();
  }

  /** Whether whoever asks for this address hears this host. */
  answersFor(key: string): boolean {
    if (this.foreign.has(key)) return true;
    return this.has(key) && (this.gate === null || this.gate.isOpenFor(key));
  }

  /** When it stops to answer for this address if nothing is renewed, by the clock of its host. */
  endOf(key: string): number {
    const end = this.#held.get(key) ?? Number.NEGATIVE_INFINITY;
    return this.gate === null ? end : Math.min(end, this.gate.until);
  }

  /** When the first address ends, unless it is renewed or taken away before. */
  firstEnd(): number {
    let first = Number.POSITIVE_INFINITY;
    for (const until of this.#held.values()) first = Math.min(first, until);
    return first;
  }

  /** It was told to take something away, and has not done it. */
  get isLeaving(): boolean {
    return this.#leaving.size > 0;
  }

  /** It refused to take one of these away, and that is still there. */
  keeps(keys: readonly string[]): boolean {
    return this.#leaving.size > 0 && keys.some((key) => this.#leaving.has(key) && this.#held.has(key));
  }

  left(): string[] {
    return [...this.claimed].filter((key) => this.has(key));
  }

  powerCut(): void {
    this.#held.clear();
    this.changes += 1;
    this.claimed.clear();
    this.#leaving.clear();
    this.gate?.clear();
    this.#told.moved();
  }

  #unrenewed(what: 'refused' | 'late'): AddressOutcome[] {
    const keys = [...this.claimed].filter((key) => !this.#leaving.has(key));
    return keys.map((key) => (what === 'late' ? { key, kind: 'late' } : { key, kind: 'refused', error: 'EIO' }));
  }

  /** A gate ends the lease by itself; the address behind it may stay a little longer. */
  #endOf(until: number): number {
    const lease = this.#lease;
    return (lease.kind === 'nftables' ? this.#clock.now() + lease.addressMs : until) + this.lateMs;
  }

  #lapse(): void {
    this.gate?.clear();
    this.#told.lapsed();
    this.#told.moved();
  }

  #set(key: string, until: number): void {
    this.#held.set(key, until);
    this.changes += 1;
    if (Number.isFinite(until) && !this.#watched.has(key)) this.#watch(key, until);
  }

  /** One alarm for each address, which moves on when it comes and finds the address renewed. */
  #watch(key: string, until: number): void {
    this.#watched.add(key);
    this.#clock.at(until, () => {
      this.#watched.delete(key);
      const end = this.#held.get(key);
      if (end === undefined) return;
      if (end > this.#clock.now()) {
        this.#watch(key, end);
        return;
      }
      this.#held.delete(key);
      this.changes += 1;
      this.#told.changed(key, false);
      this.#told.moved();
    });
  }
}
