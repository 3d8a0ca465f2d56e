// What this node says about a group in its table, and the version of the table in which it changed.

import type { GroupEntry } from '#model/advert';
import { termsOf } from './checks.ts';
import { tieBreakOf } from './links.ts';
import type { State } from './state.ts';
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
  changeGroup(turn, index, { entry: { ...group.entry, priority, tieBreak } });
}

/** After the decisions: entries that changed get the next version of the table, and are said at once. */
export function publishEntries(turn: Turn, before: State): void {
  const version = turn.state.tableVersion + 1;
  for (const [index, group] of turn.state.groups.entries()) {
    const old = before.groups[index];
    if (group === old) continue;
    const entry: GroupEntry = {
      ...group.entry,
      role: group.role,
      wants: group.wants,
      successor: group.resignation?.successor ?? null,
      epoch: group.epoch,
      inherits: group.inherits,
    };
    if (old !== undefined && sameEntry(entry, old.entry)) continue;
    const claimed = old === undefined || entry.epoch !== old.entry.epoch;
    changeGroup(turn, index, { entry, entryVersion: version, ...(claimed ? { epochVersion: version } : {}) });
    turn.state.tableVersion = version;
    turn.speak = true;
  }
}

function sameEntry(a: GroupEntry, b: GroupEntry): boolean {
  return (
    a.role === b.role &&
    a.priority === b.priority &&
    a.tieBreak === b.tieBreak &&
    a.wants === b.wants &&
    a.pinned === b.pinned &&
    a.successor === b.successor &&
    a.epoch === b.epoch &&
    a.inherits === b.inherits
  );
}
