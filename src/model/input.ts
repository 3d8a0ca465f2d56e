// Everything that can happen to a daemon, as values. One at a time goes into the core.

import type { Instant } from '#lib/time';
import type { Advert } from './advert.ts';
import type { BootId, CheckName, EffectId, GroupName, InterfaceName, NodeName, PathName } from './names.ts';
import type { Latch, RequestId } from './fence.ts';
import type { Lease } from './settings.ts';

export type Input =
  /** The instant the core asked to be woken at has come, or nothing in particular. */
  | { readonly kind: 'wake' }
  /** Every packet that waited in a socket at `begun` has been offered. */
  | { readonly kind: 'polled'; readonly begun: Instant }
  | ({ readonly kind: 'advert' } & HeardAdvert)
  /** Several that waited together, in the order in which they came: decided on once, when the last is taken in. */
  | { readonly kind: 'adverts'; readonly adverts: readonly HeardAdvert[] }
  /** An advert left, or did not: `at` is the clock just before the first datagram. */
  | {
      readonly kind: 'sent';
      readonly id: EffectId;
      readonly at: Instant;
      /** The highest number among its datagrams. */
      readonly last: number;
      readonly paths: readonly { readonly path: PathName; readonly error: string | null }[];
    }
  /** All links that the host has now. Offered at the start and whenever one changes. */
  | { readonly kind: 'links'; readonly links: readonly LinkFacts[] }
  /** What the kernel made of a `hold`, `release` or `renew`; `openedAt` is when a gate let a `hold` through. */
  | {
      readonly kind: 'kernel';
      readonly id: EffectId;
      readonly outcomes: readonly AddressOutcome[];
      readonly openedAt?: Instant | null;
    }
  /** An address that we hold is gone, or came back, and it was not our doing. */
  | { readonly kind: 'address-changed'; readonly key: AddressKey; readonly present: boolean }
  /** The gate was shut before a renewal reached it: this host is silent for all that it holds. */
  | { readonly kind: 'lapsed' }
  /** This host was suspended for so long. Offered before anything else that it wakes up to. */
  | { readonly kind: 'slept'; readonly ms: number }
  /**
   * Another host's hardware address spoke on the wire for one of our addresses: an answer, or an announcement. `after`: not
   * before then; left out where it was heard at once.
   */
  | { readonly kind: 'seen'; readonly key: AddressKey; readonly mac: string; readonly after?: Instant }
  /** Another host asked the wire whether one of our addresses is free, as whoever is about to take it does. */
  | { readonly kind: 'probed'; readonly key: AddressKey; readonly mac: string }
  /** A gateway answered, whatever it was asked. */
  | { readonly kind: 'gateway-answered'; readonly gateway: string }
  /** All configured addresses that are on this host now and are not ours: an administrator's. */
  | { readonly kind: 'foreign'; readonly keys: readonly AddressKey[] }
  | {
      readonly kind: 'checked';
      readonly id: EffectId;
      readonly check: CheckName;
      readonly outcome: CheckOutcome;
      readonly ms: number;
      readonly output: string;
    }
  | { readonly kind: 'hooked'; readonly group: GroupName; readonly outcome: CheckOutcome; readonly output: string }
  /** An operator wants this node to hold nothing, or to take part again. Answered by `answer`. */
  | { readonly kind: 'fence'; readonly request: RequestId; readonly text: string }
  | { readonly kind: 'unfence'; readonly request: RequestId }
  /** What became of a `latch`: null when the disk has it, otherwise what went wrong. */
  | { readonly kind: 'latched'; readonly id: EffectId; readonly error: string | null }
  /** The program behind a `fence-self` or a `fence-peer` has ended. */
  | {
      readonly kind: 'fence-ran';
      readonly id: EffectId;
      readonly outcome: CheckOutcome;
      readonly ms: number;
      readonly output: string;
    }
  /** SIGTERM: hand everything over, then exit. */
  | { readonly kind: 'stop' };

export interface HeardAdvert {
  readonly path: PathName;
  readonly from: string;
  readonly advert: Advert;
}

export interface LinkFacts {
  readonly name: InterfaceName;
  readonly index: number;
  /** Administratively up, with carrier. */
  readonly up: boolean;
  readonly mac: string;
  /** The first address of each family that is not one of ours; the IPv6 one is link-local. */
  readonly primary4: string | null;
  readonly linkLocal6: string | null;
}

/** `interface/address/prefix`, canonical: one address on one interface. */
export type AddressKey = string;

export type AddressOutcome =
  | { readonly key: AddressKey; readonly kind: 'present' | 'absent' }
  /** There already, and not put there by this daemon: an administrator's. It was not touched. */
  | { readonly key: AddressKey; readonly kind: 'foreign' }
  /** It came to the kernel after it should have been there, or the lease was over: nothing was done. */
  | { readonly key: AddressKey; readonly kind: 'late' }
  | { readonly key: AddressKey; readonly kind: 'refused'; readonly error: string };

export type CheckOutcome =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'cannot-run'; readonly error: string };

/** What a daemon finds when it starts, before anything is decided. */
export interface StartFacts {
  readonly links: readonly LinkFacts[];
  /** Addresses that the record of an earlier daemon names and that the kernel still has. */
  readonly left: readonly AddressKey[];
  /** When that daemon last sent an advert, by this host's clock; null when nothing is known. */
  readonly lastAdvertAt: Instant | null;
  /** The down time that daemon advertised. */
  readonly lastDownMs: number;
  /** How many peers heard it then. */
  readonly lastLivePeers: number;
  /** The boot id of that daemon; null when nothing is known. */
  readonly lastBoot: BootId | null;
  /** Until when its lease runs in the kernel, by this host's clock; null when nothing is known, or it let go of something. */
  readonly lastUntil: Instant | null;
  /** What kind of lease that is; null when nothing is known. */
  readonly lastLease: Lease['kind'] | null;
  /** Epochs of this start begin above it: the wall clock, or what an earlier start reserved, whichever is greater. */
  readonly epochFloor: number;
  /** What an earlier start was told to remember. */
  readonly remembered: { readonly voters: readonly NodeName[]; readonly longestHoldMs: number } | null;
  /** This node is fenced; null for not. */
  readonly latch: Latch | null;
}
