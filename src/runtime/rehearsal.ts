// The first takeover of a process would run code that was never run: many milliseconds of compiling
// while nobody answers. So a daemon that just started plays one through in its head, on a copy of
// itself: core and wire are pure, its ports do nothing, nothing of it leaves the process.

import { silenceMs, votersHash } from '#core/electorate';
import { downMs, holdMs } from '#core/timing';
import { addressKey } from '#lib/ip';
import { type Instant, instant, later, latest, never } from '#lib/time';
import type { GroupEntry, Role, Votes } from '#model/advert';
import type { Effect } from '#model/effect';
import type { LinkFacts } from '#model/input';
import type { EffectId } from '#model/names';
import type { Settings, VirtualAddress } from '#model/settings';
import type { KeyedHash } from '#ports/keyed-hash';
import type { Message } from '#ports/speaker';
import { encodeAdvert } from '#wire/encode-advert';
import { Daemon, type Ports } from './daemon.ts';
import type { Identity } from './identity.ts';
import { guardSleep } from './sleep-guard.ts';

/** Often enough for the engine to compile; each takes milliseconds, and the first some tens of them, so never in one go. */
export const rehearsals = 12;

/** More groups make it longer and not better. */
const mostGroups = 4;

const other = { node: 'rehearsal', boot: 'fedcba9876543210' };

/** The kinds of effects that were gone through. */
interface Rehearsed {
  /** From listening to the stop. */
  readonly handover: ReadonlySet<Effect['kind']>;
  /** From one that fell silent. */
  readonly takeover: ReadonlySet<Effect['kind']>;
}

export function rehearse(settings: Settings, identity: Identity, hash: KeyedHash): Rehearsed {
  const few = {
    ...settings,
    groups: settings.groups.slice(0, mostGroups),
    startupDelayMs: 0,
    checks: [],
    nodes: null,
    gateways: [],
    quorum: settings.quorum === null ? null : { ...settings.quorum, voters: [other.node, settings.node].toSorted() },
    hook: null,
  };
  few.groups = few.groups.map((group) => ({ ...group, checks: [] }));
  return {
    handover: new Rehearsal(few, identity, hash).play(),
    // With one other node there would be no majority without it, and with more a rehearsal would last too long.
    takeover: new Rehearsal({ ...few, quorum: null }, identity, hash).playSilence(),
  };
}

class Rehearsal {
  readonly #settings: Settings;
  readonly #identity: Identity;
  readonly #hash: KeyedHash;
  readonly #daemon: Daemon;
  #now: Instant = instant(0);
  #wakeAt: Instant = never;
  #sequence = 0;
  /** The last number that the rehearsed node said. */
  #said = 0;
  readonly #seen = new Set<Effect['kind']>();

  constructor(settings: Settings, identity: Identity, hash: KeyedHash) {
    this.#settings = settings;
    this.#identity = identity;
    this.#hash = hash;
    this.#daemon = new Daemon(settings, identity, this.#ports());
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
    this.#daemon.start(facts, 0);
    // A voter is silent at first, and nothing is to be learnt from that.
    this.#now = later(this.#now, silenceMs(settings));
    this.#wake();
  }

  /** Listens while another node holds, is handed everything, holds it, and stops. */
  play(): ReadonlySet<Effect['kind']> {
    this.#listen();
    this.#hear('resigning');
    this.#hear('standby');
    this.#daemon.offer({ kind: 'stop' });
    this.#hear('active');
    return this.#seen;
  }

  /** Listens while another node holds, hears no more of it, asks the wire, and claims. */
  playSilence(): ReadonlySet<Effect['kind']> {
    this.#listen();
    const end = later(this.#now, 2 * downMs(this.#settings));
    while (this.#wakeAt < end && this.#daemon.state?.groups[0]?.role !== 'active') {
      this.#now = latest(later(this.#now, 1), this.#wakeAt);
      this.#wake();
    }
    return this.#seen;
  }

  #listen(): void {
    this.#hear('active');
    for (let listened = 0; listened <= this.#settings.downAfter; listened += 1) {
      this.#now = later(this.#now, this.#settings.intervalMs);
      this.#hear('active');
      this.#wake();
    }
  }

