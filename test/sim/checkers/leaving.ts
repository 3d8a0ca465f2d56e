// Why a host leaves the line: whether what it says when it lets go of a group, or gives a claim up, is so.

import { addressKey } from '#lib/ip';
import type { Reason } from '#model/reason';
import type { VirtualAddress } from '#model/settings';
import type { Host } from '../../world/host.ts';
import { type Cluster, promptMs } from '../cluster.ts';
import { rateError } from '../plan.ts';
import type { Circumstances } from './circumstances.ts';
import type { Word, Words } from './words.ts';

/** A kernel that refuses a release is asked again so often. */
const retryMs = 1100;

export class Leaving {
  readonly #cluster: Cluster;
  readonly #words: Words;
  readonly #around: Circumstances;
  /** When the agent of each host last had another one turned off, as it was told. */
  readonly #turnedOff: Map<string, number>[];
  /** When each host last announced each group. */
  readonly #announcedAt: Map<number, number>[];

  constructor(cluster: Cluster, words: Words, around: Circumstances) {
    this.#cluster = cluster;
    this.#words = words;
    this.#around = around;
    this.#turnedOff = cluster.list.map(() => new Map());
    this.#announcedAt = cluster.list.map(() => new Map());
  }

  announced(host: Host, addresses: readonly VirtualAddress[]): void {
    for (const [group, { addresses: own }] of host.settings.groups.entries()) {
      const [first] = own;
      if (first !== undefined && addresses.some((each) => addressKey(each) === addressKey(first))) {
        this.#announcedAt[host.index]?.set(group, this.#cluster.events.now);
      }
    }
  }

  turnedOff(by: Host, peer: string): void {
    this.#turnedOff[by.index]?.set(peer, this.#cluster.events.now);
  }

