// One core on the bench: every step is taken twice on a frozen state (the same arguments must give the
// same result, and nothing may be written into), and every state must satisfy the invariants.

import { isDeepStrictEqual } from 'node:util';
import { begin } from '#core/begin';
import { mayStillAnswer } from '#core/group-entry';
import type { Group, State } from '#core/state';
import { step, type StepResult } from '#core/step';
import { maxBoots } from '#core/peers';
import { addressKey } from '#lib/ip';
import { instant, never } from '#lib/time';
import type { Advert, Echo, GroupEntry } from '#model/advert';
import type { Effect } from '#model/effect';
import type { AddressOutcome, Input, LinkFacts, StartFacts } from '#model/input';
import type { Settings } from '#model/settings';
import { settingsFor, type Wish } from '../../world/settings.ts';

const ownBoot = '00000000000000aa';
export const link: LinkFacts = {
  name: 'eth0',
  index: 2,
  up: true,
  mac: '02:00:00:00:00:01',
  primary4: '192.0.2.1',
  linkLocal6: null,
};

/** What another node says, with the parts that a test cares about. */
export interface Saying {
  readonly node?: string;
  readonly boot?: string;
  readonly path?: string;
  readonly sequence?: number;
  readonly echo?: Partial<Echo> | null;
  readonly echoes?: readonly Echo[];
  readonly entry?: Partial<GroupEntry> | null;
  readonly advert?: Partial<Advert>;
}

export class Bench {
  readonly settings: Settings;
  state: State;
  now = 0;
  wakeAt: number;
  /** Of the last step. */
  effects: readonly Effect[] = [];
  #sequence = 0;
  #echoed = 0;

  constructor(wish: Partial<Wish> = {}, facts: Partial<StartFacts> = {}, settings: Partial<Settings> = {}) {
    // Rules that are not about the wire are shown without it.
    this.settings = { ...settingsFor({ node: 'me', probe: false, ...wish }), ...settings };
    const nothing = {
      links: [link],
      left: [],
      lastAdvertAt: null,
      lastDownMs: 3000,
      lastLivePeers: 0,
      lastBoot: null,
      lastUntil: null,
      lastLease: this.settings.lease.kind,
      epochFloor: 1000,
      remembered: null,
      latch: null,
    };
    const identity = { boot: ownBoot, configHash: '0'.repeat(16) };
    const first = begin(this.settings, { ...nothing, ...facts }, identity, instant(0));
    this.state = first.state;
    this.wakeAt = first.wakeAt;
    this.#take(first);
  }

  get group(): Group {
    const group = this.state.groups[0];
    if (group === undefined) throw new Error('no group on the bench');
    return group;
  }

  get keys(): string[] {
    return this.settings.groups.flatMap((group) => group.addresses.map(addressKey));
  }

  step(input: Input): readonly Effect[] {
    deepFreeze(this.state);
    const result = step(this.settings, this.state, input, instant(this.now));
    const again = step(this.settings, this.state, input, instant(this.now));
    if (!isDeepStrictEqual(result, again)) throw new Error(`${input.kind}: the same arguments gave another result`);
    this.#take(result);
    return result.effects;
  }

