// The group table of another node, put together from the parts that its adverts carry. Only groups
// that this node has too are kept, so its size is bounded by our own settings.

import type { Advert } from '#model/advert';
import type { Settings } from '#model/settings';
import type { PeerTable } from './state.ts';

export const emptyTable: PeerTable = { held: 0, entries: new Map(), pending: null };

export function applyTable(settings: Settings, table: PeerTable, advert: Advert): PeerTable {
  const part = advert.table;
  if (part === null) return table;
  if (advert.tableVersion === table.held && part.base > 0) return table;
  const entries = new Map(table.entries);
  const ours = new Set(settings.groups.map((group) => group.name));
  for (const entry of part.entries) if (ours.has(entry.group)) entries.set(entry.group, entry);
  if (part.base > table.held) return { ...table, entries };

  const same =
    table.pending !== null &&
    table.pending.version === advert.tableVersion &&
    table.pending.base === part.base &&
    table.pending.parts === part.parts;
  const got = new Set(same ? table.pending?.got : []).add(part.part);
  if (got.size === part.parts) return { held: advert.tableVersion, entries, pending: null };
  const pending = { version: advert.tableVersion, base: part.base, parts: part.parts, got };
  return { held: table.held, entries, pending };
}
