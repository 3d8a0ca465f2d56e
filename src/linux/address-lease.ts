// What ends an address that nobody renews. With a gate that is the gate, to the millisecond, and the lifetime of the
// address is a backstop behind it, renewed seldom. Without one the lifetime is all there is, and the gate of an earlier
// daemon has to go.

import { later, longAgo } from '#lib/time';
import type { Instant } from '#lib/time';
import type { AddressKey } from '#model/input';
import type { Lease } from '#model/settings';
import type { Clock } from '#ports/clock';
import type { Claim } from './claims-book.ts';
import type { Gate, Trouble } from './gate.ts';
import type { LeftGate } from './gate-left.ts';
import type { Device } from './gate-tables.ts';

/** Before an address could end under a lease that still runs, its lifetime is renewed by so much. */
const EARLIER_MS = 500;

interface LeaseParts {
  readonly gate: Gate | null;
  readonly leftGate: LeftGate;
  readonly lease: Lease;
  readonly clock: Clock;
}

export class AddressLease {
  readonly #gate: Gate | null;
  readonly #leftGate: LeftGate;
  readonly #clock: Clock;
  /** Of the addresses themselves, where a gate ends the lease. */
  readonly #backstopMs: number;
  /** A renewal of lifetimes costs time for each address: so as seldom as the lease permits. */
  readonly #backstopGapMs: number;
  #backstopDueAt = longAgo;

  constructor({ gate, leftGate, lease, clock }: LeaseParts) {
    if ((lease.kind === 'nftables') !== (gate !== null)) throw new TypeError('a lease of nf_tables needs its gate');
    this.#gate = gate;
    this.#leftGate = leftGate;
    this.#clock = clock;
    this.#backstopMs = lease.kind === 'nftables' ? lease.addressMs : 0;
    this.#backstopGapMs = lease.kind === 'nftables' ? lease.addressMs - lease.ms - EARLIER_MS : 0;
  }

  get hasGate(): boolean {
    return this.#gate !== null;
  }

  begin(left: readonly Claim[], lapsed: () => void): void {
    this.#gate?.begin(left, lapsed);
    if (left.length === 0) this.nothingLeft();
  }

  /** Nothing on this host is ours: so a gate that is not ours either hides nothing. */
  nothingLeft(): void {
    if (this.#gate === null) this.#leftGate.remove();
  }

  /** A first claim on these devices finds what it needs. */
  prepare(devices: readonly Device[]): void {
    this.#gate?.stand(devices);
  }

  /** Null: this host may answer for these until then as soon as it has them. Otherwise why not. */
  open(claims: readonly Claim[], until: Instant | null): Trouble | null {
    if (claims.length === 0) return null;
    if (this.#gate === null) {
      const error = this.#leftGate.remove();
      return error === null ? null : { kind: 'refused', error };
    }
    if (until === null) return { kind: 'refused', error: 'a lease of nf_tables always ends' };
    // Nothing is held yet: what is written with this needs no renewal right after it, while clients wait.
    if (!this.#gate.isOpen) this.#backstopDueAt = later(this.#clock.now(), this.#backstopGapMs);
    return this.#gate.hold(claims, until);
  }

  /** When an address itself is to end for which the lease ends at `until`. */
  lifetimeFor(until: Instant | null): Instant | null {
    return this.#gate === null ? until : later(this.#clock.now(), this.#backstopMs);
  }

  /** What is left to do for the lifetimes. `broken`: there is no gate any more, so this host must let go. */
  renew(until: Instant | null): { readonly lifetimes: boolean; readonly broken: string | null } {
    if (this.#gate === null) return { lifetimes: true, broken: null };
    const broken = until === null ? null : this.#gate.renew(until);
    const now = this.#clock.now();
    if (broken !== null || now < this.#backstopDueAt) return { lifetimes: false, broken };
    this.#backstopDueAt = later(now, this.#backstopGapMs);
    return { lifetimes: true, broken };
  }

  /** Those of them that the gate cannot shut, as with `Gate`. Without one nothing is silent before it is gone. */
  silence(keys: readonly AddressKey[]): readonly AddressKey[] {
    return this.#gate?.silence(keys) ?? [];
  }

  /** These are not on this host any more, or are not ours. */
  forget(keys: readonly AddressKey[]): void {
    if (keys.length > 0) this.#gate?.forget(keys);
  }

  close(anyLeft: boolean): void {
    this.#gate?.close(anyLeft);
  }
}
