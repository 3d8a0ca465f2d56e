// What the core shows of itself: enough for `status`, nothing that could be changed through it.

import type { Instant } from '#lib/time';
import type { AddressKey, CheckOutcome } from './input.ts';
import type { CheckName, GroupName, NodeName, PathName } from './names.ts';
import type { FenceCause } from './fence.ts';
import type { Problem } from './problem.ts';
import type { Reason } from './reason.ts';
import type { VirtualAddress } from './settings.ts';

export type GroupState =
  | 'starting'
  | 'standby'
  | 'claiming'
  | 'active'
  | 'releasing'
  | 'faulted'
  | 'fenced'
  | 'draining';

export type PeerState = 'two-way' | 'one-way' | 'lost';
export type CheckState = 'unknown' | 'passing' | 'failing';

export interface View {
  /** This node is fenced; `until` is null until an operator ends it. */
  readonly fenced: { readonly cause: FenceCause; readonly since: Instant; readonly until: Instant | null } | null;
  readonly groups: readonly GroupView[];
  readonly peers: readonly PeerView[];
  readonly checks: readonly CheckView[];
  readonly problems: readonly { readonly problem: Problem; readonly since: Instant }[];
  readonly counts: Counts;
  /** Null in availability mode. */
  readonly quorum: QuorumView | null;
}

export interface GroupView {
  readonly name: GroupName;
  readonly state: GroupState;
  readonly since: Instant;
  readonly reason: Reason;
  readonly priority: number;
  readonly effectivePriority: number;
  /** Who holds the group as far as this node knows; null for nobody. */
  readonly holder: NodeName | null;
  /** Of the last claim of this node; 0 in availability mode. */
  readonly epoch: number;
  /** Whom this node has promised the group to as a voter, itself perhaps; null for nobody. */
  readonly promisedTo: NodeName | null;
  /** Until when a majority lets this node hold it; null where none does. */
  readonly mandateUntil: Instant | null;
  readonly addresses: readonly {
    readonly address: VirtualAddress;
    readonly key: AddressKey;
    readonly present: boolean;
  }[];
  readonly terms: readonly { readonly check: CheckName; readonly weight: number }[];
}

export interface QuorumView {
  readonly voters: readonly NodeName[];
  readonly majority: number;
  /** Voters that hear this node and could give it a vote now, itself included. */
  readonly reachable: readonly NodeName[];
  /** Until when this node gives no new promise; null when it does, never when it may not at all. */
  readonly silentUntil: Instant | null;
}

export interface PeerView {
  readonly name: NodeName;
  readonly address: string;
  readonly state: PeerState;
  readonly lastHeardAt: Instant;
  readonly paths: readonly { readonly path: PathName; readonly state: PeerState }[];
  readonly release: string;
  readonly sameConfig: boolean;
}

export interface CheckView {
  readonly name: CheckName;
  readonly state: CheckState;
  readonly since: Instant;
  readonly last: { readonly outcome: CheckOutcome; readonly ms: number; readonly output: string } | null;
}

/** Counted by the core: refusals that need its knowledge, and things that ought never to happen. */
interface Counts {
  /** Adverts taken in, and those that the core refused, by reason. */
  readonly received: number;
  readonly refused: Readonly<Partial<Record<CoreRefusal, number>>>;
  readonly dualHolder: Readonly<Record<GroupName, number>>;
  readonly staleOutcomes: number;
}

export type CoreRefusal = 'replayed' | 'unnamed-node' | 'too-many-peers';
