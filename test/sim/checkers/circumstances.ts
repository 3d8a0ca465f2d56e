// What was wrong with a host, or between two of them, and when last: whoever gives that as a reason may only mean what
// it can just have learnt, or what its own deadlines make of it.

import type { Host } from '../../world/host.ts';
import { type Cluster, promptMs } from '../cluster.ts';
import type { Mark } from '../knowledge.ts';

/** What keeps a host from hearing, deciding or acting in time. */
const stops = ['blocked', 'paused', 'suspended', 'slow', 'started', 'stopped', 'link'] as const;

export class Circumstances {
  readonly #cluster: Cluster;
  /** Since when each host last stood still, or had something left to do from then; and until when. */
  readonly #still: { from: number; until: number; on: boolean }[];
  /** Until when frames could get lost. */
  #lossyUntil = -Infinity;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#still = cluster.list.map(() => ({ from: -Infinity, until: -Infinity, on: false }));
  }

  step(): void {
    const { events, list, impairments } = this.#cluster;
    if (impairments.size > 0) this.#lossyUntil = events.now;
    for (let index = 0; index < list.length; index += 1) {
      const process = list[index]?.process;
      const still = this.#still[index];
      if (still === undefined) continue;
      const on = process != null && (process.blocked || process.isRunnable);
      if (!on && !still.on) continue;
      if (!still.on && events.now - still.until > promptMs) still.from = events.now;
      still.on = on;
      still.until = events.now;
    }
  }

  /** What happened to a host from then on it may have learnt just now, or not yet. */
  newsSince(host: Host): number {
    const { from = 0, until = 0, on = false } = this.#still[host.index] ?? {};
    const { now } = this.#cluster.events;
    return (on || now - until <= promptMs ? from : now) - promptMs - this.#lateMs(host);
  }

  /** Whether something of that kind happened to it, and it may have learnt of it no more than so long ago. */
  isNews(host: Host, mark: Mark, withinMs = 0): boolean {
    return this.#cluster.markedAt(host, mark) >= this.newsSince(host) - withinMs;
  }

  /** When it last stood still, or was late. */
  stoodStillAt(host: Host): number {
    const { events, slow } = this.#cluster;
    if ((slow[host.index] ?? 0) > 0 || this.#still[host.index]?.on === true) return events.now;
    const marks = (['slow', 'blocked', 'paused', 'suspended'] as const).map((mark) =>
      this.#cluster.markedAt(host, mark),
    );
    return Math.max(this.#still[host.index]?.until ?? -Infinity, ...marks);
  }

  /** When something last kept words of one from the other, whichever way, or either of them from going on. */
  apartAt(a: Host, b: Host): number {
    return Math.max(this.disturbedAt(a), this.disturbedAt(b), this.unheardAt(a, b), this.unheardAt(b, a));
  }

  /** When a word of one was last lost, held up or late on its way to the other. */
  unheardAt(to: Host, from: Host): number {
    const { lostAt, heldUpUntil, deafUntil, takenAt } = this.#cluster.ear(to.index, from.index);
    const { now } = this.#cluster.events;
    return this.#cluster.isDeaf(now - takenAt) ? now : Math.max(lostAt, Math.min(heldUpUntil, now), deafUntil);
  }

  disturbedAt(host: Host): number {
    if (host.process === null || host.down.size > 0) return this.#cluster.events.now;
    return Math.max(this.stoodStillAt(host), ...stops.map((mark) => this.#cluster.markedAt(host, mark)));
  }

  /** When a gateway, or a question to one, was last lost for this host. */
  gatewayLostAt(host: Host): number {
    const { wire, events } = this.#cluster;
    const [gateway = ''] = host.settings.gateways;
    if (wire.deadGateways.has(gateway) || wire.deadGateways.has(`${gateway} ${host.name}`)) return events.now;
    return Math.max(this.#cluster.markedAt(host, 'gateway'), this.#lossyUntil, this.disturbedAt(host));
  }

  /** An alarm, and an answer of the kernel, may come so much late while faults last that make them so. */
  #lateMs(host: Host): number {
    const { slow, plan, events } = this.#cluster;
    const isSlow =
      (slow[host.index] ?? 0) > 0 || events.now - this.#cluster.markedAt(host, 'slow') < 3 * plan.intervalMs;
    return isSlow ? 3 * plan.intervalMs : 0;
  }
}
