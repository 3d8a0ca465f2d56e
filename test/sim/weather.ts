// When faults come and go: drawn from the seed after the profile of the run, with calms in between in which
// everything is whole for long enough to come to rest.

import type { Cluster } from './cluster.ts';
import { type Fault, type FaultKind, faults } from './faults.ts';

export class Weather {
  /** How often each kind really began. */
  readonly reached: Partial<Record<FaultKind, number>> = {};
  /** What may be the cause of moves, so far. */
  causes = 0;
  readonly #cluster: Cluster;
  readonly #active = new Map<string, Fault>();
  readonly #calmMs: number;
  /** Faults come only while this is their number. */
  #season = 0;

  constructor(cluster: Cluster, calmMs: number) {
    this.#cluster = cluster;
    this.#calmMs = calmMs;
  }

  begin(): void {
    this.#season += 1;
    this.#next(this.#season);
  }

  /** Ends every fault, and nothing new comes until `begin`. */
  clear(): void {
    this.#season += 1;
    for (const fault of this.#active.values()) if (fault.stubborn !== true) this.#end(fault);
    if (this.#active.size === 0) this.#cluster.quietSince = this.#cluster.events.now;
    this.#say('calm');
  }

  #next(season: number): void {
    const { random, profile, downMs } = this.#cluster.plan;
    const gapMs = -Math.log(1 - random.next()) * profile.gap * downMs;
    this.#cluster.events.after(gapMs, () => {
      if (season !== this.#season) return;
      if (this.#active.size < profile.atOnce) this.#strike();
      if (random.chance(profile.calms)) this.#calm();
      else this.#next(season);
    });
  }

  #strike(): void {
    const { random, profile, intervalMs } = this.#cluster.plan;
    const kind = random.weighted(profile.faults);
    const fault = faults[kind](this.#cluster, random);
    if (fault === null || this.#active.has(fault.name)) return;
    const lastsMs = fault.lastsMs ?? random.within(random.pick([0.5, 3, 12]) * intervalMs);
    this.reached[kind] = (this.reached[kind] ?? 0) + 1;
    this.causes += 1;
    this.#cluster.quietSince = Number.POSITIVE_INFINITY;
    this.#say(`${fault.words} begins`);
    this.#active.set(fault.name, fault);
    fault.begin();
    this.#cluster.events.after(lastsMs, () => this.#end(fault));
  }

  #end(fault: Fault): void {
    if (this.#active.get(fault.name) !== fault) return;
    this.#active.delete(fault.name);
    this.#say(`${fault.words} ends`);
    fault.end();
    if (this.#active.size === 0) this.#cluster.quietSince = this.#cluster.events.now;
  }

  #calm(): void {
    this.clear();
    const season = this.#season;
    this.#cluster.events.after(this.#calmMs, () => {
      if (season === this.#season) this.begin();
    });
  }

  #say(words: string): void {
    this.#cluster.trace.note(this.#cluster.events.now, () => ({ words }));
  }
}
