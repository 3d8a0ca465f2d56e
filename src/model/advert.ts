// What one advert says, as values. One datagram carries the header, the echoes for the path it
// leaves on, and at most one part of the sender's group table. Bytes are `wire`'s business.

import type { BootId, GroupName, NodeName, PathName } from './names.ts';

/**
 * The last number that a claim can have. A start begins above the wall clock in milliseconds, which is here in 140,000
 * years, so whoever says more did not count that far.
 */
export const lastEpoch = 2 ** 52;

export type Role =
  | 'starting'
  | 'standby'
  | 'claiming'
  | 'active'
  | 'resigning'
  | 'faulted'
  | 'fenced'
  | 'draining'
  | 'witness';

export interface Advert {
  readonly cluster: string;
  readonly node: NodeName;
  readonly boot: BootId;
  /** One counter per boot over all paths; every datagram has its own number. */
  readonly sequence: number;
  readonly intervalMs: number;
  readonly downAfter: number;
  /** The longest time an address of the sender can outlive its last advert: its lease, in quorum mode X, and the lateness of its kernel. */
  readonly holdMs: number;
  /** The sender's name for the path it used. */
  readonly path: PathName;
  /** 16 hex digits over the settings that all nodes should share. */
  readonly configHash: string;
  /** The sender's program version, for people. */
  readonly release: string;
  /** The version of the sender's group table as it is now. */
  readonly tableVersion: number;
  /** A part of that table, or null when every listener is known to have it already. */
  readonly table: TablePart | null;
  /** What the sender hears, an entry for each boot. */
  readonly echoes: readonly Echo[];
  /** Null from a sender that does not say it. */
  readonly facts: SenderFacts | null;
  /** What the sender promises as a voter; null in availability mode. */
  readonly votes: Votes | null;
  /** Whom the sender had turned off and has not heard since, at most 8. */
  readonly turnedOff: readonly TurnedOff[];
}

/**
 * A life of a node that was verified off. Whatever it said up to this number it said before; above it, it may have been
 * turned on again. So the word is true for ever, and tells whoever heard a later number nothing.
 */
export interface TurnedOff {
  readonly boot: BootId;
  readonly sequence: number;
}

/** The word of a voter. An echo tells what was heard, and is never a vote. */
export interface Votes {
  /** 16 hex digits over the list of voters: votes count only among nodes that have the same. */
  readonly voters: string;
  /** It gives no promise to anybody new, itself included, since it may have forgotten one. */
  readonly silent: boolean;
  /** The highest epoch that it has granted or heard of. */
  readonly epoch: number;
  readonly given: readonly Vote[];
}

/** One for each candidate, however many groups it claims or holds. */
export interface Vote {
  readonly boot: BootId;
  /** The promise was given, or prolonged, on hearing this number. */
  readonly sequence: number;
  /** It covers every group that this version of the candidate's table claims or holds, … */
  readonly tableVersion: number;
  /** … but for these. */
  readonly except: readonly VoteException[];
}

export interface VoteException {
  readonly group: GroupName;
  /** Another claim with this epoch was granted, and the one refused is not above it; 0 where that is not why. */
  readonly epoch: number;
}

/** What a node says of its host, the same in every advert however many groups it has. */
export interface SenderFacts {
  readonly gateway: GatewayWord;
  /** The hardware addresses of the interfaces that carry its groups, lower case, at most 16. */
  readonly macs: readonly string[];
}

/** Whether the sender reaches a gateway; `none` where it was not told of any. */
export type GatewayWord = 'none' | 'reached' | 'unreached';

/** Who holds every entry up to `base` and gets all `parts` holds the table up to its version. */
export interface TablePart {
  readonly base: number;
  readonly part: number;
  readonly parts: number;
  /** Bytes of the datagram around it. Parts of one version that were cut for other room do not fit together. */
  readonly around: number;
  readonly entries: readonly GroupEntry[];
}

export interface GroupEntry {
  readonly group: GroupName;
  readonly role: Role;
  /** Effective priority, 1 to 254. */
  readonly priority: number;
  /** The primary address on the group's interface, or null where it has none. */
  readonly tieBreak: string | null;
  readonly wants: 'nothing' | 'preempt' | 'promote';
  readonly pinned: boolean;
  /** Who should take over, while `resigning`. */
  readonly successor: NodeName | null;
  /** Of the last claim, greater with each in quorum mode; 0 in availability mode. */
  readonly epoch: number;
  /** Whose claim this one goes on from, up to that epoch: a promise to it stands in the way no longer. */
  readonly inherits: { readonly boot: BootId; readonly epoch: number } | null;
}

export interface Echo {
  readonly boot: BootId;
  /** The highest sequence number heard from that boot on any path. */
  readonly sequence: number;
  /** Whether that boot is heard on the path that this datagram leaves on. */
  readonly here: boolean;
  /** The version of that boot's table which the echoing node holds completely. */
  readonly tableVersion: number;
}
