// Somebody answers for every group, once nothing has been disturbed for as long as an election takes and some
// host is fit for it.

import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** The longest back-offs: after a kernel that refused, and after hands that keep removing. */
const refusalMs = 125_000;
const removalMs = 65_000;

export class VacancyChecker implements Checker {
  readonly name = 'vacancy';
  /** The longest time without a holder, from when nothing was disturbed any more. */
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
    return this.#cluster.events.now - Math.max(this.#since[group] ?? 0, this.#cluster.quietSince);
  }

  #isFit(host: Host): boolean {
    const now = this.#cluster.events.now;
    if (host.process === null || host.process.blocked) return false;
    if (host.settings.witness) return false;
    const marks = ['kernel', 'foreign', 'stuck'] as const;
    if (marks.some((mark) => now - this.#cluster.markedAt(host, mark) < refusalMs)) return false;
    return now - this.#cluster.markedAt(host, 'removed') >= removalMs;
  }
}
