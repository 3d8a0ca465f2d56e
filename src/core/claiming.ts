// A claim under way, until the kernel has answered. Whoever holds the group already, or claims it
// with a better rank, goes first: this node gives way before it ever was a holder.

import type { Reason } from '#model/reason';
import { holdersOf, ownRank, rankOf, voices } from './neighbours.ts';
import { compareRank } from './rank.ts';
import { become, letGo } from './roles.ts';
import { groupAt, type Turn } from './turn.ts';

export function goOnClaiming(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  const mine = ownRank(turn, group);
  for (const voice of holdersOf(voices(turn, group.name))) {
    const holds = voice.entry.role === 'active';
    const outranks = voice.boot.proven && compareRank(rankOf(voice), mine) < 0;
    if (!holds && !outranks) continue;
    const node = voice.boot.node;
    const reason: Reason = holds ? { kind: 'holder-live', holder: node } : { kind: 'claimant-live', claimant: node };
    letGo(turn, index);
    become(turn, index, 'standby', reason);
    return;
  }
}