  /** Wakes and polls as asked until this instant, as a runtime in time would; adverts leave. */
  runTo(at: number): Effect[] {
    const seen: Effect[] = [];
    for (let steps = 0; this.wakeAt <= at; steps += 1) {
      if (steps > 10_000) throw new Error(`stuck at ${this.now}`);
      this.now = Math.max(this.now, this.wakeAt);
      seen.push(...this.#answer(this.step({ kind: 'wake' })));
    }
    this.now = at;
    return seen;
  }

  /** A full poll in which nothing waited. */
  poll(): Effect[] {
    return this.#answer(this.step({ kind: 'polled', begun: instant(this.now) }));
  }

  hear(saying: Saying = {}): readonly Effect[] {
    return this.step(this.advert(saying));
  }

  /** As `hear`, and what the core asked for is answered: adverts leave, the kernel does as told. */
  hearAndAnswer(saying: Saying = {}): Effect[] {
    return this.#answer(this.hear(saying));
  }

  advert(saying: Saying): Extract<Input, { kind: 'advert' }> {
    this.#sequence = Math.max(this.#sequence + 1, saying.sequence ?? 0);
    const node = saying.node ?? 'peer';
    const sequence = saying.sequence ?? this.#sequence;
    const entry = saying.entry === null ? null : { ...entryOf('standby'), ...saying.entry };
    const advert: Advert = {
      cluster: 'test',
      node,
      boot: saying.boot ?? `00000000000000${node.length.toString(16).padStart(2, '0')}`,
      sequence,
      intervalMs: this.settings.intervalMs,
      downAfter: this.settings.downAfter,
      holdMs: 3250,
      path: saying.path ?? 'eth0',
      configHash: '0'.repeat(16),
      release: 'test',
      tableVersion: sequence,
      table: entry === null ? null : { base: 0, part: 0, parts: 1, around: 0, entries: [entry] },
      facts: null,
      echoes: [...this.#echo(saying.echo), ...(saying.echoes ?? [])],
      votes: null,
      turnedOff: [],
      ...saying.advert,
    };
    return { kind: 'advert', path: saying.path ?? 'eth0', from: '192.0.2.9', advert };
  }

  /** By default a peer hears us: its echo rises with each of its adverts. */
  #echo(echo: Partial<Echo> | null | undefined): Echo[] {
    if (echo === null) return [];
    this.#echoed = Math.max(this.#echoed + 1, this.state.lastSent);
    return [{ boot: ownBoot, sequence: this.#echoed, here: true, tableVersion: this.state.tableVersion, ...echo }];
  }

  /** Answers every effect that asks for an answer, until nothing is asked any more. */
  #answer(effects: readonly Effect[]): Effect[] {
    const seen = [...effects];
    for (const effect of effects) {
      const input = this.answerTo(effect);
      if (input !== null) seen.push(...this.#answer(this.step(input)));
    }
    return seen;
  }

  answerTo(effect: Effect): Input | null {
    const outcomes = (kind: 'present' | 'absent'): AddressOutcome[] =>
      effect.kind === 'hold' || effect.kind === 'release'
        ? effect.addresses.map((address) => ({ key: addressKey(address), kind }))
        : [];
    switch (effect.kind) {
      case 'poll':
        return { kind: 'polled', begun: instant(this.now) };
      case 'advert':
        return {
          kind: 'sent',
          id: effect.id,
          at: instant(this.now),
          // Effects are numbered in the order in which they are asked for, as datagrams are.
          last: effect.id,
          paths: effect.paths.map(({ path }) => ({ path, error: null })),
        };
      case 'hold':
        return { kind: 'kernel', id: effect.id, outcomes: outcomes('present') };
      case 'release':
        return { kind: 'kernel', id: effect.id, outcomes: outcomes('absent') };
      case 'latch':
        return { kind: 'latched', id: effect.id, error: null };
      default:
        return null;
    }
  }

  #take({ state, effects, wakeAt }: StepResult): void {
    const before = this.state;
    this.state = state;
    this.effects = effects;
    this.wakeAt = wakeAt;
    for (const problem of broken(this, before)) throw new Error(`invariant: ${problem}`);
  }
}

export function entryOf(role: GroupEntry['role'], change: Partial<GroupEntry> = {}): GroupEntry {
  return {
    group: 'web',
    role,
    priority: 50,
    tieBreak: '192.0.2.9',
    wants: 'nothing',
    pinned: false,
    successor: null,
    epoch: 0,
    inherits: null,
    ...change,
  };
}

/** What must be true after every step. */
function broken({ state, effects, now, settings }: Bench, before: State | undefined): string[] {
  const wrong: string[] = [];
  const say = (bad: boolean, text: string) => bad && wrong.push(text);
  say(Number.isNaN(state.wakeAt), 'wakeAt is no instant');
  say(state.wakeAt === never && state.stopping === null, 'it never wakes again');
  say(state.wakeAt <= now && state.nextAdvertAt > now && !state.polling && state.stopping === null, 'it wakes at once');
  say(state.boots.size > maxBoots, 'too many boots');
  say(state.peerStates.size > maxBoots, 'too many peers');
  const fencing = settings.fence.peer !== null;
  for (const [index, group] of state.groups.entries()) {
    const was = before?.groups[index];
    const all = settings.groups[index]?.addresses.every((address) => group.present.has(addressKey(address))) === true;
    say(group.role === 'active' && was !== undefined && was.role !== 'active' && !all, 'active without every address');
    const hearsOut = (group.claim?.opensAt ?? never) > now || group.claim?.readyAt === never;
    const waits = fencing || hearsOut || state.polling;
    const free = group.role === 'claiming' && group.holdId === null && state.quorum === null && !waits;
    say(free, 'claiming, and nothing was asked of the kernel');
    say(group.role === 'resigning' && group.resignation === null, 'resigning without a plan');
    say(group.announcing !== null && group.role !== 'active', 'announces what it does not hold');
    say(group.wants !== 'nothing' && group.role !== 'standby', 'wishes for what it cannot take');
    say(group.vacancy !== null && group.role !== 'standby', 'waits for a turn that it cannot take');
    const out = state.fence !== null && group.role !== 'fenced' && group.role !== 'resigning';
    say(out && state.stopping === null, 'fenced, and it takes part');
    say(group.entry.role !== group.role && !mayStillAnswer(group), 'says another role than it has');
  }
  const held = effects.flatMap((effect) => (effect.kind === 'hold' ? effect.addresses.map(addressKey) : []));
  for (const key of held) {
    const group = state.groups.find((_, i) => settings.groups[i]?.addresses.some((a) => addressKey(a) === key));
    say(group?.role !== 'claiming' && group?.role !== 'active', 'asks for an address that it may not hold');
  }
  return wrong;
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return;
  const refuse = () => {
    throw new Error('a state was written into');
  };
  if (value instanceof Map) {
    for (const item of value.values()) deepFreeze(item);
    Object.assign(value, { set: refuse, delete: refuse, clear: refuse });
  } else if (value instanceof Set) Object.assign(value, { add: refuse, delete: refuse, clear: refuse });
  else for (const item of Object.values(value)) deepFreeze(item);
  Object.freeze(value);
}

/** A holder on the bench, alone so far. */
export function holder(wish: Partial<Wish> = {}, settings: Partial<Settings> = {}): Bench {
  const bench = new Bench(wish, {}, settings);
  bench.runTo(3500);
  return bench;
}

/** A standby that hears a live, proven holder. */
export function standby(wish: Partial<Wish> = {}, saying: Saying = {}): Bench {
  const bench = new Bench(wish);
  for (let at = 100; at <= 3600; at += 500) {
    bench.runTo(at);
    bench.hearAndAnswer({ ...saying, entry: { role: 'active', priority: 200, ...saying.entry } });
  }
  return bench;
}

export function kinds(effects: readonly Effect[]): string[] {
  return effects.map(({ kind }) => kind);
}
