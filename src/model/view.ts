// What the core shows of itself: enough for `status`, nothing that could be changed through it.

import type { Instant } from '#lib/time';
import type { AddressKey, CheckOutcome } from './input.ts';
import type { CheckName, GroupName, NodeName, PathName } from './names.ts';
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
  readonly groups: readonly GroupView[];
  readonly peers: readonly PeerView[];
  readonly checks: readonly CheckView[];
  readonly problems: readonly { readonly problem: Problem; readonly since: Instant }[];
  readonly counts: Counts;
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
  readonly addresses: readonly {
    readonly address: VirtualAddress;
    readonly key: AddressKey;
    readonly present: boolean;
  }[];
  readonly terms: readonly { readonly check: CheckName; readonly weight: number }[];
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
