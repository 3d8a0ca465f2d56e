// Whose word of resignation still counts. It is heard until another one replaces it, and who said it may have died or be
// cut off by then: once another node holds the group, that word has had its effect.

import type { Role } from '#model/advert';
import type { BootId, GroupName } from '#model/names';
import type { Voice } from './neighbours.ts';
import type { Group, Resigned } from './state.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';

/** Looked at before the decisions: who resigns is remembered with who seemed to hold the group when that was first heard. */
export function noteResigners(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  const before = group.resigners;
  const resigning = bootsIn(turn, group.name, 'resigning');
  if (resigning === nobody && before.size === 0) return;
  const active = bootsIn(turn, group.name, 'active');
  const holders = group.role === 'active' ? [...active, turn.state.boot] : active;
  const resigners = new Map(
    resigning.map((id) => [
      id,
      isTaken(turn, id, group.name, holders) ? 'settled' : besideWhom(before.get(id), holders),
    ]),
  );
  const same = resigners.size === before.size && [...resigners].every(([id, beside]) => before.get(id) === beside);
  if (!same) changeGroup(turn, index, { resigners });
}

const nobody: readonly BootId[] = [];

/** Looked for with each look at a group, and found seldom. */
function bootsIn(turn: Turn, group: GroupName, role: Role): readonly BootId[] {
  let found: BootId[] | null = null;
  for (const { boot, state, table } of turn.state.boots.values())
    if (state !== 'lost' && table.entries.get(group)?.role === role) (found ??= []).push(boot);
  return found ?? nobody;
}

/** Whom it names was heard to hold the group already: the two words overtook each other on their ways. */
function isTaken(turn: Turn, id: BootId, group: GroupName, holders: readonly BootId[]): boolean {
  const heir = turn.state.boots.get(id)?.table.entries.get(group)?.successor ?? null;
  return heir !== null && holders.some((holder) => turn.state.boots.get(holder)?.node === heir);
}

function besideWhom(known: Resigned | undefined, holders: readonly BootId[]): Resigned {
  if (known === undefined) return holders;
  return known === 'settled' || holders.some((id) => !known.includes(id)) ? 'settled' : known;
}

/** Who gave the group up, and nobody has held it since. */
export function resignersOf({ resigners }: Group, all: readonly Voice[]): Voice[] {
  return all.filter(({ boot, entry }) => {
    return boot.proven && entry.role === 'resigning' && resigners.get(boot.boot) !== 'settled';
  });
}

/**
 * Somebody else seemed to hold the group whenever it was offered to this node: who waits for that one to go may not know
 * of the offer.
 */
export function isOfferedBeside(turn: Turn, { name, resigners }: Group): boolean {
  let found = false;
  for (const [id, beside] of resigners) {
    if (beside === 'settled' || turn.state.boots.get(id)?.table.entries.get(name)?.successor !== turn.settings.node)
      continue;
    if (beside.length === 0) return false;
    found = true;
  }
  return found;
}
