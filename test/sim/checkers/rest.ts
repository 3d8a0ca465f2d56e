// When nothing has been disturbed for long enough, all is as it should be and stays so: one holder, the best one
// where all may preempt, everybody two-way with everybody, the last announcement from the holder, and no move.

import { addressKey } from '#lib/ip';
import type { DaemonEvent } from '#model/event';
import type { VirtualAddress } from '#model/settings';
import { compareRank } from '#core/rank';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** How long a refusal and a removal are remembered, and keep a node from asking for the group. */
const refusalMs = 700_000;
const removalMs = 125_000;

/** What is so for as long as the configuration is, and what is remembered for a minute. */
const stays: ReadonlySet<string> = new Set(['lease-off', 'address-conflict', 'address-removed']);

export class RestChecker implements Checker {
  readonly name = 'rest';
  /** Calms that lasted to the end. */
  rests = 0;
  readonly #cluster: Cluster;
  readonly #restMs: number;
  #restedFor = Number.NaN;
  readonly #lastAnnounced = new Map<string, Host>();

  constructor(cluster: Cluster, restMs: number) {
    this.#cluster = cluster;
    this.#restMs = restMs;
  }

  get #isRest(): boolean {
    const { events, quietSince } = this.#cluster;
    return events.now - quietSince >= this.#restMs && !isHaunted(this.#cluster);
  }

  step(): string | null {
    const { quietSince } = this.#cluster;
    if (this.#restedFor === quietSince || !this.#isRest) return null;
    this.#restedFor = quietSince;
    this.rests += 1;
    for (const group of this.#cluster.answerMasks.keys()) {
      const wrong = this.#lookAt(group);
      if (wrong !== null) return wrong;
    }
    return this.#cluster.list.map((host) => this.#lookAtPeers(host)).find((wrong) => wrong !== null) ?? null;
  }

  told(host: Host, event: DaemonEvent): string | null {
    if (event.code !== 'group' || !this.#isRest) return null;
    return `${host.name} ${event.group} ${event.from} -> ${event.to} though nothing happened: ${JSON.stringify(event.reason)}`;
  }

  announced(host: Host, addresses: readonly VirtualAddress[]): void {
    for (const address of addresses) this.#lastAnnounced.set(addressKey(address), host);
  }

  #lookAt(group: number): string | null {
    const mask = this.#cluster.answerMasks[group] ?? 0;
    const holders = this.#cluster.list.filter((_, index) => (mask & (1 << index)) !== 0);
    const [holder] = holders;
    if (holder === undefined || holders.length > 1) {
      return `at rest group ${group} is answered for by ${holders.map(({ name }) => name).join(' ') || 'nobody'}`;
    }
    const missing = this.#cluster.keysOf(group).find((key) => !holder.kernel.answersFor(key));
    if (missing !== undefined) return `at rest ${holder.name} does not answer for ${missing}`;
    const wrong = this.#cluster.keysOf(group).find((key) => this.#lastAnnounced.get(key) !== holder);
    if (wrong !== undefined)
      return `at rest ${wrong} was announced last by ${this.#lastAnnounced.get(wrong)?.name}, not by ${holder.name}`;
    return this.#lookAtRank(group, holder);
  }

  #lookAtRank(group: number, holder: Host): string | null {
    const entry = (host: Host) => host.daemon?.state?.groups[group]?.entry;
    const mine = entry(holder);
    if (mine === undefined || holder.settings.groups[group]?.preempt !== true) return null;
    const better = this.#cluster.list.find((host) => (entry(host)?.priority ?? 0) > mine.priority);
    if (better === undefined) return null;
    const theirs = entry(better);
    if (theirs === undefined || compareRank({ ...theirs, node: better.name }, { ...mine, node: holder.name }) > 0)
      return null;
    return `at rest ${holder.name} holds group ${group}, and ${better.name} ranks better`;
  }

  #lookAtPeers(host: Host): string | null {
    const view = host.daemon?.view();
    const peers = view?.peers.filter(({ state }) => state === 'two-way') ?? [];
    if (peers.length !== this.#cluster.list.length - 1)
      return `at rest ${host.name} is two-way with ${peers.length} others only`;
    const problem = view?.problems.find(({ problem: { code } }) => !stays.has(code));
    return problem === undefined ? null : `at rest ${host.name} still reports ${JSON.stringify(problem.problem)}`;
  }
}

/** What happened long ago still has its effect. */
export function isHaunted(cluster: Cluster): boolean {
  const { events, list } = cluster;
  return list.some(
    (host) =>
      (['kernel', 'foreign', 'stuck'] as const).some((mark) => events.now - cluster.markedAt(host, mark) < refusalMs) ||
      events.now - cluster.markedAt(host, 'removed') < removalMs,
  );
}
