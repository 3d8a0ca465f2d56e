// What an operator asked for, checked and complete: every default filled in, every duration in
// milliseconds, every address canonical. How it was written (TOML, file, line) is absent on purpose.

import type { CheckName, GroupName, InterfaceName, NodeName, PathName } from './names.ts';

export interface Settings {
  readonly cluster: string;
  readonly node: NodeName;
  readonly auth: Auth;
  readonly intervalMs: number;
  readonly downAfter: number;
  readonly transport: Transport;
  /** The only nodes that may speak, or null where everybody with the key may. */
  readonly nodes: readonly NodeName[] | null;
  /** Null in availability mode. */
  readonly quorum: Quorum | null;
  /** It votes and never holds. */
  readonly witness: boolean;
  /** How long to listen before the first claim; never less than the down time. */
  readonly startupDelayMs: number;
  readonly lease: Lease;
  /** The device that resets this host when nobody feeds it, or null for none. */
  readonly watchdog: string | null;
  /** Ask the wire whether somebody still answers for an address before it is claimed. */
  readonly probe: boolean;
  /** Who alone reaches none of these does not hold. Empty: nobody is asked. */
  readonly gateways: readonly string[];
  readonly groups: readonly GroupSettings[];
  readonly checks: readonly CheckSettings[];
  readonly hook: HookSettings | null;
  readonly fence: FenceSettings;
  readonly log: { readonly format: 'text' | 'json'; readonly level: LogLevel };
}

/** How late the kernel can be with an address whose lifetime ended. */
export const addressLateMs = 1250;

/**
 * Rates of clocks may differ by 1 % each way; with a margin, what one node counts on is over so many times later, or
 * sooner, by the clock of another. A voter keeps its word so much longer than it was asked to.
 */
export const rateMargin = 1.03;

export interface Quorum {
  /** In order of name: every node has the same. */
  readonly voters: readonly NodeName[];
  /** The longest hold that a voter promises to respect; the same on all nodes. */
  readonly longestHoldMs: number;
}

export type LogLevel = 'error' | 'warning' | 'info' | 'debug';

export type Auth = { readonly kind: 'none' } | { readonly kind: 'key'; readonly file: string };

export interface Transport {
  readonly port: number;
  /** The group to send to on a path that has an IPv4 address, and on one that has none. */
  readonly multicast4: string;
  readonly multicast6: string;
  /** Not empty: unicast to these in place of multicast. */
  readonly peers: readonly string[];
  readonly paths: readonly PathSettings[];
}

export interface PathSettings {
  readonly name: PathName;
  /** Null for the path that stands for the peer list. */
  readonly interface: InterfaceName | null;
}

/**
 * How long the kernel lets a host answer for what nobody renews. `nftables`: a gate that shuts after `ms`, at most
 * `lateMs` late, with addresses whose lifetime (`addressMs`, whole seconds) ends later. `address`: that lifetime alone.
 */
export type Lease =
  | { readonly kind: 'nftables'; readonly ms: number; readonly lateMs: number; readonly addressMs: number }
  | {
      readonly kind: 'address';
      readonly ms: number;
      /** Why this host has no gate, though one was asked for. */
      readonly noGate?: string;
    }
  | { readonly kind: 'off' };

export interface GroupSettings {
  readonly name: GroupName;
  /** The interface whose primary address breaks ties and whose link the group depends on. */
  readonly interface: InterfaceName;
  readonly addresses: readonly VirtualAddress[];
  readonly priority: number;
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  readonly checks: readonly CheckName[];
  readonly announce: AnnounceSettings;
}

export interface VirtualAddress {
  /** Canonical text without a prefix length: `192.0.2.10`, `2001:db8::10`. */
  readonly address: string;
  readonly family: 4 | 6;
  readonly prefix: number;
  readonly interface: InterfaceName;
  readonly label: string | null;
}

export interface AnnounceSettings {
  readonly count: number;
  readonly intervalMs: number;
  /** A second round this long after the first; 0 for none. */
  readonly againAfterMs: number;
  /** One announcement this often while active; 0 for none. */
  readonly refreshMs: number;
}

export interface CheckSettings {
  readonly name: CheckName;
  readonly script: readonly string[];
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
  readonly onFail:
    | { readonly kind: 'fault' }
    | { readonly kind: 'fence' }
    | { readonly kind: 'weight'; readonly weight: number };
  readonly user: string;
}

export interface HookSettings {
  readonly command: readonly string[];
  readonly timeoutMs: number;
  readonly user: string;
}

export interface FenceSettings {
  /** Run once this node has fenced itself and its addresses are gone; null for nothing. */
  readonly self: readonly string[] | null;
  /** How long a fenced node stays so; null until an operator ends it. */
  readonly releaseMs: number | null;
  /** The agent that turns another node off; null where there is none. */
  readonly peer: readonly string[] | null;
  /** What the agent is told beside the node: for every node, or for the one that `node` names. */
  readonly peerKeys: readonly FenceKey[];
  readonly timeoutMs: number;
  /** No claim from a lost holder without a fence that succeeded. */
  readonly peerRequired: boolean;
}

export interface FenceKey {
  readonly node: NodeName | null;
  readonly key: string;
  readonly value: string;
}
