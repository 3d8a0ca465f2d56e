// The virtual cluster under simulation: carries datagrams through what the network does to them, and takes down who
// heard whom and who answers for what. It does nothing by itself; weather makes the faults, checkers judge.

import { addressKey } from '#lib/ip';
import type { DaemonEvent } from '#model/event';
import type { VirtualAddress } from '#model/settings';
import { decodeDatagram } from '#wire/decode-datagram';
import type { KeyedHash } from '#ports/keyed-hash';
import type { Host, Parcel } from '../world/host.ts';
import { World } from '../world/world.ts';
import { cheapHash, hashFor } from './cheap-hash.ts';
import { decodeOnce } from './decode-once.ts';
import { Impairments } from './impairments.ts';
import { type Ear, type Holding, type Mark, mostReplays, nothingHeard } from './knowledge.ts';
import { type Plan, rateError } from './plan.ts';
import { Trace } from './trace.ts';

/** Datagrams, answers and alarms of a host that nothing disturbs take less than this. */
export const promptMs = 20;

/** Recordings kept for an attacker who replays them. */
const mostRecordings = 64;

export class Cluster extends World {
  readonly plan: Plan;
  readonly list: readonly Host[];
  readonly trace: Trace;
  readonly impairments: Impairments;
  /** Of datagrams, at random. BOUNDED by `mostRecordings`. */
  readonly recordings: Parcel[] = [];
  /** `ears[to][from]`. */
  readonly ears: Ear[][];
  /** `holdings[group][host]`. */
  readonly holdings: Holding[][];
  /** Which hosts answer for each group, a bit for each. */
  readonly answerMasks: number[];
  /** When an advert of each host last left, by the clock of that host. */
  readonly leftAt: number[];
  /** Since when nothing was disturbed; infinite while something is. */
  quietSince = Number.POSITIVE_INFINITY;
  /** Since when no fault began or ended, and each that lasts is a steady one; infinite otherwise. */
  steadySince = Number.POSITIVE_INFINITY;
  onMove: (group: number, before: number, after: number) => void = () => {};
  onTold: (host: Host, event: DaemonEvent) => void = () => {};
  onStep: () => void = () => {};
  onFenced: (host: Host) => void = () => {};
  onTurnedOff: (host: Host) => void = () => {};
  /** A datagram that was not as it had been sent passed for a good one. */
  onForged: (words: string) => void = () => {};
  /** Before its words leave: it may be over with the step that says them. */
  onSend: (host: Host) => void = () => {};
  onAnnounced: (host: Host, addresses: readonly VirtualAddress[]) => void = () => {};
  /** A datagram was given to the daemon of that host. */
  onTook: (to: Host, parcel: Parcel) => void = () => {};
  /** How many faults make the kernel, its answers or the alarms of each host late. */
  readonly slow: number[];
  readonly #marks: Map<Mark, number>[];
  readonly #keys: string[][];
  readonly #hash: KeyedHash;
  /** When the last datagram of each route arrives. */
  readonly #arrivals: number[] = [];

