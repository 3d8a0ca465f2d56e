// No more moves than there are causes. Where nothing is wrong, or what is wrong stays as it is, a group may move for as
// long as an election takes after the last change, and afterwards it stays where it is. Where nothing is wrong it moves
// once for each host at most, to whoever is there first, and then up the ranks; and once more where what was wrong
// makes a host let go just after. Two that claimed in the same moment may both let go: that costs two moves more. While
// faults come and go no number is true: each loss of an advert may be the one that moves a group. There `reasons` asks
// for what happened to whom.

import type { DaemonEvent } from '#model/event';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';
import { isHaunted } from './rest.ts';

export class MoveChecker implements Checker {
  readonly name = 'moves';
  readonly #cluster: Cluster;
  readonly #settleMs: number;
  #since = Number.NaN;
  /** How often each group moved, and how many moves that makes likely. */
  readonly #moves = new Map<string, { count: number; most: number }>();

  constructor(cluster: Cluster, settleMs: number) {
    this.#cluster = cluster;
    this.#settleMs = settleMs;
  }

  told(host: Host, event: DaemonEvent): string | null {
    if (event.code !== 'group' || (event.to !== 'active' && event.from !== 'active')) return null;
    const { events, quietSince, steadySince, plan, list } = this.#cluster;
    // Where hosts can be turned off, somebody is turned off and comes back for as long as something is wrong.
    const since = plan.fencing === 'self' ? Math.min(quietSince, steadySince) : quietSince;
    if (!Number.isFinite(since) || isHaunted(this.#cluster)) return null;
    if (since !== this.#since) this.#moves.clear();
    this.#since = since;
    const settledMs = events.now - since;
    const words = `${host.name} ${event.group} ${event.from} -> ${event.to}, ${settledMs.toFixed(0)} ms after anything changed`;
    if (settledMs > this.#settleMs) return words;
    if (event.to !== 'active' || since !== quietSince) return null;
    const { count, most } = this.#moves.get(event.group) ?? { count: 0, most: list.length + 1 };
    const moves = { count: count + 1, most: most + (this.#isHeldTwice(host, event.group) ? 2 : 0) };
    this.#moves.set(event.group, moves);
    return moves.count <= moves.most ? null : `${words}: the ${moves.count}th move since then`;
  }

  #isHeldTwice({ settings }: Host, group: string): boolean {
    const mask = this.#cluster.answerMasks[settings.groups.findIndex(({ name }) => name === group)] ?? 0;
    return (mask & (mask - 1)) !== 0;
  }
}
