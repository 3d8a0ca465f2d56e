// One step in the making: a private copy of the state to write on, and what the step wants done.
// The order of effects is the same in every step: silence first, then the word to the others, then
// addresses, then announcements, then bookkeeping. Nothing waits in front of an advert.

import { addressKey } from '#lib/ip';
import { type Instant, longAgo } from '#lib/time';
import type { Effect } from '#model/effect';
import type { DaemonEvent } from '#model/event';
import type { BootId, EffectId, GroupName, NodeName } from '#model/names';
import type { Problem } from '#model/problem';
import type { GroupSettings, Settings, VirtualAddress } from '#model/settings';
import type { CoreRefusal, PeerState } from '#model/view';
import { changesNothing } from './same.ts';
import type { Boot, Check, Group, State } from './state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Draft extends Omit<Mutable<State>, 'boots' | 'peerStates' | 'groups' | 'checks' | 'problems' | 'refused'> {
  boots: Map<BootId, Boot>;
  peerStates: Map<NodeName, PeerState>;
  groups: Group[];
  checks: Check[];
  problems: Map<string, { readonly problem: Problem; readonly since: Instant }>;
  refused: Partial<Record<CoreRefusal, number>>;
}

export interface Turn {
  readonly settings: Settings;
  readonly now: Instant;
  /** Silence up to this instant may be judged in this step; long ago unless a poll just ended. */
  readonly judged: Instant;
  readonly state: Draft;
  /** Something changed that groups depend on: look at all of them. */
  stirred: boolean;
  /** Only these groups are spoken of in what came: look at them. */
  readonly touched: Set<GroupName>;
  /** Send an advert on every path in this step, whenever the next regular one is due. */
  speak: boolean;
  /** Say again, in this step, whatever some peer has not echoed. */
  repeat: boolean;
  /** Answer on these paths to a boot that nobody had met. */
  readonly replyOn: Set<string>;
  wantPoll: boolean;
  /** Votes came, or a number left that votes may name. */
  recount: boolean;
  /** One batch each for a step, however many groups move in it. */
  release: Batch | null;
  hold: Batch | null;
  /** What the wire is asked for in this step. */
  readonly asks: VirtualAddress[];
  readonly announcements: VirtualAddress[][];
  readonly late: Effect[];
}

interface Batch {
  readonly id: EffectId;
  readonly addresses: VirtualAddress[];
}

export function beginTurn(settings: Settings, previous: State, now: Instant, judged: Instant = longAgo): Turn {
  return {
    settings,
    now,
    judged,
    state: {
      ...previous,
      boots: new Map(previous.boots),
      peerStates: new Map(previous.peerStates),
      groups: [...previous.groups],
      checks: [...previous.checks],
      problems: new Map(previous.problems),
      refused: { ...previous.refused },
    },
    stirred: false,
    touched: new Set(),
    speak: false,
    repeat: false,
    replyOn: new Set(),
    wantPoll: false,
    recount: false,
    release: null,
    hold: null,
    asks: [],
    announcements: [],
    late: [],
  };
}

export function newId(turn: Turn): EffectId {
  const id = turn.state.nextId;
  turn.state.nextId = id + 1;
  return id;
}

export function tell(turn: Turn, event: DaemonEvent): void {
  turn.late.push({ kind: 'event', event });
}

export function groupAt(turn: Turn, index: number): { group: Group; asked: GroupSettings } {
  const group = turn.state.groups[index];
  const asked = turn.settings.groups[index];
  if (group === undefined || asked === undefined) throw new Error(`no group ${index}: settings and state disagree`);
  return { group, asked };
}

export function changeGroup(turn: Turn, index: number, change: Partial<Group>): void {
  const { group } = groupAt(turn, index);
  if (changesNothing(group, change)) return;
  turn.state.groups[index] = { ...group, ...change };
}

export function changeBoot(turn: Turn, boot: Boot, change: Partial<Boot>): Boot {
  const changed = { ...boot, ...change };
  turn.state.boots.set(boot.boot, changed);
  return changed;
}

/** Asks for addresses, in the batch of this step; the answer carries its id. */
export function holdAddresses(turn: Turn, addresses: readonly VirtualAddress[]): EffectId {
  turn.hold ??= { id: newId(turn), addresses: [] };
  turn.hold.addresses.push(...addresses);
  return turn.hold.id;
}

export function releaseAddresses(turn: Turn, addresses: readonly VirtualAddress[]): void {
  withdraw(turn, addresses);
  turn.release ??= { id: newId(turn), addresses: [] };
  turn.release.addresses.push(...addresses);
  turn.state.releasing = new Set(turn.state.releasing).add(turn.release.id);
}

/** Effects release before they hold: what was asked for earlier in this step would come back after it was let go of. */
function withdraw(turn: Turn, addresses: readonly VirtualAddress[]): void {
  if (turn.hold === null) return;
  const leaving = new Set(addresses.map(addressKey));
  const kept = turn.hold.addresses.filter((address) => !leaving.has(addressKey(address)));
  turn.hold = kept.length === 0 ? null : { ...turn.hold, addresses: kept };
}

export function refuse(turn: Turn, reason: CoreRefusal): void {
  turn.state.refused[reason] = (turn.state.refused[reason] ?? 0) + 1;
}
