// Makes the kernel hold what the core says: puts addresses there with a lifetime, renews all of them
// at once, takes them away, and tells when one of them vanishes without our doing. An address that our
// record does not name is an administrator's and is never touched. What to do about anything is decided
// elsewhere; what was asked for has been done when a call returns, and the outcome is offered before the loop goes on.

import { addressKey } from '#lib/ip';
import { later, never } from '#lib/time';
import type { Instant } from '#lib/time';
import type { AddressKey, AddressOutcome, Input } from '#model/input';
import type { EffectId } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import type { Clock } from '#ports/clock';
import type { KernelPort } from '#ports/kernel';
import { Conflicts } from './address-conflict.ts';
import { Departures } from './address-departures.ts';
import { AddressLease } from './address-lease.ts';
import { placeKey } from './address-message.ts';
import type { KernelAddress } from './address-message.ts';
import { failed, known, refused } from './address-plan.ts';
import type { Plan, Terms, WritePlan } from './address-plan.ts';
import { Presence } from './address-presence.ts';
import { impossible, rehearsalId, rehearsedMs } from './address-rehearsal.ts';
import { AddressRemover } from './address-remover.ts';
import { Renewals } from './address-renewal.ts';
import { AddressWriter } from './address-writer.ts';
import { ClaimsBook } from './claims-book.ts';
import type { BookOptions, Claim } from './claims-book.ts';
import { formNotOurs, kernelReportsTags } from './claims-ownership.ts';
import type { Gate, Trouble } from './gate.ts';
import { LeftGate } from './gate-left.ts';
import { EEXIST, ENODEV } from './netlink-errno.ts';
import type { HostWatch } from './netlink-watch.ts';
import { BeatFile } from './record-beat.ts';
import type { ClaimedAddress } from './record-file.ts';

export interface AddressPortOptions extends BookOptions {
  readonly watch: HostWatch;
  readonly clock: Clock;
  /** For a lease of nf_tables, and for no other. */
  readonly gate: Gate | null;
  readonly offer: (input: Input) => void;
  /** What nobody asked about and somebody should know, as a sentence for the log. */
  readonly warn: (words: string) => void;
  /** What an earlier daemon left, as `readStartFacts` found it. */
  readonly left: readonly ClaimedAddress[];
}

export class AddressPort implements KernelPort {
  readonly #watch: HostWatch;
  readonly #clock: Clock;
  readonly #offer: (input: Input) => void;
  readonly #warn: (words: string) => void;
  readonly #book: ClaimsBook;
  readonly #beat: BeatFile;
  readonly #writer: AddressWriter;
  readonly #remover: AddressRemover;
  readonly #renewals: Renewals;
  readonly #lease: AddressLease;
  readonly #departures: Departures;
  readonly #presence: Presence;
  #closed = false;

  constructor(options: AddressPortOptions) {
    this.#watch = options.watch;
    this.#clock = options.clock;
    this.#offer = options.offer;
    this.#warn = options.warn;
    this.#writer = new AddressWriter(options.clock);
    this.#renewals = new Renewals(options.clock, this.#writer);
    this.#book = new ClaimsBook(options, options.left, options.warn);
    this.#beat = new BeatFile(options.runtimeDir, options.boot);
    // From here on the record speaks in our name, so that it and the beat belong together.
    this.#book.saveNow();
    this.#departures = new Departures(options.watch, this.#book, (input) => {
      if (!this.#closed) this.#offer(input);
    });
    const around = { state: options.watch.state, writer: this.#writer, book: this.#book };
    this.#remover = new AddressRemover({ ...around, departures: this.#departures });
    this.#presence = new Presence(options.watch.state, this.#departures);
    this.#lease = new AddressLease({ ...options, leftGate: new LeftGate(options.runtimeDir, options.warn) });
    this.#lease.begin(this.#book.all(), () => this.#tell({ kind: 'lapsed' }));
  }

