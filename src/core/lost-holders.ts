// Who may still hold a group although nobody hears him: every boot that was last heard as its holder or
// claimant and then fell silent. Whoever is heard to let go is none any more, nor is anybody once another
// node, or this one, is the holder. Kept only where there is a fence agent, whatever this node's own role.

import type { BootId, GroupName, NodeName } from '#model/names';
import { voices } from './neighbours.ts';
import type { Boot } from './boot-state.ts';
import { groupAt, type Turn } from './turn.ts';

/** By boot, the name of its node. BOUNDED by the boots that are remembered. */
export type LostHolders = ReadonlyMap<BootId, NodeName>;

const nobody: LostHolders = new Map();

export function lostHoldersOf(turn: Turn, group: GroupName): LostHolders {
  return turn.state.lostHolders.get(group) ?? nobody;
}

/** Looked at with each group: it costs nothing where nobody fences. */
export function noteLostHolders(turn: Turn, index: number): void {
  if (turn.settings.fence.peer === null) return;
  const { group } = groupAt(turn, index);
  const before = lostHoldersOf(turn, group.name);
  const heard = voices(turn, group.name).filter(({ boot }) => boot.proven && boot.node !== turn.settings.node);
  const superseded = group.role === 'active' || heard.some(({ entry }) => entry.role === 'active');
  const after = new Map([...before].filter(([id, node]) => !superseded && isSilent(turn, id, node)));
  for (const { boot, entry } of heard)
    if (entry.role === 'active' || entry.role === 'claiming') after.set(boot.boot, boot.node);
  if (sameKeys(before, after)) return;
  turn.state.lostHolders = new Map(turn.state.lostHolders).set(group.name, after);
}

/**
 * Nothing is heard of that life of the node, nor of a later one, which would have let go of everything. An earlier one may
 * not be given up yet, where this node was late itself and has patience with whoever it heard before that.
 */
function isSilent(turn: Turn, id: BootId, node: NodeName): boolean {
  const boot = turn.state.boots.get(id);
  if (boot === undefined) return liveBootOf(turn, node, true) === undefined;
  for (const other of turn.state.boots.values()) {
    if (other.node !== node || other.state === 'lost') continue;
    if (other === boot || (other.proven && other.firstHeardAt > boot.firstHeardAt)) return false;
  }
  return true;
}

/** A life of that node that is heard now. */
export function liveBootOf(turn: Turn, node: NodeName, proven: boolean): Boot | undefined {
  return [...turn.state.boots.values()].find(
    (boot) => boot.node === node && boot.state !== 'lost' && (boot.proven || !proven),
  );
}

function sameKeys(a: LostHolders, b: LostHolders): boolean {
  return a.size === b.size && [...a.keys()].every((key) => b.has(key));
}
