// What one advert says, as values. One datagram carries the header, the echoes for the path it
// leaves on, and at most one part of the sender's group table. Bytes are `wire`'s business.

import type { BootId, GroupName, NodeName, PathName } from './names.ts';

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
  /** The longest time an address of the sender can outlive its last advert: lease plus kernel lateness. */
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
  /** Greater with each claim in quorum mode; 0 in availability mode. */
  readonly epoch: number;
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
