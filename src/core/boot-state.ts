// What is remembered of one life of another node's daemon: when and where it was heard, what it says of itself and of
// others, and its table of groups. Plain data; peers.ts takes adverts in, silence.ts judges who is lost.

import type { Instant } from '#lib/time';
import type { GatewayWord, GroupEntry, TurnedOff, Votes } from '#model/advert';
import type { BootId, GroupName, NodeName, PathName } from '#model/names';
import type { PeerState } from '#model/view';

/** One life of another node's daemon. */
export interface Boot {
  readonly boot: BootId;
  readonly node: NodeName;
  readonly address: string;
  readonly firstHeardAt: Instant;
  readonly lastHeardAt: Instant;
  readonly sequence: number;
  readonly paths: ReadonlyMap<PathName, BootPath>;
  readonly downMs: number;
  readonly intervalMs: number;
  /** For how long it can answer after its last advert. */
  readonly holdMs: number;
  /** Its hardware addresses; none where it does not say. BOUNDED by the decoder. */
  readonly macs: readonly string[];
  readonly gateway: GatewayWord;
  /** Since when it says that without a break. */
  readonly gatewaySince: Instant;
  /** Its word as a voter. BOUNDED by the decoder. */
  readonly votes: Votes | null;
  /** Whom it had turned off. BOUNDED by the decoder. */
  readonly turnedOff: readonly TurnedOff[];
  readonly configHash: string;
  readonly release: string;
  /** It once echoed our boot: what it says is not a recording. */
  readonly proven: boolean;
  /** When the number of ours that it echoes last rose. */
  readonly echoedAt: Instant;
  readonly echoedSequence: number;
  /** The version of our table that it holds. */
  readonly echoedTable: number;
  /** What it echoes of third boots, and when that last rose. BOUNDED by the decoder. */
  readonly echoes: ReadonlyMap<BootId, { readonly sequence: number; readonly risenAt: Instant }>;
  /** The version of its own table, as it says; what is held here may be older. */
  readonly tableVersion: number;
  readonly table: PeerTable;
  /** When it last said that it claims, and may not have heard this node: it may have ordered then to turn it off. */
  readonly orderedAt: Instant;
  /** Added to every silence before it counts, since this node itself ran late. */
  readonly patienceMs: number;
  /** Lost means silent on every path for its down time, as judged after a full poll. */
  readonly state: PeerState;
}

export interface BootPath {
  readonly firstHeardAt: Instant;
  readonly lastHeardAt: Instant;
  readonly sequence: number;
  /** When it last said that it hears us on this path. */
  readonly echoedAt: Instant;
  readonly state: PeerState;
}

export interface PeerTable {
  /** Complete up to this version; 0 means that nothing is known for sure yet. */
  readonly held: number;
  readonly entries: ReadonlyMap<GroupName, GroupEntry>;
  /** Parts of a newer version that have come so far. BOUNDED by `parts`. */
  readonly pending: {
    readonly version: number;
    readonly base: number;
    readonly parts: number;
    readonly around: number;
    readonly got: ReadonlySet<number>;
  } | null;
}
