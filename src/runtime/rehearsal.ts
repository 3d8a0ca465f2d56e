// The first takeover of a process would run code that was never run: many milliseconds of compiling
// while nobody answers. So a daemon that just started plays one through in its head, on a copy of
// itself: core and wire are pure, nothing of it leaves the process.

import { begin } from '#core/begin';
import { step, type StepResult } from '#core/step';
import { downMs, holdMs } from '#core/timing';
import { addressKey } from '#lib/ip';
import { type Instant, instant, later, latest } from '#lib/time';
import type { Advert, GroupEntry, Role } from '#model/advert';
import type { Effect } from '#model/effect';
import type { Input, LinkFacts } from '#model/input';
import type { Settings } from '#model/settings';
import type { KeyedHash } from '#ports/keyed-hash';
import { decodeDatagram } from '#wire/decode-datagram';
import { encodeAdvert } from '#wire/encode-advert';
import type { Identity } from './identity.ts';

/** Often enough for the engine to compile; each takes a millisecond or two, so never in one go. */
export const rehearsals = 12;

/** More groups make it longer and not better. */
const mostGroups = 4;

const other = { node: 'rehearsal', boot: 'fedcba9876543210' };

/** A handover from listening to the stop, and a takeover from one that fell silent. Gives the kinds of effects gone through. */
export function rehearse(settings: Settings, identity: Identity, hash: KeyedHash): ReadonlySet<Effect['kind']> {
  const few = {
    ...settings,
    groups: settings.groups.slice(0, mostGroups),
    checks: [],
    nodes: null,
    gateways: [],
    quorum: null,
    hook: null,
  };
  few.groups = few.groups.map((group) => ({ ...group, checks: [] }));
  const handedOver = new Rehearsal(few, identity, hash).play();
  return new Set([...handedOver, ...new Rehearsal(few, identity, hash).playSilence()]);
}

class Rehearsal {
  readonly #settings: Settings;
  readonly #identity: Identity;
  readonly #hash: KeyedHash;
  #now: Instant = instant(0);
  #sequence = 0;
  #result: StepResult;
  readonly #seen = new Set<Effect['kind']>();

  constructor(settings: Settings, identity: Identity, hash: KeyedHash) {
    this.#settings = settings;
    this.#identity = identity;
    this.#hash = hash;
    const facts = {
      links: linksOf(settings),
      left: [],
      lastAdvertAt: null,
      lastDownMs: 0,
      lastLivePeers: 0,
      lastBoot: null,
      lastUntil: null,
      lastLease: null,
      epochFloor: 0,
      remembered: null,
      latch: null,
    };
    this.#result = begin(settings, facts, identity, this.#now);
  }

  /** Listens while another node holds, is handed everything, holds it, and stops. */
  play(): ReadonlySet<Effect['kind']> {
    this.#listen();
    this.#hear('resigning');
    this.#hear('standby');
    this.#take({ kind: 'stop' });
    this.#hear('active');
    return this.#seen;
  }

  /** Listens while another node holds, hears no more of it, asks the wire, and claims. */
  playSilence(): ReadonlySet<Effect['kind']> {
    this.#listen();
    const end = later(this.#now, 2 * downMs(this.#settings));
    while (this.#result.wakeAt < end && this.#state() !== 'active') {
      this.#now = latest(later(this.#now, 1), this.#result.wakeAt);
      this.#take({ kind: 'wake' });
      this.#take({ kind: 'polled', begun: this.#now });
    }
    return this.#seen;
  }

  #state(): Role | undefined {
    return this.#result.state.groups[0]?.role;
  }

  #listen(): void {
    for (const effect of this.#result.effects) this.#answer(effect);
    this.#hear('active');
    for (let listened = 0; listened <= this.#settings.downAfter; listened += 1) {
      this.#now = later(this.#now, this.#settings.intervalMs);
      this.#hear('active');
      this.#take({ kind: 'wake' });
      this.#take({ kind: 'polled', begun: this.#now });
    }
  }

  #take(input: Input): void {
    this.#result = step(this.#settings, this.#result.state, input, this.#now);
    for (const effect of this.#result.effects) this.#answer(effect);
  }

  #answer(effect: Effect): void {
    this.#seen.add(effect.kind);
    if (effect.kind === 'advert') {
      for (const { path, echoes } of effect.paths)
        this.#say(this.#identity, path, effect.tableVersion, effect.table, echoes);
      const paths = effect.paths.map(({ path }) => ({ path, error: null }));
      this.#take({ kind: 'sent', id: effect.id, at: this.#now, last: this.#sequence, paths });
    } else if (effect.kind === 'hold' || effect.kind === 'release') {
      const kind = effect.kind === 'hold' ? 'present' : 'absent';
      const outcomes = effect.addresses.map((address) => ({ key: addressKey(address), kind }) as const);
      this.#take({ kind: 'kernel', id: effect.id, outcomes });
    }
  }

  #hear(role: Role): void {
    this.#sequence += 1;
    const entries = this.#settings.groups.map((group) => entryOf(group.name, role, this.#settings.node));
    const echoes = [{ boot: this.#identity.boot, sequence: this.#sequence, here: true, tableVersion: 1 }];
    const path = this.#settings.transport.paths[0]?.name ?? '';
    const advert = this.#say(other, path, this.#sequence, { base: 0, entries }, echoes);
    if (advert !== null) this.#take({ kind: 'advert', path, from: '', advert });
  }

  /** To bytes and back, as over the wire. */
  #say(
    from: { readonly node?: string; readonly boot: string },
    path: string,
    tableVersion: number,
    table: { readonly base: number; readonly entries: readonly GroupEntry[] } | null,
    echoes: Advert['echoes'],
  ): Advert | null {
    const { cluster, node, intervalMs, downAfter } = this.#settings;
    const { configHash, release } = this.#identity;
    const header = {
      cluster,
      node: from.node ?? node,
      boot: from.boot,
      intervalMs,
      downAfter,
      holdMs: holdMs(this.#settings),
      path,
      configHash,
      release,
      tableVersion,
      facts: null,
      votes: null,
      turnedOff: [],
    };
    const [bytes] = encodeAdvert(header, table, echoes, () => this.#sequence, this.#hash);
    const decoded = bytes === undefined ? null : decodeDatagram(bytes, { cluster, hash: this.#hash });
    return decoded?.kind === 'advert' ? decoded.advert : null;
  }
}

function entryOf(group: string, role: Role, successor: string): GroupEntry {
  const named = role === 'resigning' ? successor : null;
  const nobody = { tieBreak: null, wants: 'nothing', pinned: false, epoch: 0, inherits: null } as const;
  return { group, role, priority: 1, successor: named, ...nobody };
}

function linksOf(settings: Settings): LinkFacts[] {
  const names = new Set(
    settings.groups.flatMap((group) => [group.interface, ...group.addresses.map((a) => a.interface)]),
  );
  for (const path of settings.transport.paths) if (path.interface !== null) names.add(path.interface);
  return [...names].map((name, index) => ({
    name,
    index,
    up: true,
    mac: '02:00:00:00:00:01',
    primary4: '192.0.2.1',
    linkLocal6: 'fe80::1',
  }));
}