  isTrue(host: Host, group: number, reason: Reason, held: boolean): boolean {
    const around = this.#around;
    const { intervalMs, downMs, quorum } = this.#cluster.plan;
    const promisedMs = 1.1 * (quorum?.longestHoldMs ?? 0);
    switch (reason.kind) {
      case 'stopping':
        return host.stopAsked;
      case 'link-down':
        return host.down.has(reason.interface) || around.isNews(host, 'link');
      case 'unsendable':
        return host.down.size > 0 || around.isNews(host, 'link', downMs) || this.#stoodStill(host, downMs);
      case 'claim-late':
        return this.#stoodStill(host, 2 * intervalMs);
      case 'late-wake':
        return this.#stoodStill(host, 0);
      case 'lease-lapsed':
        return this.#isWild || this.#stoodStill(host, 0);
      case 'slept':
        return this.#wokeLately(host, intervalMs * (1 + rateError));
      case 'check-failed':
        return host.checkOutcomes.has(reason.check) || around.isNews(host, 'check', this.#checkMs(host));
      case 'address-refused':
        // A renewal that failed is no fault that lasts.
        return this.#isWild || host.kernel.refused.size > 0 || around.isNews(host, 'kernel');
      case 'address-foreign':
        return host.kernel.foreign.size > 0 || around.isNews(host, 'foreign');
      case 'address-stuck':
        return host.kernel.stuck.size > 0 || around.isNews(host, 'stuck', retryMs);
      case 'outranked':
        return (
          (this.#hearsNow(host, reason.by, group) || this.#saidMeanwhile(host, reason.by, group, 'active')) &&
          this.#ranksBetter(reason.by, host, group)
        );
      case 'unheard':
        return (
          this.#hears(host, reason.by, group, 'active') && (this.#isWild || this.#isApart(host, reason.by, 2 * downMs))
        );
      case 'holder-live':
        return this.#isWild || this.#hears(host, reason.holder, group, 'active');
      case 'claimant-live':
        return (
          this.#hears(host, reason.claimant, group, 'claiming') ||
          this.#saidMeanwhile(host, reason.claimant, group, 'claiming') ||
          this.#missedTheEnd(host, reason.claimant, group)
        );
      case 'still-answering':
        return this.#hasSpoken(host, group, reason.mac, reason.holder);
      case 'address-answered':
        return this.#hasSpoken(host, group, reason.mac, reason.by);
      case 'holder-unproven':
        return this.#isUnproven(host, reason.holder);
      case 'yielded':
        return this.#wasAsked(host, reason.to, group);
      case 'gateway-unreached':
        return this.#isCutOff(host) && (this.#isWild || !this.#isSilent(host, this.#cluster.host(reason.peer)));
      case 'isolated':
        return this.#isCutOff(host) && this.#others(host).every((other) => this.#isSilent(host, other));
      case 'no-majority':
        if (reason.needed !== this.#majority() || reason.votes >= reason.needed) return false;
        return this.#isWild || !this.#hasVoters(host);
      case 'too-few-votes':
        if (reason.needed !== this.#majority()) return false;
        return (
          this.#isWild ||
          !this.#hasVoters(host) ||
          (!held && this.#others(host).some((other) => this.#heldLately(other, group, promisedMs)))
        );
      case 'deposed':
        return this.#hears(host, reason.by, group, 'active') && this.#holdsUnderMore(reason.by, host, group);
      case 'turned-off':
        return this.#saysThatOff(host, reason.by);
      case 'fenced':
        return host.fencer.latched || host.daemon?.state?.fence != null || around.isNews(host, 'fenced');
      case 'fence-failed':
        return this.#isDisputed && host.fencer.orders.some(({ target }) => target === reason.peer);
      case 'promised':
        return this.#isDisputed && this.#heldLately(this.#cluster.host(reason.to), group, promisedMs);
      case 'heard-elsewhere':
      case 'nodes-unheard':
        return this.#isDisputed;
      case 'adoption-unconfirmed':
        return this.#cluster.holding(group, host.index).reason === 'adopted' && this.#isAlone(host);
      default:
        return false;
    }
  }

  #stoodStill(host: Host, withinMs: number): boolean {
    return this.#around.stoodStillAt(host) >= this.#around.newsSince(host) - withinMs;
  }

  /** While faults come and go, or a moment ago, not every word that was late, lost or withheld is told apart from another. */
  get #isWild(): boolean {
    const { quietSince, events, plan } = this.#cluster;
    return !Number.isFinite(quietSince) || events.now - quietSince < 3 * plan.downMs + 2500;
  }

  /** Whoever waits for nothing looks when its next advert is due, and no time passes for it while all its clocks stand still. */
  #wokeLately(host: Host, withinMs: number): boolean {
    const around = this.#around;
    const [pausedAt, wokeAt] = (['pausing', 'suspended'] as const).map((mark) => this.#cluster.markedAt(host, mark));
    const wokeBefore = wokeAt !== undefined && pausedAt !== undefined && wokeAt >= pausedAt - withinMs;
    return around.isNews(host, 'suspended', withinMs) || (wokeBefore && around.isNews(host, 'paused', withinMs));
  }

  #checkMs({ settings }: Host): number {
    return Math.max(...settings.checks.map(({ timeoutMs }) => timeoutMs));
  }

  #others(host: Host): readonly Host[] {
    return this.#cluster.list.filter((other) => other !== host);
  }

  /** The last that it was given of some life of that one says so. */
  #hears(host: Host, node: string, group: number, ...roles: readonly Word['role'][]): boolean {
    return this.#words
      .heard(host, this.#cluster.host(node), group)
      .some(({ words }) => words.some(({ role }) => roles.includes(role)));
  }

  /** Whoever stood still reads all that came meanwhile in its order, and acts by the first of it. */
  #saidMeanwhile(host: Host, node: string, group: number, what: Word['role']): boolean {
    const said = this.#saidSince(this.#cluster.host(node), group, this.#around.newsSince(host));
    return said.some(({ role }) => role === what);
  }