  hold(id: EffectId, addresses: readonly VirtualAddress[], until: Instant | null, by: Instant): void {
    const conflicts = new Conflicts(this.#watch.state, this.#book, this.#departures);
    const plans = addresses.map((address) => this.#plan(address, conflicts));
    // What lives for ever and is in no record could never be told from an administrator's.
    const error = until === null ? this.#book.saveNow() : null;
    const refusal: Trouble | null = error === null ? null : { kind: 'refused', error };
    this.#put(id, plans, { until, by, refusal });
    this.#book.saveSoon();
  }

  silence(addresses: readonly VirtualAddress[]): void {
    const open = new Set(this.#lease.silence(addresses.map(addressKey)));
    this.#remover.goAhead(this.#book.all().filter(({ key, state }) => open.has(key) && state !== 'gone'));
    this.#beat.forget();
  }

  release(id: EffectId, addresses: readonly VirtualAddress[]): void {
    this.silence(addresses);
    const outcomes: AddressOutcome[] = [];
    const claims: Claim[] = [];
    for (const address of addresses) {
      const claim = this.#book.get(addressKey(address));
      if (claim !== undefined && claim.state !== 'gone') {
        claims.push(claim);
        continue;
      }
      if (claim !== undefined) this.#book.drop(claim);
      outcomes.push({ key: addressKey(address), kind: this.#presence.has(address) ? 'foreign' : 'absent' });
    }
    this.#lease.forget(outcomes.map(({ key }) => key));
    this.#take(id, claims, outcomes);
  }

  renew(id: EffectId, advertAt: Instant, until: Instant | null, livePeers: number): void {
    const { lifetimes, broken } = this.#lease.renew(until);
    const claims = this.#book.all();
    // What the kernel would not let go of may be another host's by now: no later daemon must go on from it.
    const isStuck = claims.some(({ state }) => state === 'leaving');
    if (isStuck) this.#beat.forget();
    else this.#beat.write({ advertAt, livePeers, until, suspendedMs: this.#clock.suspendedMs() });
    const outcomes = claims.flatMap((claim): AddressOutcome[] => {
      if (claim.state === 'gone') return [{ key: claim.key, kind: 'absent' }];
      return broken !== null && claim.state === 'held' ? [refused(claim, broken)] : [];
    });
    if (!lifetimes) {
      if (outcomes.length > 0) this.#answer(id, outcomes);
      return;
    }
    const held = claims.filter(
      (claim) => claim.state === 'held' && (until !== null || !this.#presence.isPermanent(claim)),
    );
    this.#extend(id, held, this.#lease.lifetimeFor(until), outcomes);
  }

  /** For whoever looks for the host's own addresses. */
  isOurs(address: KernelAddress): boolean {
    return this.#book.at(address) !== undefined;
  }

  /** Those of these addresses that are on this host and were not put there by us. */
  foreign(addresses: readonly VirtualAddress[]): AddressKey[] {
    const conflicts = new Conflicts(this.#watch.state, this.#book, this.#departures);
    return addresses
      .filter((address) => {
        const index = this.#presence.indexOf(address.interface);
        return index !== null && conflicts.isForeign(address, index);
      })
      .map(addressKey);
  }

  /** At the start and whenever a link changes: what claims of these need is there before there is one. */
  prepare(addresses: readonly VirtualAddress[]): void {
    this.#lease.prepare(this.#presence.devicesOf(addresses));
  }

  /** Runs the code of a first takeover, up to the kernel, which refuses. Not beside what is held, whose lease it would move. */
  rehearse(addresses: readonly VirtualAddress[]): void {
    this.foreign(addresses);
    if (this.#closed || this.#book.all().length > 0) return;
    const asked = impossible(addresses);
    this.hold(rehearsalId, asked, later(this.#clock.now(), rehearsedMs), never);
    this.release(rehearsalId, asked);
  }

  /**
   * The record and the beat go with a daemon that let go of everything. Otherwise they stay, for `cleanup`
   * and for the next daemon; the addresses that may still be in the kernel are returned.
   */
  close(): readonly AddressKey[] {
    this.#book.flush();
    this.#closed = true;
    this.#writer.close();
    const left = this.#book.left();
    this.#lease.close(left.length > 0);
    for (const trouble of [this.#beat.close(left.length > 0), left.length > 0 ? null : this.#book.discard()]) {
      if (trouble !== null) this.#warn(trouble);
    }
    return left;
  }

  #plan(address: VirtualAddress, conflicts: Conflicts): Plan {
    const key = addressKey(address);
    const index = this.#presence.indexOf(address.interface);
    if (index === null) return known({ key, kind: 'refused', error: `there is no interface ${address.interface}` });
    const claim = this.#book.get(key);
    const named = claim !== undefined && claim.index === index;
    if (named && (claim.state === 'held' || claim.state === 'left')) {
      return { kind: 'write', claim, how: 'replace', named };
    }
    if (conflicts.isForeign(address, index)) {
      if (claim !== undefined) this.#book.drop(claim);
      return known({ key, kind: 'foreign' });
    }
    return { kind: 'write', claim: this.#book.add(address, index), how: 'create', named };
  }

  #put(id: EffectId, plans: readonly Plan[], { until, by, refusal }: Terms): void {
    const outcomes = plans.flatMap((plan) => (plan.kind === 'known' ? [plan.outcome] : []));
    const writes = plans.filter((plan) => plan.kind === 'write');
    // The gate first: an address is never there and open without being guarded.
    const asked = writes.map(({ claim }) => claim);
    // Looked at last of all: a process that was stopped on its way here opens nothing.
    const isLate = this.#clock.now() > by;
    const trouble: Trouble | null = isLate ? { kind: 'late' } : (refusal ?? this.#lease.open(asked, until));
    if (trouble !== null) {
      for (const { claim, how } of writes) if (how === 'create') this.#book.drop(claim);
      this.#book.saveSoon();
      this.#unguardDropped(asked);
      this.#answer(id, [...outcomes, ...asked.map(({ key }) => ({ key, ...trouble }))]);
      return;
    }
    const openedAt = this.#lease.hasGate ? this.#clock.now() : null;
    const lifetime = this.#lease.lifetimeFor(until);
    const errnos = this.#writer.write(writes, lifetime);
    const again: WritePlan[] = [];
    for (const [i, plan] of writes.entries()) {
      const errno = errnos[i] ?? 0;
      // Named by our record and there after all: the kernel's word on how it looks decides.
      if (errno === EEXIST && plan.named) again.push(plan);
      else outcomes.push(this.#settle(plan, errno));
    }
    const settled = (more: readonly AddressOutcome[]): void => {
      this.#book.saveSoon();
      this.#unguardDropped(asked);
      this.#tell({ kind: 'kernel', id, outcomes: [...outcomes, ...more], openedAt });
    };
    if (again.length === 0) settled([]);
    else void this.#takeBack(again, lifetime).then(settled);
  }

  async #takeBack(plans: readonly WritePlan[], until: Instant | null): Promise<AddressOutcome[]> {
    await this.#watch.resync();
    const { state } = this.#watch;
    const tags = kernelReportsTags(state);
    // What was let go of while the kernel was asked must not come back.
    const wanted = plans.filter(({ claim }) => claim.state !== 'leaving');
    const ours = wanted.filter(({ claim }) => {
      const found = state.addresses.get(placeKey(claim));
      return found === undefined || formNotOurs(found, this.#book.leaseOff, tags) === null;
    });
    const outcomes = wanted.filter((plan) => !ours.includes(plan)).map((plan) => this.#settle(plan, EEXIST));
    const replacing = ours.map((plan): WritePlan => ({ ...plan, how: 'replace' }));
    const errnos = this.#writer.write(replacing, until);
    return [...outcomes, ...replacing.map((plan, i) => this.#settle(plan, errnos[i] ?? 0))];
  }

  #settle({ claim, how }: WritePlan, errno: number): AddressOutcome {
    const { key } = claim;
    if (errno === 0) {
      if (claim.state === 'gone') return { key, kind: 'absent' };
      if (claim.state === 'asked' || claim.state === 'left') claim.state = 'held';
      return { key, kind: 'present' };
    }
    if (how === 'create' || errno === EEXIST || errno === ENODEV) this.#book.drop(claim);
    return errno === EEXIST ? { key, kind: 'foreign' } : failed(claim, errno);
  }

  #take(id: EffectId, claims: readonly Claim[], outcomes: AddressOutcome[]): void {
    outcomes.push(...this.#remover.remove(claims));
    this.#book.saveSoon();
    this.#unguardDropped(claims);
    this.#answer(id, outcomes);
  }

  #extend(id: EffectId, held: readonly Claim[], until: Instant | null, gone: readonly AddressOutcome[]): void {
    const outcomes = [...gone, ...this.#renewals.extend(held, until)];
    if (outcomes.length > 0) this.#answer(id, outcomes);
  }

  /** What we have no claim to any more is let be. One that was claimed anew meanwhile is not. */
  #unguardDropped(claims: readonly Claim[]): void {
    this.#lease.forget(claims.flatMap(({ key }) => (this.#book.get(key) === undefined ? [key] : [])));
    if (this.#book.all().length === 0) this.#lease.nothingLeft();
  }

  #answer(id: EffectId, outcomes: readonly AddressOutcome[]): void {
    this.#tell({ kind: 'kernel', id, outcomes });
  }

  #tell(input: Input): void {
    const isRehearsed = input.kind === 'kernel' && input.id === rehearsalId;
    // Never from within the call that asked: the caller is in the middle of something.
    queueMicrotask(() => {
      if (!this.#closed && !isRehearsed) this.#offer(input);
    });
  }
}
