// A claim under way: said to the others first, then whatever must be certain before this node answers
// for the group, then the addresses. Whoever holds the group already, or claims it with a better rank,
// goes first: this node gives way before it ever was a holder.

import type { Reason } from '#model/reason';
import { holdersOf, ownRank, rankOf, voices } from './neighbours.ts';
import { compareRank } from './rank.ts';
import { become, letGo } from './roles.ts';
import type { Vacancy } from './state.ts';
import { changeGroup, groupAt, holdAddresses, type Turn } from './turn.ts';

export function claim(turn: Turn, index: number, vacancy: Vacancy): void {
  const { group } = groupAt(turn, index);
  const lost = vacancy.resigned ? null : group.holder;
  become(turn, index, 'claiming', vacancy.reason, { claim: { lost } });
  proceed(turn, index);
}

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
  proceed(turn, index);
}

/** The next stage, once the one before it has its answer. */
function proceed(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  if (group.holdId === null) changeGroup(turn, index, { holdId: holdAddresses(turn, asked.addresses) });
}
