// What a voter says in every advert: of fixed length for each candidate, however many groups it has.

import type { Votes } from '#model/advert';
import { isSilent } from './electorate.ts';
import type { Turn } from './turn.ts';

export function votesSaid(turn: Turn): Votes | null {
  const { quorum } = turn.state;
  if (quorum === null) return null;
  const given = [...quorum.candidates]
    .filter(([boot, { sequence }]) => boot !== turn.state.boot && sequence > 0)
    .map(([boot, { sequence, tableVersion, except }]) => ({ boot, sequence, tableVersion, except }));
  return { voters: quorum.hash, silent: isSilent(turn), epoch: quorum.highestEpoch, given };
}
