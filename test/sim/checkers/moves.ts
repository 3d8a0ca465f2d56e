// No more moves than there are causes. Where nothing is wrong, or what is wrong stays as it is, a group may move for as
// long as an election takes after the last change, and afterwards it stays where it is. How often until then is not
// judged: whoever still counts an earlier life, or a cut-off host, as the holder asks for the group and does not take it,
// for as long as that one is not lost. While faults come and go each loss of an advert may be the one that moves a
// group: there `reasons` asks for what happened to whom.

import type { DaemonEvent } from '#model/event';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';
import { isHaunted } from './rest.ts';

export class MoveChecker implements Checker {
  readonly name = 'moves';
  readonly #cluster: Cluster;
  readonly #settleMs: number;

  constructor(cluster: Cluster, settleMs: number) {
    this.#cluster = cluster;
    this.#settleMs = settleMs;
  }

  told(host: Host, event: DaemonEvent): string | null {
    if (event.code !== 'group' || (event.to !== 'active' && event.from !== 'active')) return null;
    const { events, quietSince, steadySince, plan } = this.#cluster;
    // Where hosts can be turned off, somebody is turned off and comes back for as long as something is wrong.
    const since = plan.fencing === 'self' ? Math.min(quietSince, steadySince) : quietSince;
    if (!Number.isFinite(since) || isHaunted(this.#cluster)) return null;
    const settledMs = events.now - since;
    if (settledMs <= this.#settleMs) return null;
    return `${host.name} ${event.group} ${event.from} -> ${event.to}, ${settledMs.toFixed(0)} ms after anything changed`;
  }
}