  constructor(plan: Plan, telling: boolean) {
    super();
    this.plan = plan;
    this.impairments = new Impairments(plan.random);
    this.trace = new Trace(telling);
    const hash = hashFor(plan.seed);
    this.#hash = hash;
    // All have one key and one cluster's name: what the bytes say is the same for each of them.
    const decode = hash === cheapHash ? decodeOnce() : decodeDatagram;
    const common = { hash, decode, fewAlarms: true };
    this.list = plan.hosts.map(({ wish, rate, offset }) => this.add(wish, { rate, offset, ...common }));
    for (const [index, host] of this.list.entries()) {
      host.kernel.lateMs = plan.hosts[index]?.lateMs ?? 0;
      if (host.kernel.gate !== null) host.kernel.gate.lateMs = host.kernel.lateMs;
      host.fencer.leadPart = 0.1;
      host.fencer.onSelf = () => this.#goesOff(host);
    }
    const each = <T>(make: () => T): T[] => this.list.map(make);
    this.ears = each(() => each(() => ({ ...nothingHeard })));
    this.holdings = Array.from({ length: plan.groups }, () =>
      each(() => ({ since: null, joinedAt: -Infinity, claimedAt: -Infinity, reason: null, ears: [] })),
    );
    this.answerMasks = this.holdings.map(() => 0);
    this.leftAt = each(() => -Infinity);
    this.slow = each(() => 0);
    this.#marks = each(() => new Map());
    this.#keys = (this.list[0]?.settings.groups ?? []).map((group) => group.addresses.map(addressKey));
    this.delay = () => this.#delayMs();
    this.copies = () => (this.impairments.size === 0 ? 1 : this.impairments.copies());
    this.wire.onLost = (asker, host) => {
      this.ear(this.indexOf(asker), this.indexOf(host)).unaskedAt = this.events.now;
    };
    this.wire.loses = () => this.impairments.size > 0 && this.impairments.loses();
    this.tap = (from, to, path) => (this.#drops(from, to, path) ? 'drop' : 'pass');
  }

  indexOf(host: Host): number {
    return host.index;
  }

  hostAt(index: number): Host {
    const host = this.list[index];
    if (host === undefined) throw new Error(`no host ${index}`);
    return host;
  }

  ear(to: number, from: number): Ear {
    const ear = this.ears[to]?.[from];
    if (ear === undefined) throw new Error(`no ear of ${to} for ${from}`);
    return ear;
  }

  holding(group: number, host: number): Holding {
    const holding = this.holdings[group]?.[host];
    if (holding === undefined) throw new Error(`no holding of ${host} in ${group}`);
    return holding;
  }

  /** Whether so long a silence lets a host take the other for lost, as fast as its clock may run. */
  isDeaf(silentMs: number): boolean {
    return silentMs >= this.plan.downMs * (1 - rateError) - promptMs;
  }

  keysOf(group: number): readonly string[] {
    return this.#keys[group] ?? [];
  }

  mark(host: Host, mark: Mark): void {
    this.#marks[this.indexOf(host)]?.set(mark, this.events.now);
  }

  markedAt(host: Host, mark: Mark): number {
    return this.#marks[this.indexOf(host)]?.get(mark) ?? -Infinity;
  }

  /** Whether some of a group's addresses could be reached at this host now, and not by an administrator's hand. */
  answersFor(host: Host, group: number): boolean {
    if (host.clock.paused || host.down.has('eth0')) return false;
    return this.keysOf(group).some((key) => !host.kernel.foreign.has(key) && host.kernel.answersFor(key));
  }

  override told(host: Host, event: DaemonEvent): void {
    this.trace.note(this.events.now, () => ({ host: host.name, event }));
    const index = this.indexOf(host);
    if (event.code === 'group' && event.from === 'starting' && event.to === 'standby') {
      const group = host.settings.groups.findIndex(({ name }) => name === event.group);
      this.holding(group, index).joinedAt = this.events.now;
    }
    if (event.code === 'group' && (event.to === 'claiming' || event.reason.kind === 'adopted')) {
      const group = host.settings.groups.findIndex(({ name }) => name === event.group);
      const holding = this.holding(group, index);
      holding.claimedAt = this.events.now;
      holding.reason = event.reason.kind;
      holding.ears = (this.ears[index] ?? []).map((ear) => ({ ...ear }));
    }
    if (event.code === 'fenced') {
      this.mark(host, 'fenced');
      this.onFenced(host);
    }
    if (event.code === 'fence-peer-ended' && event.counts && host.fencer.orders.at(-1)?.lies === true)
      this.mark(this.host(event.peer), 'lied');
    this.onTold(host, event);
  }

  override turnOff(target: string): void {
    // An agent knows the machine that has that name by right, whatever its daemon calls itself.
    for (const host of this.list) if (host.name === target) this.#goesOff(host);
  }

  #goesOff(host: Host): void {
    host.powerCut();
    this.mark(host, 'stopped');
    this.onTurnedOff(host);
  }

  override announced(host: Host, addresses: readonly VirtualAddress[]): void {
    this.wire.announce(host, addresses);
    this.onAnnounced(host, addresses);
  }

  override send(from: Host, messages: Parameters<World['send']>[1]): void {
    if (messages.some(({ path }) => !from.down.has(path))) this.leftAt[this.indexOf(from)] = from.clock.now();
    this.trace.count(messages.length);
    this.onSend(from);
    super.send(from, messages);
  }

  override took(host: Host, parcel: Parcel): void {
    this.onTook(host, parcel);
    const ear = this.ear(this.indexOf(host), this.indexOf(parcel.from));
    ear.wordSentAt = Math.max(ear.wordSentAt, parcel.sentAt);
    // A late one says nothing new, nor does one of an earlier life.
    if (parcel.sentAt <= ear.takenSentAt || parcel.life !== parcel.from.life) return;
    if (this.isDeaf(this.events.now - ear.takenAt)) ear.deafUntil = this.events.now;
    ear.takenAt = this.events.now;
    ear.takenSentAt = parcel.sentAt;
  }

