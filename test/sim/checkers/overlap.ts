// Two holders of one group, in availability mode: when it may begin, and how it must end.
//
// Where the wire is asked before a claim, one that nobody asked for or handed over may stand beside a holder only if
// frames of ARP between the two got lost as well.
//
// It may begin only when the later one of the two could not know: nothing of the other had reached it for the other's
// down time when it decided, or nothing that the other said since it holds. Behind a gate something of the
// other must have been lost besides, since a holder that merely fell silent is shut before anybody claims.
// It must end at once when the lower-ranked one hears the other; and after a down time when the better-ranked one
// hears the other and is not heard by it.

import { compareRank } from '#core/rank';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import { type Holding, nothingHeard } from '../knowledge.ts';
import { rateError } from '../plan.ts';
import type { Checker } from './checker.ts';

interface Pair {
  readonly group: number;
  readonly a: number;
  readonly b: number;
  readonly since: number;
}

interface ExcusedPair extends Pair {
  readonly why: string;
  /** When each had claimed. */
  readonly claimedAt: readonly [number, number];
  /** When each first heard the other after it began: `a` of `b`, `b` of `a`. */
  readonly heardAt: [number | null, number | null];
  /** Which of the two ranks lower, and since when it does. */
  readonly lower: { index: number; since: number };
}