  #wake(): void {
    this.#daemon.offer({ kind: 'wake' });
    this.#daemon.offer({ kind: 'polled', begun: this.#now });
  }

  /** Everything is done at once, and nothing comes of it. */
  #ports(): Ports {
    const did = (kind: Effect['kind']) => (): void => void this.#seen.add(kind);
    const answer = (kind: 'hold' | 'release') => (id: EffectId, addresses: readonly VirtualAddress[]) => {
      this.#seen.add(kind);
      const outcome = kind === 'hold' ? 'present' : 'absent';
      const outcomes = addresses.map((address) => ({ key: addressKey(address), kind: outcome }) as const);
      this.#daemon.offer({ kind: 'kernel', id, outcomes, openedAt: this.#now });
    };
    const now = (): Instant => this.#now;
    const kernel = { hold: answer('hold'), release: answer('release'), silence: did('silence'), renew: did('renew') };
    return {
      clock: { now, suspendedMs: () => 0, wall: () => 0 },
      timer: { wakeAt: (at) => void (this.#wakeAt = at), poll: did('poll'), close: () => undefined },
      speaker: { speak: (id, at, last, messages) => this.#spoke(id, at, last, messages) },
      hash: this.#hash,
      kernel: guardSleep(kernel, { authorityMs: 1, now, alarm: { set: () => undefined } }),
      announcer: {
        announce: (_addresses, sent) => {
          this.#seen.add('announce');
          sent();
        },
      },
      wire: { ask: did('ask'), askGateways: did('ask-gateways') },
      checks: { run: did('check') },
      hooks: { run: did('hook'), finish: () => Promise.resolve(0) },
      fence: { latch: did('latch'), fenceSelf: did('fence-self'), fencePeer: did('fence-peer') },
      operators: { answer: did('answer') },
      journal: { write: did('event') },
      service: { ready: did('ready'), beat: () => undefined, stopping: () => undefined },
      memory: { remember: did('remember'), reserve: did('reserve') },
      exit: did('exit'),
    };
  }

  #spoke(id: EffectId, at: Instant, last: number, messages: readonly Message[]): void {
    this.#seen.add('advert');
    this.#said = last;
    const paths = messages.map(({ path }) => ({ path, error: null }));
    this.#daemon.offer({ kind: 'sent', id, at, last, paths });
  }

  /** The other node's word, to bytes and back, as over the wire. */
  #hear(role: Role): void {
    this.#sequence += 1;
    const { cluster, groups, node, intervalMs, downAfter, transport } = this.#settings;
    const { configHash, release } = this.#identity;
    const entries = groups.map((group) => entryOf(group.name, role, node));
    const echoes = [{ boot: this.#identity.boot, sequence: this.#sequence, here: true, tableVersion: 1 }];
    const path = transport.paths[0]?.name ?? '';
    const header = {
      ...other,
      cluster,
      intervalMs,
      downAfter,
      holdMs: holdMs(this.#settings),
      path,
      configHash,
      release,
      tableVersion: this.#sequence,
      facts: null,
      votes: this.#votes(),
      turnedOff: [],
    };
    for (const bytes of encodeAdvert(header, { base: 0, entries }, echoes, () => this.#sequence, this.#hash))
      this.#daemon.packets([{ path, from: '', bytes }]);
  }

  /** Whatever this node asked for last, it gets. */
  #votes(): Votes | null {
    const { state } = this.#daemon;
    const { quorum } = this.#settings;
    if (quorum === null || state === null) return null;
    const mine = { boot: state.boot, sequence: this.#said, tableVersion: state.tableVersion, except: [] };
    return { voters: votersHash(quorum), silent: false, epoch: 0, given: [mine] };
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
