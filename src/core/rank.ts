// Who stands before whom (PROTOCOL: rank): effective priority, then the higher tie-break address,
// then the node's name. A strict total order that every node computes alike.

import { compareIp, parseIp } from '#lib/ip';
import type { NodeName } from '#model/names';

export interface Rank {
  readonly priority: number;
  readonly tieBreak: string | null;
  readonly node: NodeName;
}

/** Negative when `a` ranks better than `b`; 0 only for one and the same node. */
export function compareRank(a: Rank, b: Rank): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  const tie = compareIp(tieBytes(b), tieBytes(a));
  if (tie !== 0) return tie;
  if (a.node === b.node) return 0;
  return a.node > b.node ? -1 : 1;
}

/** No address ranks behind every address. */
function tieBytes(rank: Rank): Uint8Array {
  return (rank.tieBreak === null ? null : parseIp(rank.tieBreak)) ?? new Uint8Array(0);
}
