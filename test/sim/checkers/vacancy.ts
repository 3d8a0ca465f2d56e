// Somebody answers for every group, once nothing has changed for as long as an election takes and some host is fit for
// it: where nothing is wrong, and where hosts are dead, frozen or cut off for long. In quorum mode a fit host needs a
// majority that it can talk to.

import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import { isTwin } from '../twin-faults.ts';
import type { Checker } from './checker.ts';

/** The longest back-offs: after a kernel that refused, and after hands that keep removing. */
const refusalMs = 125_000;
const removalMs = 65_000;

export class VacancyChecker implements Checker {
  readonly name = 'vacancy';
  /** The longest time without a holder, from when nothing changed any more. */
  worstMs = 0;
  readonly #cluster: Cluster;
  readonly #boundMs: number;
  readonly #since: number[];

  constructor(cluster: Cluster, boundMs: number) {
    this.#cluster = cluster;
    this.#boundMs = boundMs;
    this.#since = cluster.answerMasks.map(() => 0);
  }

  moved(group: number, before: number, after: number): string | null {
    if (before === 0) this.#measure(group);
    if (after === 0) this.#since[group] = this.#cluster.events.now;
    return null;
  }

  step(): string | null {
    const { answerMasks } = this.#cluster;
    for (let group = 0; group < answerMasks.length; group += 1) {
      if (answerMasks[group] !== 0) continue;
      const ms = this.#lastingMs(group);
      if (ms <= this.#boundMs) continue;
      const fit = this.#cluster.list.filter((host) => this.#isFit(host)).map(({ name }) => name);
      if (fit.length > 0)
        return `nobody answers for group ${group} for ${ms.toFixed(0)} ms, though ${fit.join(' ')} could`;
    }
    return null;
  }

  #measure(group: number): void {
    if (this.#cluster.list.some((host) => this.#isFit(host)))
      this.worstMs = Math.max(this.worstMs, this.#lastingMs(group));
  }

  #lastingMs(group: number): number {
    const { events, quietSince, steadySince, plan } = this.#cluster;
    // Where hosts can be turned off, somebody is turned off and comes back for as long as something is wrong.
    const settledSince = plan.fencing === 'self' ? Math.min(quietSince, steadySince) : quietSince;
    return events.now - Math.max(this.#since[group] ?? 0, settledSince);
  }

  #isFit(host: Host): boolean {
    const now = this.#cluster.events.now;
    // Of two that call themselves alike neither holds, as long as they hear each other.
    if (isTwin(this.#cluster, host)) return false;
    if (!isAwake(host) || host.settings.witness || host.fencer.latched) return false;
    if (host.down.has('eth0') || host.checkOutcomes.size > 0) return false;
    const marks = ['kernel', 'foreign', 'stuck'] as const;
    if (marks.some((mark) => now - this.#cluster.markedAt(host, mark) < refusalMs)) return false;
    if (now - this.#cluster.markedAt(host, 'removed') < removalMs) return false;
    return this.#cluster.plan.mode === 'availability' || this.#hasMajority(host);
  }

  #hasMajority(host: Host): boolean {
    const { list } = this.#cluster;
    const joined = list.filter((other) => other === host || this.#votesFor(host, other));
    return joined.length > list.length / 2;
  }

  #votesFor(host: Host, other: Host): boolean {
    return isAwake(other) && !isTwin(this.#cluster, other) && this.#cluster.areJoined(host, other);
  }
}

function isAwake({ process, clock }: Host): boolean {
  return process !== null && !process.blocked && !clock.paused;
}
