// The group table of another node, put together from the parts that its adverts carry. Only groups
// that this node has too are kept, so its size is bounded by our own settings; in quorum mode all of them
// up to `mostEntries`, since a voter votes on what it does not have.

import { copyOfMap } from '#lib/map-copy';
import type { Advert } from '#model/advert';
import type { GroupName } from '#model/names';
import type { Settings } from '#model/settings';
import type { PeerTable } from './boot-state.ts';

const mostEntries = 8192;

export const emptyTable: PeerTable = { held: 0, entries: new Map(), pending: null };

/** A large table comes in many parts, and each asks. */
const names = new WeakMap<Settings, ReadonlySet<GroupName>>();

function namesOf(settings: Settings): ReadonlySet<GroupName> {
  const known = names.get(settings);
  if (known !== undefined) return known;
  const found = new Set(settings.groups.map((group) => group.name));
  names.set(settings, found);
  return found;
}

export function applyTable(settings: Settings, table: PeerTable, advert: Advert): PeerTable {
  const part = advert.table;
  if (part === null) return table;
  if (advert.tableVersion === table.held && part.base > 0) return table;
  const entries = copyOfMap(table.entries);
  const ours = namesOf(settings);
  // A voter votes on groups that it does not have.
  const wanted = (group: GroupName) => settings.quorum !== null || ours.has(group);
  for (const entry of part.entries) if (wanted(entry.group)) entries.set(entry.group, entry);
  // Never whole, so never voted on: nobody has so many groups.
  if (entries.size > mostEntries) return table;
  if (part.base > table.held) return { ...table, entries };

  const same =
    table.pending !== null &&
    table.pending.version === advert.tableVersion &&
    table.pending.base === part.base &&
    table.pending.parts === part.parts &&
    table.pending.around === part.around;
  const got = new Set(same ? table.pending?.got : []).add(part.part);
  if (got.size === part.parts) return { held: advert.tableVersion, entries, pending: null };
  const pending = { version: advert.tableVersion, base: part.base, parts: part.parts, around: part.around, got };
  return { held: table.held, entries, pending };
}

export function claims({ entries }: PeerTable): boolean {
  for (const { role } of entries.values()) if (role === 'claiming') return true;
  return false;
}
