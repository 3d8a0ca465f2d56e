// No move without a reason that is true: what a daemon says when it takes a group or lets it go is compared with
// what really happened to it and to the others, and with what it had heard of them.

import type { DaemonEvent } from '#model/event';
import type { Reason } from '#model/reason';
import type { VirtualAddress } from '#model/settings';
import type { Host, Parcel } from '../../world/host.ts';
import { type Cluster, promptMs } from '../cluster.ts';
import { rateError } from '../plan.ts';
import type { Checker } from './checker.ts';
import { Circumstances } from './circumstances.ts';
import { Leaving } from './leaving.ts';
import { type Word, Words } from './words.ts';

type GroupEvent = Extract<DaemonEvent, { code: 'group' }>;

export class ReasonChecker implements Checker {
  readonly name = 'reasons';
  /** Times that some host became the holder. */
  moves = 0;
  readonly #cluster: Cluster;
  /** The longest wait for a turn, and for whatever else keeps a claim from beginning. */
  readonly #waitMs: number;
  readonly #words: Words;
  readonly #around: Circumstances;
  readonly #leaving: Leaving;
  /** Not true by what was taken down before this event: what was read in it is known when it is over. */
  #doubted: { readonly host: Host; readonly event: GroupEvent }[] = [];

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    const { downMs, intervalMs, hosts, quorum } = cluster.plan;
    this.#waitMs = 2 * downMs + (hosts.length + 2) * intervalMs + 2500 + 2 * (quorum?.longestHoldMs ?? 0);
    this.#words = new Words(cluster);
    this.#around = new Circumstances(cluster);
    this.#leaving = new Leaving(cluster, this.#words, this.#around);
  }

  sends(host: Host): void {
    this.#words.sends(host);
  }

  took(to: Host, parcel: Parcel): void {
    this.#words.took(to, parcel);
  }

  announced(host: Host, addresses: readonly VirtualAddress[]): void {
    this.#leaving.announced(host, addresses);
  }

  told(host: Host, event: DaemonEvent): string | null {
    if (event.code === 'fence-peer-ended' && event.counts) this.#leaving.turnedOff(host, event.peer);
    if (event.code !== 'group') return null;
    if (event.to === 'active') this.moves += 1;
    if (!this.#isTrue(host, event)) this.#doubted.push({ host, event });
    this.#words.told(host, event);
    return null;
  }

  step(): string | null {
    const wrong = this.#doubted.find(({ host, event }) => !this.#isTrue(host, event));
    this.#doubted = [];
    this.#around.step();
    if (wrong === undefined) return null;
    const { host, event } = wrong;
    const { group, from, to, reason } = event;
    return `${host.name} ${group} ${from} -> ${to} because ${JSON.stringify(reason)}, which is not so`;
  }

  #isTrue(host: Host, { group, from, to, reason }: GroupEvent): boolean {
    const nth = host.settings.groups.findIndex(({ name }) => name === group);
    if (to === 'claiming') return this.#mayClaim(host, nth, reason);
    if (to === 'active' || (from !== 'active' && from !== 'claiming')) return true;
    return this.#leaving.isTrue(host, nth, reason, from === 'active');
  }

  #mayClaim(host: Host, group: number, reason: Reason): boolean {
    switch (reason.kind) {
      case 'holder-lost':
        return this.#isLost(host, group, this.#cluster.host(reason.holder), reason.silentMs);
      case 'handed-over':
        return this.#gaveUp(host, group, this.#cluster.host(reason.by), host.name);
      case 'resigned':
        return this.#gaveUp(host, group, this.#cluster.host(reason.by), null);
      case 'no-holder':
        return this.#heardOfNobody(host, group);
      case 'yield-unanswered':
        return this.#isUnanswered(host, group, reason.to);
      default:
        return false;
    }
  }

  /** It was heard to hold the group or to claim it, and then nothing of that life for so long. */
  #isLost(host: Host, group: number, holder: Host, silentMs: number): boolean {
    const { now } = this.#cluster.events;
    const { replays } = this.#cluster.ear(host.index, holder.index);
    const isSaid = (silent: number) => silentMs <= silent * (1 + rateError) + promptMs;
    const fits = (silent: number) => isSaid(silent) && this.#cluster.isDeaf(Math.min(silent, silentMs));
    // Whoever is heard in a later life has let go of everything, however short the silence of the one before.
    const isOutlived = (at: number) =>
      this.#cluster.markedAt(holder, 'started') > at &&
      this.#words.heard(host, holder, group).some(({ words }) => words.some(({ life }) => life === holder.life));
    // A recording of an earlier life holds the group as far as a host can tell that did not know that life. How long it
    // was silent is said as it was when the wait for this turn began.
    const isReplay = (at: number) =>
      (fits(now - at) || (isOutlived(at) && isSaid(now - at))) && now - at - silentMs <= this.#waitMs;
    if (replays.some(isReplay)) return true;
    // Whoever is not proven resigns nothing, and so counts as a holder until it is lost.
    const lost = [...(host.daemon?.state?.boots.values() ?? [])].filter(
      ({ node, state }) => node === holder.name && state === 'lost',
    );
    const holds = ({ role }: Word) => isClaim(role) || (role === 'releasing' && lost.some(({ proven }) => !proven));
    const held = ({ at, words }: { at: number; words: readonly Word[] }) =>
      words.some(holds) ||
      this.#missedEnd(host, group, holder, words[0]) ||
      this.#lostBefore(host, group, holder, words[0], at);
    if (this.#words.heard(host, holder, group).some((heard) => held(heard) && fits(now - heard.at))) return true;
    // For how long promises to a lost holder are waited for, the checker of quorum mode judges.
    if (this.#cluster.plan.quorum !== null && this.#words.heldAsHeard(host, holder, group) !== null) return true;
    // It is heard again, and lets it be: the wait goes on from where it was.
    return this.#words
      .heardBeforeSilence(host, holder, group)
      .some(
        (heard) =>
          held(heard) &&
          fits(heard.until - heard.at) &&
          this.#words.standsBySince(host, group) <= heard.until &&
          !this.#wasHeldSince(host, group, heard.at, host),
      );
  }

  /** The word by which that life held no more was lost on the way: the next one says it again. */
  #missedEnd(host: Host, group: number, holder: Host, heard: Word | undefined): boolean {
    const said = this.#words.said(holder, group).filter(({ life, at }) => life === heard?.life && at <= heard.at);
    const claimed = said.findLastIndex(({ role }) => isClaim(role));
    const ended = said[claimed + 1];
    if (heard === undefined || claimed < 0 || ended === undefined) return false;
    const { lostAt } = this.#cluster.ear(host.index, holder.index);
    return lostAt >= Math.max(ended.at, heard.at - holder.settings.intervalMs);
  }

  /** That life held it when this host claimed, and let go while it claimed: a claim goes on with the holder that it began with. */
  #lostBefore(host: Host, group: number, holder: Host, heard: Word | undefined, at: number): boolean {
    const claimed = this.#words.said(host, group).findLast((word) => word.life === host.life && word.at <= at);
    if (heard === undefined || claimed?.role !== 'claiming') return false;
    const before = this.#words
      .said(holder, group)
      .findLast(({ life, at: saidAt }) => life === heard.life && saidAt <= claimed.at);
    return before !== undefined && isClaim(before.role);
  }

  /** It was heard to let go, for `heir` where that is named, and nobody was heard to hold the group since. */
  #gaveUp(host: Host, group: number, holder: Host, heir: string | null): boolean {
    const held = this.#words.heldAsHeard(host, holder, group);
    const replayed = this.#words.replayed(host, holder, group);
    const heard = [...this.#words.heard(host, holder, group), { at: -Infinity, sentBefore: Infinity, words: replayed }];
    // Until then it counted as a holder beside others: this word of it was the first that said otherwise.
    const isNews = held !== null && held.endedAt >= this.#around.newsSince(host) && held.endedAt < Infinity;
    return heard.some(({ at: heardAt, sentBefore, words }) =>
      words.some((word) => {
        if (word.role === 'active') return false;
        const said = this.#words.said(holder, group).filter(({ life, at }) => life === word.life && at <= word.at);
        const claimed = said.findLastIndex(({ role }) => isClaim(role));
        const left = said[claimed + 1] ?? word;
        if (claimed < 0 || (heir !== null && !names(said.slice(claimed + 1), heir))) return false;
        // Whoever stalled in a call decided before its last word by which it held: that came first all the same.
        const stalled = this.#around.stoodStillAt(holder) >= left.at - promptMs;
        // So is a claim one until the first word that says otherwise, whatever others did meanwhile, and that may have been lost.
        const lostAt = this.#cluster.ear(host.index, holder.index).lostAt;
        const wasClaim = heardAt >= this.#around.newsSince(host) && (sentBefore < left.at || lostAt >= left.at);
        // And a word that is late on its way is one of today for whoever is given it.
        const since = Math.max(left.at, held?.at ?? -Infinity);
        return stalled || isNews || wasClaim || !this.#wasHeldSince(host, group, since, holder);
      }),
    );
  }

  /** Somebody held it from a later instant on, and this host heard that. */
  #wasHeldSince(host: Host, group: number, since: number, but: Host): boolean {
    if (this.#words.said(host, group).some(({ role, at }) => role === 'active' && at > since)) return true;
    return this.#cluster.list.some(
      (other) => other !== but && (this.#words.heldAsHeard(host, other, group)?.since ?? -Infinity) > since,
    );
  }

  /** Since it joined the line nobody was heard to hold the group who is known to be no recording. */
  #heardOfNobody(host: Host, group: number): boolean {
    const joinedAt = this.#words.standsBySince(host, group);
    const boots = [...(host.daemon?.state?.boots.values() ?? [])];
    return this.#cluster.list.every((other) => {
      const held = this.#words.heldAsHeard(host, other, group);
      if (held === null || held.at <= joinedAt || !held.proven) return true;
      // It spoke again, and says that it does not: perhaps together with a word that had stood still in a call.
      const [latest] = this.#words.heard(host, other, group);
      if (latest?.words.some(({ role }) => !isClaim(role)) === true) return true;
      const lives = boots.filter(({ node }) => node === other.name);
      return lives.length === 0 || lives.some(({ proven }) => !proven);
    });
  }

  /** It handed the group to that one, or to nobody, and nobody was heard to take it. */
  #isUnanswered(host: Host, group: number, to: string): boolean {
    const left = this.#words.said(host, group).findLast(({ role }) => role === 'releasing');
    if (left === undefined || (left.successor ?? to) !== to) return false;
    // Whoever stood still hears all at once that it was taken and given up again.
    const heir = this.#cluster.host(to);
    const heldAt = this.#words.heldAsHeard(host, heir, group)?.at ?? -Infinity;
    const but = heldAt >= this.#around.newsSince(host) ? heir : host;
    return !this.#wasHeldSince(host, group, left.at, but);
  }
}

function isClaim(role: Word['role']): boolean {
  return role === 'active' || role === 'claiming';
}

function names(said: readonly Word[], heir: string): boolean {
  return said.some(({ role, successor }) => role === 'releasing' && (successor ?? heir) === heir);
}
