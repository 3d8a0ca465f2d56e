// What a voter says in every advert: of fixed length for each candidate, however many groups it has.

import type { Vote, Votes } from '#model/advert';
import { isSilent } from './electorate.ts';
import type { Turn } from './turn.ts';

export function votesSaid(turn: Turn): Votes | null {
  const { quorum } = turn.state;
  if (quorum === null) return null;
  const given: Vote[] = [];
  for (const [boot, { sequence, tableVersion, except }] of quorum.candidates) {
    if (boot !== turn.state.boot && sequence > 0) given.push({ boot, sequence, tableVersion, except });
  }
  return { voters: quorum.hash, silent: isSilent(turn), epoch: quorum.highestEpoch, given };
}
