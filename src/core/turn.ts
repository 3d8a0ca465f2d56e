// One step in the making: a private state to write on, of which a collection is copied when it is first
// written into, and what the step wants done.
// The order of effects is the same in every step: silence first, then the word to the others, then
// addresses, then announcements, then bookkeeping. Nothing waits in front of an advert.

import { addressKey } from '#lib/ip';
import { copyOfMap } from '#lib/map-copy';
import { earliest, type Instant, longAgo, never } from '#lib/time';
import type { Effect } from '#model/effect';
import type { DaemonEvent } from '#model/event';
import type { BootId, EffectId, GroupName, NodeName, PathName } from '#model/names';
import type { Problem } from '#model/problem';
import type { GroupSettings, Settings, VirtualAddress } from '#model/settings';
import type { CoreRefusal, PeerState } from '#model/view';
import { copyOf, copyOfBoot, copyOfGroup, type Draft } from './copy-state.ts';
import { changesNothing } from './same.ts';
import type { Boot } from './boot-state.ts';
import type { Check, Group, State } from './state.ts';

type Known = { readonly problem: Problem; readonly since: Instant };

/** What a step has written into, and so has copied; everything else is still the previous state's. */
interface Copies {
  boots: Map<BootId, Boot> | null;
  peerStates: Map<NodeName, PeerState> | null;
  groups: Group[] | null;
  checks: Check[] | null;
  problems: Map<string, Known> | null;
}

export interface Turn {
  readonly settings: Settings;
  readonly now: Instant;
  /** Silence up to this instant may be judged in this step; long ago unless a poll just ended. */
  readonly judged: Instant;
  /** Its fields may be replaced; its collections are written through the functions below alone. */
  readonly state: Draft;
  readonly copies: Copies;
  /** Something changed that groups depend on: look at all of them. */
  stirred: boolean;
  /** Only these groups are spoken of in what came: look at them. */
  touched: Set<GroupName> | null;
  /** Send an advert on every path in this step, whenever the next regular one is due. */
  speak: boolean;
  /** Say again, in this step, whatever some peer has not echoed. */
  repeat: boolean;
  /** Answer on these paths to a boot that nobody had met. */
  replyOn: Set<PathName> | null;
  wantPoll: boolean;
  /** Votes came, or a number left that votes may name. */
  recount: boolean;
  /** One batch each for a step, however many groups move in it. */
  release: Batch | null;
  hold: Batch | null;
  /** As `hold`, for what is claimed: an order that counts for a moment only. */
  opening: Batch | null;
  /** The earliest decision behind what is opened in this step. */
  decidedAt: Instant;
  /** What the wire is asked for in this step. */
  readonly asks: VirtualAddress[];
  /** Round by round, a batch for each group. */
  readonly announcements: (readonly VirtualAddress[])[][];
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
    state: copyOf(previous),
    copies: { boots: null, peerStates: null, groups: null, checks: null, problems: null },
    stirred: false,
    touched: null,
    speak: false,
    repeat: false,
    replyOn: null,
    wantPoll: false,
    recount: false,
    release: null,
    hold: null,
    opening: null,
    decidedAt: never,
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

export function touch(turn: Turn, group: GroupName): void {
  turn.touched ??= new Set();
  turn.touched.add(group);
}

export function replyOn(turn: Turn, path: PathName): void {
  turn.replyOn ??= new Set();
  turn.replyOn.add(path);
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
  turn.copies.groups ??= [...turn.state.groups];
  turn.copies.groups[index] = Object.assign(copyOfGroup(group), change);
  turn.state.groups = turn.copies.groups;
}

export function changeBoot(turn: Turn, boot: Boot, change: Partial<Boot>): Boot {
  const changed = Object.assign(copyOfBoot(boot), change);
  setBoot(turn, changed);
  return changed;
}

export function setBoot(turn: Turn, boot: Boot): void {
  bootsToWrite(turn).set(boot.boot, boot);
}

export function deleteBoot(turn: Turn, id: BootId): void {
  bootsToWrite(turn).delete(id);
}

function bootsToWrite(turn: Turn): Map<BootId, Boot> {
  turn.copies.boots ??= copyOfMap(turn.state.boots);
  turn.state.boots = turn.copies.boots;
  return turn.copies.boots;
}

export function peerStatesToWrite(turn: Turn): Map<NodeName, PeerState> {
  turn.copies.peerStates ??= new Map(turn.state.peerStates);
  turn.state.peerStates = turn.copies.peerStates;
  return turn.copies.peerStates;
}

export function setCheck(turn: Turn, index: number, check: Check): void {
  turn.copies.checks ??= [...turn.state.checks];
  turn.copies.checks[index] = check;
  turn.state.checks = turn.copies.checks;
}

export function problemsToWrite(turn: Turn): Map<string, Known> {
  turn.copies.problems ??= new Map(turn.state.problems);
  turn.state.problems = turn.copies.problems;
  return turn.copies.problems;
}

/** Asks for addresses, in the batch of this step; the answer carries its id. */
export function holdAddresses(turn: Turn, addresses: readonly VirtualAddress[]): EffectId {
  turn.hold ??= { id: newId(turn), addresses: [] };
  turn.hold.addresses.push(...addresses);
  return turn.hold.id;
}

export function announceIn(turn: Turn, round: number, addresses: readonly VirtualAddress[]): void {
  const known = turn.announcements[round];
  if (known === undefined) turn.announcements[round] = [addresses];
  else known.push(addresses);
}

export function openAddresses(turn: Turn, addresses: readonly VirtualAddress[], decidedAt: Instant): EffectId {
  turn.decidedAt = earliest(turn.decidedAt, decidedAt);
  turn.opening ??= { id: newId(turn), addresses: [] };
  turn.opening.addresses.push(...addresses);
  return turn.opening.id;
}

export function releaseAddresses(turn: Turn, addresses: readonly VirtualAddress[]): EffectId {
  withdraw(turn, addresses);
  turn.release ??= { id: newId(turn), addresses: [] };
  turn.release.addresses.push(...addresses);
  turn.state.releasing = new Set(turn.state.releasing).add(turn.release.id);
  return turn.release.id;
}

/** Effects release before they hold: what was asked for earlier in this step would come back after it was let go of. */
function withdraw(turn: Turn, addresses: readonly VirtualAddress[]): void {
  if (turn.hold === null && turn.opening === null) return;
  const leaving = new Set(addresses.map(addressKey));
  turn.hold = without(turn.hold, leaving);
  turn.opening = without(turn.opening, leaving);
}

function without(batch: Batch | null, leaving: ReadonlySet<string>): Batch | null {
  const kept = batch?.addresses.filter((address) => !leaving.has(addressKey(address))) ?? [];
  return batch === null || kept.length === 0 ? null : { ...batch, addresses: kept };
}

export function refuse(turn: Turn, reason: CoreRefusal): void {
  const { refused } = turn.state;
  turn.state.refused = { ...refused, [reason]: (refused[reason] ?? 0) + 1 };
}
