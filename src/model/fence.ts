// Why a node is fenced, for how long, and what an operator is told who asked for it, as values.

import type { AddressKey } from './input.ts';
import type { CheckName } from './names.ts';

/** What made this node fence itself. */
export type FenceCause =
  | { readonly kind: 'operator'; readonly text: string }
  | { readonly kind: 'check'; readonly check: CheckName; readonly outcome: string }
  /** Its daemon died of defects of its own so many times in a short while. */
  | { readonly kind: 'crashes'; readonly count: number }
  /** The latch is there and says nothing that can be read. */
  | { readonly kind: 'unreadable-latch'; readonly error: string };

/** What must outlive a restart and a reboot. */
export interface Latch {
  readonly cause: FenceCause;
  /** How long ago the fence began. */
  readonly heldMs: number;
  /** How long it still lasts; null until an operator ends it. */
  readonly remainingMs: number | null;
}

/** Ties the answer to the operator who waits for it. */
export type RequestId = number;

/** What became of an operator's request. */
export type Answer =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly why: Refused }
  /** It was tried, and this much of it did not work. */
  | { readonly kind: 'failed'; readonly why: Failed };

export type Refused =
  | { readonly kind: 'stopping' }
  | { readonly kind: 'not-fenced' }
  /** Its addresses are not gone yet: nothing can be lifted. */
  | { readonly kind: 'still-fencing' }
  | { readonly kind: 'too-many-requests' };

export type Failed =
  | { readonly kind: 'address-stuck'; readonly key: AddressKey; readonly error: string }
  | { readonly kind: 'latch-unwritten'; readonly error: string }
  | { readonly kind: 'latch-stays'; readonly error: string };
