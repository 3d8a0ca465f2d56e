// What a node of a quorum cluster remembers besides: as a voter what it promised, as a candidate what it
// sent and until when it may hold. Plain data; the rules are in promises.ts and mandate.ts.

import type { Instant } from '#lib/time';
import type { Role, VoteException } from '#model/advert';
import type { BootId, EffectId, GroupName, NodeName } from '#model/names';

export interface QuorumState {
  /** 16 hex digits over the list of voters. */
  readonly hash: string;
  /** No new promise before this instant; null once it is past. */
  readonly silentUntil: Instant | null;
  /** How long that is after the start. */
  readonly silentMs: number;
  /** The list changed by more than one name: no promise at all. */
  readonly muted: boolean;
  /** The list in force is the one that a next start will be told of. */
  readonly remembered: boolean;
  /** No claim of an epoch up to this one is granted, since a promise may have been forgotten. */
  readonly epochFloor: number;
  /** The next start is known to begin no lower. */
  readonly reservedBelow: number;
  /** The highest epoch granted, heard of or claimed. */
  readonly highestEpoch: number;
  /** The last promise for each group, past ones for the sake of their epoch. BOUNDED by `mostPromises`. */
  readonly promises: ReadonlyMap<GroupName, Promised>;
  /** Whoever claims or holds something, itself included. BOUNDED by `mostVotes`, and `maxBoots` of whom nothing can be said. */
  readonly candidates: ReadonlyMap<BootId, Candidate>;
  /** The latest adverts of this node, oldest first. BOUNDED by `mostSent`. */
  readonly sent: readonly SentAdvert[];
  /** The end of the kernel's lease as it was granted last. */
  readonly grantedUntil: Instant;
}

export interface Promised {
  readonly boot: BootId;
  readonly epoch: number;
  /** False once the candidate let go, somebody inherited from it, or its time is over. */
  readonly standing: boolean;
  /** A claim of this node itself that opened nothing so far: what it took the place of, to be put back when it is given up. */
  readonly unopened: { readonly before: Promised | undefined } | null;
}

export interface Candidate {
  readonly node: NodeName;
  /** All promises to this boot last until then, never shortened; long ago while there is none. */
  readonly until: Instant;
  /** The vote as it is said; number 0 while there is nothing to say. */
  readonly sequence: number;
  readonly tableVersion: number;
  readonly except: readonly VoteException[];
  /** Some claim of it was refused: asked again whenever a promise ends. */
  readonly refused: boolean;
}

export interface SentAdvert {
  readonly id: EffectId;
  readonly tableVersion: number;
  /** When it left, and the highest number in it; null until that is told. */
  readonly left: { readonly at: Instant; readonly last: number } | null;
}

/** In these roles a group is what votes are asked for. */
export function isClaim(role: Role): boolean {
  return role === 'claiming' || role === 'active';
}
