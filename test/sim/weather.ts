// When faults come and go: drawn from the seed after the profile of the run, with calms in between in which
// everything is whole for long enough to come to rest.

import type { Cluster } from './cluster.ts';
import type { Fault } from './fault.ts';
import { type FaultKind, faults } from './faults.ts';
import { fencedFor, offFor } from './fence-faults.ts';

export class Weather {
  /** How often each kind really began. */
  readonly reached: Partial<Record<FaultKind, number>> = {};
  readonly #cluster: Cluster;
  readonly #active = new Map<string, Fault>();
  readonly #calmMs: number;
  /** Faults come only while this is their number. */
  #season = 0;

  constructor(cluster: Cluster, calmMs: number) {
    this.#cluster = cluster;
    this.#calmMs = calmMs;
    cluster.onFenced = (host) => this.#follow(fencedFor(cluster, host));
    cluster.onTurnedOff = (host) => this.#follow(offFor(cluster, host));
  }

  begin(): void {
    this.#season += 1;
    this.#next(this.#season);
  }

  /** Ends every fault, and nothing new comes until `begin`. */
  clear(): void {
    this.#season += 1;
    for (const fault of this.#active.values()) if (fault.stubborn !== true) this.#end(fault);
    this.#noteWhole();
    this.#say('calm');
  }

  /** What is fenced stays so until operators got their way: it is no calm before that. */
  #noteWhole(): void {
    const { events, list } = this.#cluster;
    if (this.#active.size > 0) return;
    const fenced = list.filter((host) => host.fencer.latched || host.daemon?.state?.fence != null);
    if (fenced.length === 0) {
      this.#cluster.quietSince = events.now;
      return;
    }
    for (const host of fenced) host.unfence();
    events.after(100, () => {
      if (!Number.isFinite(this.#cluster.quietSince)) this.#noteWhole();
    });
  }

  /** Something follows from what is there: a host that was turned off comes back, one that is fenced is released. */
  #follow(fault: Fault): void {
    if (this.#active.has(fault.name)) return;
    const { random, intervalMs } = this.#cluster.plan;
    this.#begin(fault, random.between(0.2, random.pick([1, 8])) * intervalMs);
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
    const lastsMs = fault.lastsMs ?? random.within(random.pick(profile.lasts ?? [0.5, 3, 12]) * intervalMs);
    this.reached[kind] = (this.reached[kind] ?? 0) + 1;
    this.#begin(fault, lastsMs);
  }

  #begin(fault: Fault, lastsMs: number): void {
    this.#cluster.quietSince = Number.POSITIVE_INFINITY;
    this.#cluster.steadySince = Number.POSITIVE_INFINITY;
    this.#say(`${fault.words} begins`);
    this.#active.set(fault.name, fault);
    fault.begin();
    this.#noteSteady();
    this.#cluster.events.after(lastsMs, () => this.#end(fault));
  }

  #end(fault: Fault): void {
    if (this.#active.get(fault.name) !== fault) return;
    this.#active.delete(fault.name);
    this.#say(`${fault.words} ends`);
    this.#cluster.steadySince = Number.POSITIVE_INFINITY;
    fault.end();
    this.#noteSteady();
    this.#noteWhole();
  }

  #noteSteady(): void {
    const isSteady = [...this.#active.values()].every(({ steady }) => steady === true);
    this.#cluster.steadySince = isSteady ? this.#cluster.events.now : Number.POSITIVE_INFINITY;
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
