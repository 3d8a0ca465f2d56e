// What is wrong at this moment, as values. Each has a stable code and a subject that makes it one
// of a kind; it is there until the core sees that it is over.

import type { CheckName, GroupName, InterfaceName, NodeName, PathName } from './names.ts';
import type { AddressKey } from './input.ts';

export type Problem =
  | { readonly code: 'peer-one-way'; readonly peer: NodeName; readonly path: PathName }
  | { readonly code: 'peer-config-differs'; readonly peer: NodeName }
  /** Other nodes were heard once, and none of them is any more. */
  | { readonly code: 'no-peer-heard' }
  | { readonly code: 'duplicate-name'; readonly node: NodeName; readonly address: string }
  | { readonly code: 'dual-holder'; readonly group: GroupName; readonly peer: NodeName }
  | { readonly code: 'path-unsendable'; readonly path: PathName; readonly error: string }
  | { readonly code: 'interface-missing'; readonly interface: InterfaceName }
  | { readonly code: 'link-down'; readonly interface: InterfaceName }
  | { readonly code: 'address-foreign'; readonly group: GroupName; readonly key: AddressKey }
  | { readonly code: 'address-refused'; readonly group: GroupName; readonly key: AddressKey; readonly error: string }
  | { readonly code: 'address-removed'; readonly group: GroupName; readonly key: AddressKey; readonly times: number }
  | { readonly code: 'address-stuck'; readonly group: GroupName; readonly key: AddressKey; readonly error: string }
  | { readonly code: 'check-failing'; readonly check: CheckName; readonly outcome: string }
  | { readonly code: 'hook-failing'; readonly group: GroupName; readonly outcome: string }
  /** No advert of it comes, and its hardware address answers for what it held. */
  | { readonly code: 'holder-silent-but-answers'; readonly holder: NodeName; readonly mac: string }
  /** Nobody who says so holds the group, and one of its addresses is answered for: by a live node, or by a stranger. */
  | {
      readonly code: 'address-answered';
      readonly group: GroupName;
      readonly key: AddressKey;
      readonly mac: string;
      readonly by: NodeName | null;
    }
  /** This node holds the address, and another hardware address speaks for it. */
  | {
      readonly code: 'address-conflict';
      readonly group: GroupName;
      readonly key: AddressKey;
      readonly mac: string;
      readonly times: number;
    }
  /** It was answered while certainly nobody held it: what this hardware address answers counts for nothing. */
  | { readonly code: 'probe-blind'; readonly key: AddressKey; readonly mac: string }
  /** No gateway answers this node, while one answers `peer`. */
  | { readonly code: 'gateway-unreached'; readonly peer: NodeName }
  /** No gateway answers this node, nor any other that it hears. */
  | { readonly code: 'gateway-lost' }
  /** No gateway answers this node, and it hears no other. */
  | { readonly code: 'isolated' }
  | { readonly code: 'lease-off' }
  /** Quorum mode: the peer counts another list of voters, so neither counts the other's votes. */
  | { readonly code: 'voters-differ'; readonly peer: NodeName }
  /** More than one name of the list of voters changed since the last start: this node neither votes nor holds. */
  | { readonly code: 'voters-changed'; readonly before: string; readonly now: string }
  /** The peer asks for a longer promise than this node gives. */
  | { readonly code: 'hold-too-long'; readonly peer: NodeName; readonly holdMs: number; readonly longestMs: number }
  /** A gate was asked for, and this host has none: the lease is as coarse as the lifetime of an address. */
  | { readonly code: 'lease-coarse'; readonly why: string }
  /** A lost holder could not be fenced; `blocked`: nobody claims from it until that works. */
  | {
      readonly code: 'fence-failed';
      readonly peer: NodeName;
      readonly outcome: string;
      readonly output: string;
      readonly blocked: boolean;
    }
  /** The peer says that this very life of this node was turned off. */
  | { readonly code: 'fence-survived'; readonly peer: NodeName }
  /** What this node runs when it fences itself did not work. */
  | { readonly code: 'fence-self-failed'; readonly outcome: string; readonly output: string }
  /** The disk does not have the latch as it should be. */
  | { readonly code: 'latch-unwritten'; readonly error: string; readonly fenced: boolean }
  /** The lease ended before it was renewed: this host was or is silent for what it holds. */
  | { readonly code: 'lease-lapsed' };
