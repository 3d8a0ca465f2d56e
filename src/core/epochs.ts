// The number of a claim, and whose claim it goes on from. Epochs only rise: each is above all that were heard
// of, and those of a new start are above the wall clock and above what an earlier start reserved. Whoever said
// that it let go has ended its claims up to the epoch that it last had.

import { longAgo } from '#lib/time';
import { type Advert, type GroupEntry, lastEpoch } from '#model/advert';
import { quorumWith } from './copy-state.ts';
import { isClaim } from './quorum-state.ts';
import type { Group } from './state.ts';
import { groupAt, type Turn } from './turn.ts';

/** So many are set aside at a time: more than the claims of any start. */
const epochBlock = 1_000_000;

type Inheritance = NonNullable<GroupEntry['inherits']>;

export function noteEpochs(turn: Turn, { votes, table }: Advert): void {
  const { quorum } = turn.state;
  if (quorum === null) return;
  let highest = votes?.epoch ?? 0;
  for (const { epoch } of table?.entries ?? []) highest = Math.max(highest, epoch);
  raiseEpoch(turn, highest);
}

/** What sets a claim apart from all that were before it. */
export function newClaim(turn: Turn, index: number): Partial<Group> {
  const { quorum } = turn.state;
  if (quorum === null) return {};
  return { epoch: takeEpoch(turn), inherits: inheritance(turn, index), mandate: longAgo };
}

/** Above all that were heard of. Where one came to the last number there is, others refuse the claim: it is not above. */
export function takeEpoch(turn: Turn): number {
  const epoch = Math.min((turn.state.quorum?.highestEpoch ?? 0) + 1, lastEpoch);
  raiseEpoch(turn, epoch);
  return epoch;
}

/** Above whatever this node heard of, its next start has to begin too: other nodes' starts may have come further. */
function raiseEpoch(turn: Turn, heard: number): void {
  const { quorum } = turn.state;
  const epoch = Math.min(heard, lastEpoch);
  if (quorum === null || epoch <= quorum.highestEpoch) return;
  turn.state.quorum = quorumWith(quorum, { highestEpoch: epoch });
  if (epoch < quorum.reservedBelow) return;
  // Rounded up, so that it is seldom more than what each start reserves by itself.
  const epochsBelow = Math.min((Math.floor(epoch / epochBlock) + 1) * epochBlock, lastEpoch);
  turn.state.quorum = quorumWith(turn.state.quorum, { reservedBelow: epochsBelow });
  turn.late.push({ kind: 'reserve', epochsBelow });
}

/** Who named this node as its successor, or else whoever claimed last and let go. */
function inheritance(turn: Turn, index: number): Inheritance | null {
  const { name } = groupAt(turn, index).group;
  let best: (Inheritance & { readonly named: boolean }) | null = null;
  for (const boot of turn.state.boots.values()) {
    const entry = boot.table.entries.get(name);
    if (!boot.proven || entry === undefined || isClaim(entry.role) || entry.epoch === 0) continue;
    const named = entry.role === 'resigning' && entry.successor === turn.settings.node;
    const better = best === null || (named === best.named ? entry.epoch > best.epoch : named);
    if (better) best = { boot: boot.boot, epoch: entry.epoch, named };
  }
  return best === null ? null : { boot: best.boot, epoch: best.epoch };
}