export class OverlapChecker implements Checker {
  readonly name = 'holders';
  /** The longest time that two answered, by why they could. */
  readonly worstMs = new Map<string, number>();
  readonly #cluster: Cluster;
  #pairs: ExcusedPair[] = [];
  /** By group and hosts: the last one that ended. */
  readonly #ended = new Map<string, ExcusedPair & { readonly endedAt: number }>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  moved(group: number, _before: number, after: number): string | null {
    const kept: ExcusedPair[] = [];
    for (const pair of this.#pairs) {
      if (pair.group !== group || bothIn(after, pair)) kept.push(pair);
      else {
        this.#measure(pair);
        this.#ended.set(nameOf(pair), { ...pair, endedAt: this.#cluster.events.now });
      }
    }
    this.#pairs = kept;
    for (let a = 0; a < this.#cluster.list.length; a += 1) {
      for (let b = a + 1; b < this.#cluster.list.length; b += 1) {
        if (!bothIn(after, { a, b }) || kept.some((pair) => pair.group === group && pair.a === a && pair.b === b))
          continue;
        const pair = { group, a, b, since: this.#cluster.events.now };
        const why = this.#goesOn(pair) ?? this.#excuse(pair);
        if (why.kind === 'none') return why.words;
        const claimedAt = [this.#claimOf(group, a).claimedAt, this.#claimOf(group, b).claimedAt] as const;
        const lower = { index: -1, since: pair.since };
        this.#pairs.push({ ...pair, why: why.words, claimedAt, heardAt: [null, null], lower });
      }
    }
    return null;
  }

  step(): string | null {
    for (const pair of this.#pairs) {
      const wrong = this.#overdue(pair);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  end(): void {
    for (const pair of this.#pairs) this.#measure(pair);
  }

  #measure({ why, since }: { why: string; since: number }): void {
    const ms = this.#cluster.events.now - since;
    if (ms > (this.worstMs.get(why) ?? 0)) this.worstMs.set(why, ms);
  }

  /** One of them did not run for a moment, or was started again and went on: nobody has claimed since. */
  #goesOn(pair: Pair): { kind: 'some'; words: string } | null {
    const last = this.#ended.get(nameOf(pair));
    const { now } = this.#cluster.events;
    if (last === undefined || now - last.endedAt > 2 * this.#cluster.plan.downMs) return null;
    const isSame = [pair.a, pair.b].every((index, side) => {
      const { claimedAt, reason } = this.#claimOf(pair.group, index);
      return claimedAt === last.claimedAt[side] || reason === 'adopted' || this.#hasWoken(pair.group, index);
    });
    return isSame ? some(last.why) : null;
  }

  #excuse({ group, a, b }: Pair): { kind: 'some' | 'none'; words: string } {
    const cluster = this.#cluster;
    const claims = [this.#claimOf(group, a), this.#claimOf(group, b)] as const;
    // Whoever goes on with what its last life held had claimed it before.
    const [since, sinceOther] = claims.map(({ claimedAt, reason }) => (reason === 'adopted' ? -Infinity : claimedAt));
    const [later, other] = (since ?? 0) >= (sinceOther ?? 0) ? [a, b] : [b, a];
    const [holding, earlier] = later === a ? claims : [claims[1], claims[0]];
    const ear = holding.ears[other] ?? nothingHeard;
    const { plan } = cluster;
    const { intervalMs, downMs } = plan;
    const names = `${cluster.hostAt(later).name} beside ${cluster.hostAt(other).name} in group ${group}`;
    const deafMs = holding.claimedAt - ear.takenAt;
    const deaf = cluster.isDeaf(deafMs);
    const untold = ear.takenSentAt < earlier.claimedAt;
    if (!deaf && !untold && !this.#isStuck(group, other))
      return none(`${names}: heard it ${deafMs.toFixed(1)} ms before it claimed`);
    if (this.#isStuck(group, other) || this.#isStuck(group, later)) return some('a stuck address');
    if (cluster.list.length === 2 && this.#areFencesSound()) return none(`${names}: and it was not turned off`);
    // Whoever stood still may also take on what an earlier life of it left.
    const stoodStill = (mark: 'paused' | 'suspended') =>
      [later, other].some((index) => cluster.markedAt(cluster.hostAt(index), mark) > holding.claimedAt - 2 * downMs);
    if (stoodStill('paused')) return some('a pause');
    if (stoodStill('suspended')) return some('a suspend');
    if (this.#wasAsked(group, later, other))
      return none(`${names}: no question of ARP and no answer between them was lost`);
    const lost = ear.lostAt >= Math.max(ear.takenSentAt, holding.claimedAt - downMs * (1 + rateError) - intervalMs);
    // What is held up on its way is as good as lost meanwhile.
    if (lost || ear.heldUpUntil > holding.claimedAt)
      return some(this.#areFencesSound() ? 'lost adverts, though fences are required' : 'lost adverts');
    if (this.#isCrossing({ later, other }, holding, earlier))
      return some('two claims in one moment, one of them unheard');
    if (!deaf)
      return none(
        `${names}: claimed ${(holding.claimedAt - earlier.claimedAt).toFixed(1)} ms after it, nothing was lost`,
      );
    const lease = cluster.hostAt(other).settings.lease.kind;
    if (lease === 'nftables' && this.#isFaster(later, other))
      return some('clocks that differ, and the wire did not say');
    if (lease === 'nftables') return none(`${names}: though nothing was lost between them`);
    return some(lease === 'off' ? 'no lease' : 'the lifetime of addresses');
  }

  /** A daemon that died in the call by which its kernel opened never told of its claim. */
  #claimOf(group: number, index: number): Holding {
    const told = this.#cluster.holding(group, index);
    const { since, claimedAt } = told;
    const isTold =
      since === null || this.#hasWoken(group, index) || since - claimedAt <= 2 * this.#cluster.plan.intervalMs;
    if (isTold || this.#cluster.hostAt(index).process !== null) return told;
    return { ...told, claimedAt: since, reason: null, ears: this.#cluster.ears[index] ?? [] };
  }

  /** What it held before it slept it answers for again, with nobody who would tell. */
  #hasWoken(group: number, index: number): boolean {
    const { since } = this.#cluster.holding(group, index);
    const host = this.#cluster.hostAt(index);
    return (['paused', 'suspended'] as const).some((mark) => this.#cluster.markedAt(host, mark) === since);
  }

  /**
   * The later one claimed before the word of the earlier one could reach it, and the earlier one, which had lost
   * adverts of the later one, could not know whose turn it was. Where it stood still in between its word came later, but
   * its kernel opened nothing more than an interval after it had decided.
   */
  #isCrossing({ later, other }: Record<'later' | 'other', number>, { claimedAt }: Holding, earlier: Holding): boolean {
    const { delayMs, downMs, intervalMs } = this.#cluster.plan;
    const stoodStill = this.#cluster.markedAt(this.#cluster.hostAt(other), 'blocked') > earlier.claimedAt - intervalMs;
    if (claimedAt - earlier.claimedAt > (stoodStill ? intervalMs : 0) + delayMs) return false;
    const { lostAt, takenSentAt } = earlier.ears[later] ?? nothingHeard;
    return lostAt >= Math.max(takenSentAt, earlier.claimedAt - downMs * (1 + rateError) - intervalMs);
  }

  /**
   * A renewal that took X to the kernel leaves nothing of the room before the down time: where the wire is not asked, or
   * is cut, a clock that goes faster comes first by so much of a down time as the two differ.
   */
  #isFaster(later: number, other: number): boolean {
    const [host, holder] = [this.#cluster.hostAt(later), this.#cluster.hostAt(other)];
    if (holder.kernel.gate === null) return false;
    const differMs = this.#cluster.plan.downMs * (host.clock.rate / holder.clock.rate - 1);
    return (holder.kernel.gate.until - holder.clock.now()) / holder.clock.rate <= differMs;
  }

  /** Nobody claims beside whoever may live and was not turned off; and no agent ever lied. */
  #areFencesSound(): boolean {
    const { plan, list } = this.#cluster;
    return plan.fencing === 'required' && list.every((host) => !Number.isFinite(this.#cluster.markedAt(host, 'lied')));
  }

  /** Without a gate it answers on although it let go. */
  #isStuck(group: number, index: number): boolean {
    const { kernel } = this.#cluster.hostAt(index);
    return kernel.gate === null && kernel.keeps(this.#cluster.keysOf(group));
  }

  /** Whether the later one must have seen that the other answers: whatever its daemon does, its kernel does that. */
  #wasAsked(group: number, later: number, other: number): boolean {
    const cluster = this.#cluster;
    const { downMs, intervalMs, fencing } = cluster.plan;
    const { claimedAt, reason } = cluster.holding(group, later);
    const [host, holder] = [cluster.hostAt(later), cluster.hostAt(other)];
    if (!host.settings.probe || fencing !== 'self' || (reason !== 'holder-lost' && reason !== 'no-holder'))
      return false;
    const from = claimedAt - 2 * downMs - 2 * intervalMs;
    if (cluster.ear(later, other).unaskedAt >= from) return false;
    if ((cluster.holding(group, other).since ?? Infinity) > claimedAt - downMs - intervalMs) return false;
    const marks = ['blocked', 'paused', 'suspended', 'link', 'foreign', 'started', 'removed'] as const;
    return marks.every((mark) => Math.max(cluster.markedAt(host, mark), cluster.markedAt(holder, mark)) < from);
  }

  #overdue(pair: ExcusedPair): string | null {
    const { group, a, b, since } = pair;
    const cluster = this.#cluster;
    if (!isFree(cluster.hostAt(a)) || !isFree(cluster.hostAt(b))) return null;
    const [low, high] = this.#ranked(group, a, b);
    if (low === null || high === null) return null;
    if (low !== pair.lower.index) Object.assign(pair.lower, { index: low, since: cluster.events.now });
    const from = Math.max(
      since,
      pair.lower.since,
      this.#disturbedAt(cluster.hostAt(a)),
      this.#disturbedAt(cluster.hostAt(b)),
    );
    const { intervalMs, delayMs, downMs } = cluster.plan;
    const promptlyMs = intervalMs * 1.02 + 4 * delayMs + 60;
    const lowMs = this.#hearsForMs(pair, low, high, from);
    const [lowName, highName] = [cluster.hostAt(low).name, cluster.hostAt(high).name];
    if (lowMs > promptlyMs)
      return `${lowName} goes on in group ${group} beside ${highName}, which ranks better and which it hears`;
    const highMs = this.#hearsForMs(pair, high, low, from);
    if (highMs <= downMs * 1.03 + intervalMs + promptlyMs) return null;
    return `${highName} goes on in group ${group} though it hears ${lowName} hold it and is not heard`;
  }

  /** For how long one has known that the other holds too, without anything lost on the way to it. */
  #hearsForMs(pair: ExcusedPair, who: number, whom: number, from: number): number {
    const cluster = this.#cluster;
    const ear = cluster.ear(who, whom);
    if (ear.takenSentAt <= pair.since || !knows(cluster.hostAt(who), cluster.hostAt(whom))) return 0;
    const side = who === pair.a ? 0 : 1;
    pair.heardAt[side] ??= cluster.events.now;
    return cluster.events.now - Math.max(pair.heardAt[side], ear.lostAt, from);
  }

  #disturbedAt(host: Host): number {
    return Math.max(
      ...(['blocked', 'paused', 'suspended', 'started', 'link', 'check', 'fenced'] as const).map((m) =>
        this.#cluster.markedAt(host, m),
      ),
    );
  }

  /** The lower-ranked one first, or nulls where one of the two does not say that it holds. */
  #ranked(group: number, a: number, b: number): [number, number] | [null, null] {
    const ranks = [a, b].map((index) => {
      const host = this.#cluster.hostAt(index);
      const state = host.daemon?.state?.groups[group];
      return state?.role === 'active' ? { ...state.entry, node: host.name } : null;
    });
    const [rankA, rankB] = ranks;
    if (rankA === null || rankB === null || rankA === undefined || rankB === undefined) return [null, null];
    return compareRank(rankA, rankB) < 0 ? [b, a] : [a, b];
  }
}

function bothIn(mask: number, { a, b }: { a: number; b: number }): boolean {
  return (mask & (1 << a)) !== 0 && (mask & (1 << b)) !== 0;
}

function nameOf({ group, a, b }: Pair): string {
  return `${group} ${a} ${b}`;
}

function isFree(host: Host): boolean {
  return host.process !== null && !host.process.blocked;
}

/** Whether it has proof that this life of the other is no recording. */
function knows(host: Host, other: Host): boolean {
  const boot = other.daemon?.state?.boot;
  return boot !== undefined && host.daemon?.state?.boots.get(boot)?.proven === true;
}

function some(words: string): { kind: 'some'; words: string } {
  return { kind: 'some', words };
}

function none(words: string): { kind: 'none'; words: string } {
  return { kind: 'none', words };
}