  override lost(parcel: Parcel, to: Host): void {
    this.ear(this.indexOf(to), this.indexOf(parcel.from)).lostAt = this.events.now;
    this.trace.lose(parcel.from.name, to.name);
  }

  /** In order on each path, unless something holds single datagrams up. */
  protected override arrivalOf(parcel: Parcel, to: Host): number {
    const route = (this.indexOf(parcel.from) * 8 + this.indexOf(to)) * 4 + (parcel.path === 'eth0' ? 0 : 1);
    const at = this.events.now + this.#delayMs();
    const moreMs = this.impairments.size === 0 ? null : this.impairments.delayMs();
    if (moreMs !== null) {
      const ear = this.ear(this.indexOf(to), this.indexOf(parcel.from));
      ear.heldUpUntil = Math.max(ear.heldUpUntil, at + moreMs);
      return at + moreMs;
    }
    const inOrder = Math.max(at, this.#arrivals[route] ?? 0);
    this.#arrivals[route] = inOrder;
    return inOrder;
  }

  override arrive(parcel: Parcel, to: Host): void {
    if (this.recordings.length < mostRecordings) this.recordings.push(parcel);
    else if (this.plan.random.chance(0.01)) {
      this.recordings[Math.floor(this.plan.random.within(mostRecordings))] = parcel;
    }
    const part = this.impairments.size === 0 ? 0 : this.impairments.corruption();
    if (part > 0 && this.plan.random.chance(part)) this.#arriveCorrupt(parcel, to);
    else super.arrive(parcel, to);
  }

  /** As good as lost: what takes it for a good one is a defect. */
  #arriveCorrupt(parcel: Parcel, to: Host): void {
    const { random } = this.plan;
    const bytes = parcel.bytes.slice();
    const at = Math.floor(random.within(bytes.length));
    bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random.within(8)));
    this.lost(parcel, to);
    const decoded = decodeDatagram(bytes, { cluster: to.settings.cluster, hash: this.#hash });
    if (decoded.kind !== 'refused') this.onForged(`a datagram of ${parcel.from.name} with byte ${at} changed passes`);
    if (!to.down.has(parcel.path)) to.offerBytes({ ...parcel, bytes });
  }

  /** Somebody recorded this datagram and sends it again: it comes from no host. */
  replay(parcel: Parcel, to: Host): void {
    if (to.down.has(parcel.path)) return;
    const ear = this.ear(this.indexOf(to), this.indexOf(parcel.from));
    ear.replays = [...ear.replays, this.events.now].slice(-mostReplays);
    to.offerBytes(parcel);
  }

  protected override happened(): void {
    this.trace.step(this.events.now);
    if (this.stirred) {
      this.stirred = false;
      for (const group of this.holdings.keys()) this.#lookWhoAnswers(group);
    }
    this.onStep();
  }

  protected override noteAnswers(): void {}

  #lookWhoAnswers(group: number): void {
    let mask = 0;
    for (const [index, host] of this.list.entries()) if (this.answersFor(host, group)) mask |= 1 << index;
    const before = this.answerMasks[group] ?? 0;
    if (mask === before) return;
    this.answerMasks[group] = mask;
    for (const [index, holding] of this.holdings[group]?.entries() ?? []) {
      const answers = (mask & (1 << index)) !== 0;
      if (answers) holding.since ??= this.events.now;
      else holding.since = null;
    }
    const names = () => this.list.filter((_, index) => (mask & (1 << index)) !== 0).map(({ name }) => name);
    this.trace.note(this.events.now, () => ({ group, answering: names() }));
    this.onMove(group, before, mask);
  }

  override connects(from: Host, to: Host, path: string): boolean {
    if (!super.connects(from, to, path)) return false;
    if (this.impairments.size === 0) return true;
    return !this.impairments.cuts(this.indexOf(from), this.indexOf(to), path);
  }

  /** Whether words get through between the two in both directions, on some path. */
  areJoined(a: Host, b: Host): boolean {
    return a.settings.transport.paths.some(
      ({ name }) => !a.down.has(name) && !b.down.has(name) && this.connects(a, b, name) && this.connects(b, a, name),
    );
  }

  #drops(from: string, to: string, path: string): boolean {
    if (this.impairments.size === 0) return false;
    return this.impairments.drops(this.indexOf(this.host(from)), this.indexOf(this.host(to)), path);
  }

  #delayMs(): number {
    return this.plan.random.between(0.05, this.plan.delayMs);
  }
}
