// What this daemon has put into the kernel, or was left by an earlier one, and the record that says so
// on disk. It is written only when the set of addresses changes: before an address goes in that would stay for ever, and
// soon after one that ends by itself, for which a client may be waiting. Nothing here talks to the kernel.

import { addressKey } from '#lib/ip';
import type { AddressKey } from '#model/input';
import type { BootId } from '#model/names';
import type { Lease, VirtualAddress } from '#model/settings';
import { placeKey } from './address-message.ts';
import type { AddressPlace } from './address-message.ts';
import { kernelBootId, removeRecord, writeRecord } from './record-file.ts';
import type { ClaimedAddress } from './record-file.ts';

/**
 * `left`: from an earlier daemon, not decided about yet. `asked`: the kernel was told to put it there
 * and has not answered. `held`: there, and renewed. `gone`: somebody took it away, or it ran out.
 * `leaving`: the kernel was told to take it away and has not answered.
 */
type ClaimState = 'left' | 'asked' | 'held' | 'gone' | 'leaving';

export interface Claim extends AddressPlace {
  readonly key: AddressKey;
  readonly interface: string;
  readonly label: string | null;
  state: ClaimState;
}

export interface BookOptions {
  readonly runtimeDir: string;
  readonly boot: BootId;
  readonly downMs: number;
  readonly lease: Lease;
}

export class ClaimsBook {
  readonly #options: BookOptions;
  readonly #kernelBoot = kernelBootId();
  /** BOUNDED by the addresses of the configuration, and those of the one before. */
  readonly #claims = new Map<AddressKey, Claim>();
  readonly #places = new Map<string, Claim>();
  readonly #warn: (words: string) => void;
  #written = '';
  #saving: NodeJS.Immediate | null = null;

  constructor(options: BookOptions, left: readonly ClaimedAddress[], warn: (words: string) => void) {
    this.#options = options;
    this.#warn = warn;
    for (const claimed of left) this.#keep({ ...claimed, key: addressKey(claimed), state: 'left' });
  }

  get leaseOff(): boolean {
    return this.#options.lease.kind === 'off';
  }

  get(key: AddressKey): Claim | undefined {
    return this.#claims.get(key);
  }

  at(place: AddressPlace): Claim | undefined {
    return this.#places.get(placeKey(place));
  }

  all(): readonly Claim[] {
    return [...this.#claims.values()];
  }

  /** A claim to this address at this interface index; a claim under the same key is forgotten. */
  add(address: VirtualAddress, index: number): Claim {
    const key = addressKey(address);
    const old = this.#claims.get(key);
    if (old !== undefined) this.drop(old);
    return this.#keep({ ...address, key, index, state: 'asked' });
  }

  drop(claim: Claim): void {
    if (this.#claims.get(claim.key) === claim) this.#claims.delete(claim.key);
    if (this.#places.get(placeKey(claim)) === claim) this.#places.delete(placeKey(claim));
  }

  /** Brings the record up to the claims. Null when it is, otherwise what went wrong, which is said too. */
  saveNow(): string | null {
    if (this.#saving !== null) clearImmediate(this.#saving);
    this.#saving = null;
    const trouble = this.#save();
    if (trouble !== null) this.#warn(trouble);
    return trouble;
  }

  /** Once for all that happens in this turn of the loop. */
  saveSoon(): void {
    this.#saving ??= setImmediate(() => this.saveNow());
  }

  /** What is to be saved soon, now. */
  flush(): void {
    if (this.#saving !== null) this.saveNow();
  }

  #save(): string | null {
    const addresses = [...this.#claims.values()].map((claim) => ({
      interface: claim.interface,
      index: claim.index,
      family: claim.family,
      address: claim.address,
      prefix: claim.prefix,
      label: claim.label,
    }));
    const text = JSON.stringify(addresses);
    if (text === this.#written) return null;
    const { runtimeDir, boot, downMs, lease } = this.#options;
    const record = { version: 1 as const, kernelBoot: this.#kernelBoot, pid: process.pid, boot, downMs };
    const error = writeRecord(runtimeDir, { ...record, lease: lease.kind, addresses });
    if (error === null) this.#written = text;
    return error;
  }

  /** What may still be in the kernel. */
  left(): readonly AddressKey[] {
    return this.all().flatMap(({ key, state }) => (state === 'gone' ? [] : [key]));
  }

  /** Takes the record away: there is nothing left that it would have to name. Null, or what went wrong. */
  discard(): string | null {
    return removeRecord(this.#options.runtimeDir);
  }

  #keep(claim: Claim): Claim {
    this.#claims.set(claim.key, claim);
    this.#places.set(placeKey(claim), claim);
    return claim;
  }
}
