// What `GET /v1/status` and `locum status --json` say, as types: the names are a contract with scripts.
// Adding is fine, renaming is not. Building it is status.ts, showing it to people status-table.ts.

import type { CheckState, GroupState, PeerState } from '#model/view';

export interface StatusDocument {
  readonly version: string;
  readonly cluster: string;
  readonly node: string;
  readonly pid: number;
  /** ISO 8601, as every time here. */
  readonly since: string;
  /** When this was rendered. */
  readonly now: string;
  readonly mode: 'availability' | 'quorum';
  /** This node votes and never holds. */
  readonly witness: boolean;
  /** Null in availability mode. */
  readonly quorum: {
    readonly voters: readonly string[];
    /** So many votes let a node hold. */
    readonly majority: number;
    /** Voters that hear this node and could vote for it now, itself included. */
    readonly reachable: readonly string[];
    /** It may have forgotten a promise, and gives none. */
    readonly silent: boolean;
    /** For how much longer; null where it is not silent, or for ever. */
    readonly silent_ms: number | null;
  } | null;
  /**
   * `ms` is null where the lease is off. `open_ms`: for how long at most two hosts could answer if this
   * daemon froze or was killed while it holds, and the wire showed nobody that it still answers; null where nothing ends it.
   */
  readonly lease: {
    readonly kind: 'nftables' | 'address' | 'off';
    readonly ms: number | null;
    readonly open_ms: number | null;
  };
  /** Null: not fenced. `until` is null until an operator ends it. */
  readonly fenced: { readonly reason: string; readonly since: string | null; readonly until: string | null } | null;
  readonly draining: boolean;
  readonly adverts: {
    readonly sent: number;
    readonly received: number;
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly stale_outcomes: number;
  /** How much later than asked for the main loop came to what was due, since the daemon started. */
  readonly loop_late: StatusLateness;
  /** Of the main loop, as the kernel has it: `other`, `rr`, `fifo`, …; the priority is 0 where it is not realtime. */
  readonly scheduling: { readonly policy: string; readonly priority: number };
  readonly groups: readonly StatusGroup[];
  readonly peers: readonly StatusPeer[];
  readonly checks: readonly StatusCheck[];
  readonly problems: readonly { readonly code: string; readonly message: string; readonly since: string | null }[];
}

/** The quantiles are estimated from the buckets; null, as `max_at`, where nothing was due so far. */
export interface StatusLateness {
  readonly count: number;
  readonly sum_ms: number;
  readonly max_ms: number;
  readonly max_at: string | null;
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
  readonly p999_ms: number | null;
  /** Each counts what is above the one before it; `up_to_ms` of the last is null. */
  readonly buckets: readonly { readonly up_to_ms: number | null; readonly count: number }[];
}

export interface StatusGroup {
  readonly name: string;
  readonly state: GroupState;
  readonly since: string | null;
  readonly reason: string;
  readonly reason_code: string;
  readonly priority: number;
  readonly effective_priority: number;
  readonly holder: string | null;
  /** Of this node's last claim; 0 in availability mode. */
  readonly epoch: number;
  /** The node that this one promised the group to as a voter, itself perhaps. */
  readonly promised_to: string | null;
  /** For how much longer a majority lets this node hold it; null where none does. */
  readonly mandate_ms: number | null;
  /** How often another node was seen to hold it at the same time. */
  readonly dual_holder: number;
  readonly addresses: readonly { readonly address: string; readonly interface: string; readonly present: boolean }[];
  readonly terms: readonly { readonly what: string; readonly weight: number }[];
  readonly takeover: StatusTakeover | null;
}

/** The last takeover of a group by this daemon: when it was decided on, and what was done how long after that. */
export interface StatusTakeover {
  readonly at: string | null;
  /** Microseconds. Null for what was not done, or not needed. */
  readonly steps_us: {
    readonly claim_said: number | null;
    readonly gate_open: number | null;
    readonly addresses_confirmed: number | null;
    readonly active_said: number | null;
    readonly first_announcement: number | null;
    /** Every address announced once; repetitions follow. */
    readonly last_announcement: number | null;
  };
}

export interface StatusPeer {
  readonly name: string;
  readonly address: string;
  readonly state: PeerState;
  /** Null: never. */
  readonly last_heard_ms: number | null;
  /** `interface` is null for the path of a unicast peer list. */
  readonly paths: readonly { readonly interface: string | null; readonly state: PeerState }[];
  readonly version: string;
  readonly same_config: boolean;
}

export interface StatusCheck {
  readonly name: string;
  readonly state: CheckState;
  readonly since: string | null;
  /** `detail` names the signal or the error behind `outcome`. */
  readonly last: {
    readonly outcome: string;
    readonly detail: string | null;
    readonly ms: number;
    readonly output: string;
  } | null;
}
