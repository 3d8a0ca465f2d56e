// What this node says about a group in its table, and the version of the table in which it changed.

import type { GroupEntry } from '#model/advert';
import { termsOf } from './checks.ts';
import { tieBreakOf } from './links.ts';
import { isClaim } from './quorum-state.ts';
import type { Group, State } from './state.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';

function effectivePriority(turn: Turn, index: number): number {
  const { asked } = groupAt(turn, index);
  const sum = termsOf(turn, asked).reduce((total, term) => total + term.weight, asked.priority);
  return Math.min(254, Math.max(1, sum));
}

/** Rank first: the decisions of this step compare it. */
export function refreshRank(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  const priority = effectivePriority(turn, index);
  const tieBreak = tieBreakOf(turn, asked);
  if (priority === group.entry.priority && tieBreak === group.entry.tieBreak) return;
  changeGroup(turn, index, { entry: { ...group.entry, priority, tieBreak }, rankedAt: turn.now });
}

/** After the decisions: entries that changed get the next version of the table, and are said at once. */
export function publishEntries(turn: Turn, before: State): void {
  if (turn.state.groups === before.groups) return;
  const version = turn.state.tableVersion + 1;
  for (const [index, group] of turn.state.groups.entries()) {
    const old = before.groups[index];
    if (group === old) continue;
    if (old !== undefined && says(group, old.entry)) continue;
    if (mayStillAnswer(group)) continue;
    const entry = entryOf(group);
    const claimed = old === undefined || entry.epoch !== old.entry.epoch;
    const epochVersion = claimed ? version : group.epochVersion;
    changeGroup(turn, index, { entry, entryVersion: version, epochVersion });
    turn.state.tableVersion = version;
    turn.speak = true;
  }
}

/** It was told that this node claims or holds the group, and that may be so for as long as the kernel keeps an address. */
export function mayStillAnswer({ leaving, role }: Pick<Group, 'leaving' | 'role'>): boolean {
  return leaving !== null && !isClaim(role);
}

/** Every field is named: a spread that is written over again would cost more than the rest. */
function entryOf(group: Group): GroupEntry {
  const { group: name, priority, tieBreak, pinned } = group.entry;
  return {
    group: name,
    role: group.role,
    priority,
    tieBreak,
    wants: group.wants,
    pinned,
    successor: successorOf(group),
    epoch: group.epoch,
    inherits: group.inherits,
  };
}

function successorOf({ resignation }: Group): GroupEntry['successor'] {
  return resignation === null ? null : resignation.successor;
}

/** Whether that entry is what the group would say now. */
function says(group: Group, entry: GroupEntry): boolean {
  return (
    group.role === entry.role &&
    group.entry.priority === entry.priority &&
    group.entry.tieBreak === entry.tieBreak &&
    group.wants === entry.wants &&
    group.entry.pinned === entry.pinned &&
    successorOf(group) === entry.successor &&
    group.epoch === entry.epoch &&
    group.inherits === entry.inherits
  );
}
