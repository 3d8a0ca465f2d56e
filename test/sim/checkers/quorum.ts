// Quorum mode: never two holders, whatever fails. Only a host that stood still without knowing, or that woke from a
// suspend and did not look yet, or that was said to be off by an agent that lied, may answer beside another one, and no
// longer than its lease had left.
//
// And why that is so, at every step: whenever a kernel's lease is prolonged, a majority of the voters, dead ones
// included, has promised the group to that host for longer than the lease lasts, in true time; no voter promises a
// group anew while its last promise stands and that host answers; and epochs rise from holder to holder.

import type { DaemonEvent } from '#model/event';
import type { BootId, GroupName } from '#model/names';
import type { QuorumState } from '#core/quorum-state';
import { type Host, wakeMs } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** What a voter last promised for a group, over all of its lives. */
interface Given {
  readonly boot: BootId;
  readonly epoch: number;
  /** By the clock of the voter. */
  readonly until: number;
}

/** Rounding of clocks, and the moment between a step and the calls that follow from it. */
const slackMs = 0.5;

export class QuorumChecker implements Checker {
  readonly name = 'quorum';
  /** As in availability mode: by why they could. */
  readonly worstMs = new Map<string, number>();
  readonly #cluster: Cluster;
  readonly #majority: number;
  /** By voter, then by group: promises of this and of earlier lives, by the node that they were given to. */
  readonly #given: Map<GroupName, Map<string, Given>>[];
  readonly #looked: (QuorumState | null)[];
  /** By voter: what it let go of in a step whose calls are under way. */
  readonly #amid: { readonly life: number; readonly takeBack: () => void }[][];
  /** By voter and by life of it: as what it spoke last in the event under way. */
  readonly #said = new Map<string, { readonly index: number; readonly life: number; readonly quorum: QuorumState }>();
  /** By host, then by group: until when its kernel was last seen to answer, and at which of its changes. */
  readonly #ends: ({ readonly changes: number; readonly until: number } | null)[][];
  /** The epoch of the last holder of each group, and when that claimed. */
  readonly #epochs: { readonly epoch: number; readonly claimedAt: number }[];
  /** By host, then by group: when it last said that it holds. */
  readonly #saidAt: number[][];
  /** Adoptions of which no majority knows yet. */
  #adopted: { readonly host: Host; readonly group: number; readonly life: number }[] = [];
  #pair: { readonly since: number; readonly why: string } | null = null;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#majority = Math.floor(cluster.list.length / 2) + 1;
    this.#given = cluster.list.map(() => new Map());
    this.#looked = cluster.list.map(() => null);
    this.#amid = cluster.list.map(() => []);
    this.#ends = cluster.list.map(() => cluster.answerMasks.map(() => null));
    this.#epochs = cluster.answerMasks.map(() => ({ epoch: 0, claimedAt: -Infinity }));
    this.#saidAt = cluster.list.map(() => cluster.answerMasks.map(() => Infinity));
  }

  /** A voter that stops may promise and end at once, or be started again: what it said last stands all the same. */
  sends(host: Host): void {
    const index = this.#cluster.indexOf(host);
    const quorum = host.daemon?.state?.quorum ?? null;
    if (quorum !== null) this.#said.set(`${index} ${host.life}`, { index, life: host.life, quorum });
  }

  step(): string | null {
    const { list, answerMasks } = this.#cluster;
    const lower = this.#adopted.length === 0 ? null : this.#lookAtAdopted();
    if (lower !== null) return lower;
    for (const { index, life, quorum } of this.#said.values()) {
      const isOver = list[index]?.daemon === null || list[index]?.life !== life;
      const wrong = isOver ? this.#lookAtVoter(index, quorum) : null;
      if (wrong !== null) return wrong;
    }
    this.#said.clear();
    for (let index = 0; index < list.length; index += 1) {
      this.#goOn(index);
      const quorum = list[index]?.daemon?.state?.quorum ?? null;
      const wrong = quorum === null || quorum === this.#looked[index] ? null : this.#lookAtVoter(index, quorum);
      if (wrong !== null) return wrong;
    }
    for (let group = 0; group < answerMasks.length; group += 1) {
      const mask = answerMasks[group] ?? 0;
      if (mask === 0) continue;
      const two = (mask & (mask - 1)) === 0 ? null : this.#judge(group, mask);
      if (two !== null) return two;
      for (let index = 0; mask >> index !== 0; index += 1) {
        const wrong = (mask & (1 << index)) === 0 ? null : this.#lookAtLease(group, index);
        if (wrong !== null) return wrong;
      }
    }
    return null;
  }

  moved(group: number, before: number, after: number): string | null {
    for (const [index] of this.#cluster.list.entries()) {
      const ends = this.#ends[index];
      if (ends !== undefined && (before & ~after & (1 << index)) !== 0) ends[group] = null;
    }
    if (this.#pair !== null && !this.#cluster.answerMasks.some((mask) => (mask & (mask - 1)) !== 0)) this.end();
    return null;
  }

  end(): void {
    if (this.#pair === null) return;
    const ms = this.#cluster.events.now - this.#pair.since;
    this.worstMs.set(this.#pair.why, Math.max(ms, this.worstMs.get(this.#pair.why) ?? 0));
    this.#pair = null;
  }

  told(host: Host, event: DaemonEvent): string | null {
    if (event.code !== 'group' || event.to !== 'active') return null;
    const group = host.settings.groups.findIndex(({ name }) => name === event.group);
    const saidAt = this.#saidAt[host.index];
    if (saidAt !== undefined) saidAt[group] = this.#cluster.events.now;
    this.#adopted = this.#adopted.filter((each) => each.host !== host || each.group !== group);
    if (host.daemon?.state?.groups[group]?.epochUnsure !== true) return this.#lookAtEpoch(host, group);
    this.#adopted.push({ host, group, life: host.life });
    return null;
  }

  /** The epoch of an adoption is nobody's before a majority has granted it: no hook is told of it. */
  #lookAtAdopted(): string | null {
    for (const each of this.#adopted) {
      const state = each.host.life === each.life ? each.host.daemon?.state?.groups[each.group] : undefined;
      if (state?.role === 'active' && state.epochUnsure) continue;
      this.#adopted = this.#adopted.filter((other) => other !== each);
      const wrong = state?.role === 'active' ? this.#lookAtEpoch(each.host, each.group) : null;
      if (wrong !== null) return wrong;
    }
    return null;
  }

  #lookAtEpoch(host: Host, group: number): string | null {
    const name = host.settings.groups[group]?.name ?? '';
    const epoch = host.daemon?.state?.groups[group]?.epoch ?? 0;
    const last = this.#epochs[group];
    if (last === undefined) return null;
    if (epoch <= last.epoch && this.#isLiedAbout(host)) return null;
    // Who forgot what was granted may grant less: no promise of the protocol covers a lost disk. What is granted then is
    // remembered again, by a majority of which some are asked for every later claim.
    const forgot = this.#cluster.list.some((each) => this.#cluster.markedAt(each, 'forgot') >= last.claimedAt);
    if (epoch <= last.epoch && !forgot)
      return `${host.name} holds ${name} under epoch ${epoch}, ${last.epoch} was held before`;
    this.#epochs[group] = { epoch, claimedAt: this.#cluster.holding(group, host.index).claimedAt };
    return null;
  }

  /** Several answer: all but one of them must have an excuse, and for no longer than that lasts. */
  #judge(group: number, mask: number): string | null {
    const hosts = this.#cluster.list.filter((_, index) => (mask & (1 << index)) !== 0);
    const excuses = hosts.map((host) => this.#excuseOf(group, host, hosts)).filter((excuse) => excuse !== null);
    const { now } = this.#cluster.events;
    this.#pair ??= { since: now, why: excuses[0] ?? 'no reason' };
    if (excuses.length >= hosts.length - 1) return null;
    const ms = now - this.#pair.since;
    const names = hosts.map(({ name }) => name).join(' and ');
    return `${names} answer for group ${group}, for ${ms.toFixed(2)} ms so far`;
  }

  #excuseOf(group: number, host: Host, beside: readonly Host[]): string | null {
    const { now } = this.#cluster.events;
    const pausedMs = now - this.#cluster.markedAt(host, 'paused');
    const holdMs = (this.#cluster.plan.quorum?.holdMs ?? 0) * 1.02;
    if (pausedMs <= holdMs && !beside.some((other) => this.#isDeposed(group, host, other, now - pausedMs)))
      return 'a pause';
    if (this.#isLiedAbout(host)) return 'a lying fence';
    const sleptMs = now - this.#cluster.markedAt(host, 'suspended');
    const looks = host.process?.blocked !== true && host.running;
    if (sleptMs > holdMs) return null;
    if (!looks || this.#cluster.markedAt(host, 'blocked') > now - holdMs) return 'a suspend, and nobody who looks';
    return sleptMs <= wakeMs * 1.02 + 1 ? 'a suspend' : null;
  }

  /** It runs again, and a later holder, which it knows to be no recording, has answered a word of it: that ends its own. */
  #isDeposed(group: number, host: Host, other: Host, since: number): boolean {
    const { takenSentAt: answeredAt } = this.#cluster.ear(host.index, other.index);
    const { takenAt: askedAt, takenSentAt: saidAt } = this.#cluster.ear(other.index, host.index);
    // A word that answers none of it may leave out what the others know already.
    if (other === host || saidAt <= since || answeredAt < askedAt || host.process?.blocked !== false) return false;
    if (answeredAt <= (this.#saidAt[other.index]?.[group] ?? Infinity)) return false;
    const [own, theirs] = [host.daemon?.state, other.daemon?.state];
    const [mine, later] = [own?.groups[group], theirs?.groups[group]];
    if (mine === undefined || later === undefined || later.role !== 'active' || later.epoch <= mine.epoch) return false;
    return own?.boots.get(theirs?.boot ?? '')?.proven === true;
  }

  /** All that it was promised by then is over a lease later; what it was promised afterwards no such word takes away. */
  #isLiedAbout(host: Host): boolean {
    const holdMs = (this.#cluster.plan.quorum?.holdMs ?? 0) * 1.02;
    return this.#cluster.events.now - this.#cluster.markedAt(host, 'lied') <= holdMs;
  }

  /** A kernel that answers for longer than before: a majority must stand behind that. */
  #lookAtLease(group: number, index: number): string | null {
    const host = this.#cluster.hostAt(index);
    const ends = this.#ends[index];
    const known = ends?.[group];
    if (ends === undefined || known?.changes === host.kernel.changes) return null;
    const until = Math.min(...this.#cluster.keysOf(group).map((key) => host.kernel.endOf(key)));
    const isLonger = until > (known?.until ?? Number.NEGATIVE_INFINITY) + slackMs;
    ends[group] = { changes: host.kernel.changes, until: isLonger ? until : (known?.until ?? until) };
    return isLonger ? this.#lookAtLonger(group, host, until) : null;
  }

  #lookAtLonger(group: number, host: Host, until: number): string | null {
    const holdMs = (this.#cluster.plan.quorum?.holdMs ?? 0) * 1.02;
    const since = this.#cluster.events.now - holdMs;
    if ((['paused', 'suspended'] as const).some((mark) => this.#cluster.markedAt(host, mark) > since)) return null;
    if (this.#isLiedAbout(host)) return null;
    const trueEnd = this.#trueTime(host, until);
    const name = host.settings.groups[group]?.name ?? '';
    const promised = this.#cluster.list.map((voter, nth) => {
      const given = this.#given[nth]?.get(name)?.get(host.name);
      return given === undefined ? Number.NEGATIVE_INFINITY : this.#trueTime(voter, given.until);
    });
    const behind = promised.filter((end) => end >= trueEnd - slackMs).length;
    if (behind >= this.#majority) return null;
    const lasting = promised.map((end) => (end - trueEnd).toFixed(1)).join(' ');
    return `${host.name} answers for ${name} for ${(trueEnd - this.#cluster.events.now).toFixed(1)} ms more, promises end so much later: ${lasting}`;
  }

  #lookAtVoter(index: number, quorum: QuorumState): string | null {
    const host = this.#cluster.hostAt(index);
    const last = this.#looked[index];
    // In the middle of its calls it has let go of nothing yet, whatever it decided.
    const isAmid = host.process?.blocked === true;
    this.#looked[index] = quorum;
    if (last != null && last.promises === quorum.promises && last.candidates === quorum.candidates) return null;
    for (const [name, { boot, epoch, standing }] of quorum.promises) {
      const byNode = this.#given[index]?.get(name) ?? new Map<string, Given>();
      this.#given[index]?.set(name, byNode);
      const node = quorum.candidates.get(boot)?.node;
      if (!standing || node === undefined) {
        if (isAmid) this.#amid[index]?.push({ life: host.life, takeBack: () => this.#takeBack(host, byNode, boot) });
        else this.#takeBack(host, byNode, boot);
        continue;
      }
      const until = quorum.candidates.get(boot)?.until ?? 0;
      const wrong = byNode.get(node)?.boot === boot ? null : this.#broken(host, name, node, byNode);
      if (wrong !== null) return wrong;
      for (const other of byNode.keys()) if (other !== node) byNode.delete(other);
      byNode.set(node, { boot, epoch, until: Math.max(until, byNode.get(node)?.until ?? 0) });
    }
    return null;
  }

  /** Its calls are done, so it has let go of what it decided to; one that died in them has not. */
  #goOn(index: number): void {
    const host = this.#cluster.hostAt(index);
    const amid = this.#amid[index];
    if (amid === undefined || amid.length === 0 || host.process?.blocked === true) return;
    for (const { life, takeBack } of amid.splice(0)) if (life === host.life && host.daemon !== null) takeBack();
  }

  /** It let go in order: what it was promised stands for it no longer. */
  #takeBack(voter: Host, byNode: Map<string, Given>, boot: BootId): void {
    for (const [node, given] of byNode) {
      if (given.boot === boot && given.until > voter.clock.now() + slackMs) byNode.delete(node);
    }
  }

  /** A promise to somebody else while the last one stands is right only if that one answers no more. */
  #broken(voter: Host, name: GroupName, node: string, byNode: ReadonlyMap<string, Given>): string | null {
    const group = this.#cluster.hostAt(0).settings.groups.findIndex((asked) => asked.name === name);
    for (const [other, { epoch, until }] of byNode) {
      if (other === node || until <= voter.clock.now() + slackMs) continue;
      const index = this.#cluster.indexOf(this.#cluster.host(other));
      if (((this.#cluster.answerMasks[group] ?? 0) & (1 << index)) === 0) continue;
      // Its own, of which it lets go in the same step: its vote leaves when the calls that silence it are done.
      if (index === voter.index && voter.process?.blocked === true) continue;
      // What it holds now it claimed later: others have promised it that.
      const heldUnder = this.#cluster.hostAt(index).daemon?.state?.groups[group]?.epoch;
      if (heldUnder !== undefined && heldUnder > epoch) continue;
      if (this.#isLiedAbout(this.#cluster.hostAt(index))) continue;
      const leftMs = until - voter.clock.now();
      return `${voter.name} promises ${name} to ${node}, has promised it to ${other} for ${leftMs.toFixed(1)} ms more, and ${other} answers`;
    }
    return null;
  }

  #trueTime(host: Host, local: number): number {
    return this.#cluster.events.now + (local - host.clock.now()) / host.clock.rate;
  }
}