  /** A claim that went through is still the newest that is known of it while the word of its end was lost, and not told again. */
  #missedTheEnd(host: Host, node: string, group: number): boolean {
    const other = this.#cluster.host(node);
    const said = this.#words.said(other, group);
    const nth = said.findLastIndex(({ role }) => role === 'claiming');
    const claim = said[nth];
    if (claim === undefined || claim.life !== other.life) return false;
    const wentThrough = said.slice(nth + 1).every(({ role }) => role === 'active');
    return wentThrough && this.#cluster.ear(host.index, other.index).lostAt >= claim.at;
  }

  /** What was said before a silence is no word of today; a late word of an earlier life may be. Whoever stood still reads late. */
  #hearsNow(host: Host, node: string, group: number): boolean {
    const { events, plan } = this.#cluster;
    const other = this.#cluster.host(node);
    const readsLate = this.#stoodStill(host, plan.downMs);
    // A recording of what it missed is a word of today as well, for as much as it can tell.
    const replayedAt = this.#cluster.ear(host.index, other.index).replays.at(-1) ?? -Infinity;
    // What it missed when that was said it hears from the recording for the first time.
    const isReplay = replayedAt >= this.#around.newsSince(host);
    if (isReplay && this.#words.said(other, group).some(({ role }) => role === 'active')) return true;
    return this.#words
      .heard(host, other, group)
      .filter(({ at }) => readsLate || !this.#cluster.isDeaf(events.now - Math.max(at, replayedAt)))
      .some(({ words }) => words.some(({ role }) => role === 'active'));
  }

  /** A rank changes with a check, and is heard of later. */
  #ranksBetter(node: string, than: Host, group: number): boolean {
    const better = this.#cluster.host(node);
    const rank = (host: Host) => host.daemon?.state?.groups[group]?.entry;
    const [theirs, own] = [rank(better), rank(than)];
    if (theirs === undefined || own === undefined || theirs.priority >= own.priority) return true;
    return [better, than].some((host) => this.#around.isNews(host, 'check', 10_000) || host.checkOutcomes.size > 0);
  }

  /** The host with that hardware address, which is that node as far as anybody knows, answers, or announced the group just now. */
  #hasSpoken(host: Host, group: number, mac: string, node: string | null): boolean {
    const other = this.#others(host).find((each) => each.mac === mac);
    if (other === undefined || (node !== null && node !== other.settings.node)) return false;
    const at = this.#announcedAt[other.index]?.get(group) ?? -Infinity;
    const answers = ((this.#cluster.answerMasks[group] ?? 0) & (1 << other.index)) !== 0;
    return answers || at >= this.#around.newsSince(host) - this.#cluster.plan.delayMs;
  }

  #isApart(host: Host, node: string, withinMs: number): boolean {
    return this.#cluster.events.now - this.#around.apartAt(host, this.#cluster.host(node)) <= withinMs;
  }

  #isSilent(host: Host, other: Host): boolean {
    return this.#cluster.isDeaf(this.#cluster.events.now - this.#cluster.ear(host.index, other.index).takenAt);
  }

  /** No life of that one that this host hears has echoed it, or somebody plays recordings. */
  #isUnproven(host: Host, node: string): boolean {
    const boots = [...(host.daemon?.state?.boots.values() ?? [])];
    return boots.some((boot) => boot.node === node && !boot.proven && boot.state !== 'lost');
  }

  /** Asked by somebody who may ask, has waited for as long as it must, and ranks better. */
  #wasAsked(host: Host, node: string, group: number): boolean {
    const asker = this.#cluster.host(node);
    const asked = asker.settings.groups[group];
    if (asker === host || asked?.preempt !== true) return false;
    const heard = this.#words.heard(host, asker, group).flatMap(({ words }) => words);
    // Whoever stood still decides on the first of what came meanwhile, before it has taken the last.
    const meanwhile = this.#stoodStill(host, 0) ? this.#saidSince(asker, group, this.#around.newsSince(host)) : [];
    const replayed = this.#words.replayed(host, asker, group);
    const wanted = [...heard, ...meanwhile, ...this.#notTakenBack(host, asker, group), ...replayed].find(
      ({ wants, role }) => wants === 'preempt' && role === 'standby',
    );
    // Of one that stalls in the call by which it asks nobody knows when it decided to, nor what else it says at once.
    if (wanted === undefined) return this.#stoodStill(asker, this.#cluster.plan.intervalMs);
    const waitedFrom = this.#words
      .said(asker, group)
      .findLast(({ at, life, role }) => life === wanted.life && at < wanted.at && role !== 'standby');
    const waitedMs = wanted.at - (waitedFrom?.at ?? -Infinity);
    return waitedMs >= asked.preemptDelayMs * (1 - rateError) - promptMs && this.#ranksBetter(node, host, group);
  }

  /** The wish that it had last, where the word by which it wishes that no more was lost, or is still on its way. */
  #notTakenBack(host: Host, asker: Host, group: number): readonly Word[] {
    const said = this.#words.said(asker, group).filter(({ life }) => life === asker.life);
    const nth = said.findLastIndex(({ wants }) => wants === 'preempt');
    const [wish, end] = [said[nth], said[nth + 1]];
    const { lostAt, heldUpUntil } = this.#cluster.ear(host.index, asker.index);
    return wish !== undefined && end !== undefined && Math.max(lostAt, heldUpUntil) >= end.at ? [wish] : [];
  }

  /** The word that it had said by then, and those after it. */
  #saidSince(host: Host, group: number, since: number): readonly Word[] {
    const said = this.#words.said(host, group);
    return said.slice(
      Math.max(
        0,
        said.findLastIndex(({ at }) => at < since),
      ),
    );
  }

  #isCutOff(host: Host): boolean {
    const { downMs, intervalMs, events } = { ...this.#cluster.plan, events: this.#cluster.events };
    if (host.settings.gateways.length === 0) return false;
    return events.now - this.#around.gatewayLostAt(host) <= 2 * downMs + 3 * intervalMs;
  }

  #majority(): number {
    return Math.floor(this.#cluster.list.length / 2) + 1;
  }

  /** Itself and so many others that nothing has come between, none of which may have forgotten a promise. */
  #hasVoters(host: Host): boolean {
    const { plan, events } = this.#cluster;
    const forgetfulMs = 1.03 * 1.02 * (plan.quorum?.longestHoldMs ?? 0) + plan.downMs;
    const settledMs = 3 * plan.downMs + 3 * plan.intervalMs;
    const remembers = (voter: Host) => events.now - this.#cluster.markedAt(voter, 'started') > forgetfulMs;
    if (!remembers(host)) return false;
    const voters = this.#others(host).filter(
      (other) => remembers(other) && events.now - this.#around.apartAt(host, other) > settledMs,
    );
    return voters.length + 1 >= this.#majority();
  }

  /** It held the group or claimed it so lately that a voter may have promised it to that one. */
  #heldLately(host: Host, group: number, withinMs: number): boolean {
    const { now } = this.#cluster.events;
    const said = this.#words.said(host, group);
    const last = said.findLastIndex(({ role }) => role === 'active' || role === 'claiming');
    return last >= 0 && now - (said[last + 1]?.at ?? now) <= withinMs;
  }

  /** Only where others can be turned off is a claim under way asked again what hinders it. */
  get #isDisputed(): boolean {
    return this.#cluster.plan.fencing !== 'self';
  }

  #holdsUnderMore(node: string, than: Host, group: number): boolean {
    const state = this.#cluster.host(node).daemon?.state?.groups[group];
    const own = than.daemon?.state?.groups[group];
    return state === undefined || own === undefined || state.role !== 'active' || state.epoch > own.epoch;
  }

  #saysThatOff(host: Host, by: string): boolean {
    const sayer = this.#cluster.host(by);
    const at = this.#turnedOff[sayer.index]?.get(host.name) ?? Infinity;
    return this.#cluster.ear(host.index, sayer.index).wordSentAt >= at;
  }

  /** Nobody whom it hears has answered this life of it. */
  #isAlone(host: Host): boolean {
    return [...(host.daemon?.state?.boots.values() ?? [])].every(({ proven, state }) => !proven || state === 'lost');
  }
}
