// Everything a daemon can do, as values, in the order in which the runtime does it.

import type { Instant } from '#lib/time';
import type { Echo, GroupEntry, SenderFacts, TurnedOff, Votes } from './advert.ts';
import type { DaemonEvent } from './event.ts';
import type { Answer, FenceCause, Latch, RequestId } from './fence.ts';
import type { CheckName, EffectId, GroupName, NodeName, PathName } from './names.ts';
import type { GroupState } from './view.ts';
import type { Reason } from './reason.ts';
import type { VirtualAddress } from './settings.ts';

export type Effect =
  /** Send the table parts changed since `base`, and the echoes of each path, on these paths. */
  | {
      readonly kind: 'advert';
      readonly id: EffectId;
      readonly tableVersion: number;
      readonly table: { readonly base: number; readonly entries: readonly GroupEntry[] } | null;
      readonly paths: readonly { readonly path: PathName; readonly echoes: readonly Echo[] }[];
      readonly facts: SenderFacts;
      readonly votes: Votes | null;
      readonly turnedOff: readonly TurnedOff[];
    }
  /**
   * These addresses must be there until `until` (null: for ever) unless renewed; not at all where that comes to the
   * kernel after `by`. Answered by `kernel`.
   */
  | {
      readonly kind: 'hold';
      readonly id: EffectId;
      readonly addresses: readonly VirtualAddress[];
      readonly until: Instant | null;
      readonly by: Instant;
    }
  /** At once: nothing answers for these any more. The addresses may still be there. */
  | { readonly kind: 'silence'; readonly addresses: readonly VirtualAddress[] }
  /** These addresses must not be there. Answered by `kernel`. */
  | { readonly kind: 'release'; readonly id: EffectId; readonly addresses: readonly VirtualAddress[] }
  /** An advert left at `advertAt`: everything held lives on until `until`. Answered by `kernel` if something is wrong. */
  | {
      readonly kind: 'renew';
      readonly id: EffectId;
      readonly advertAt: Instant;
      readonly until: Instant | null;
      readonly livePeers: number;
    }
  | { readonly kind: 'announce'; readonly addresses: readonly VirtualAddress[] }
  /** Ask the wire who answers for these. Answers come as `seen`. */
  | { readonly kind: 'ask'; readonly addresses: readonly VirtualAddress[] }
  /** Ask every gateway for a sign of life. Answers come as `gateway-answered`. */
  | { readonly kind: 'ask-gateways' }
  | { readonly kind: 'check'; readonly id: EffectId; readonly check: CheckName }
  | {
      readonly kind: 'hook';
      readonly group: GroupName;
      readonly state: GroupState;
      readonly previous: GroupState;
      readonly reason: Reason;
      /** A fencing token for what the hook controls; 0 in availability mode. */
      readonly epoch: number;
    }
  /** Keep this where a reboot does not reach it, for the next start. */
  | { readonly kind: 'remember'; readonly voters: readonly NodeName[]; readonly longestHoldMs: number }
  /** The next start must use no epoch below this one, nor grant one. As `remember`. */
  | { readonly kind: 'reserve'; readonly epochsBelow: number }
  /** The disk must say this from now on; null: that this node is not fenced. Answered by `latched`. */
  | { readonly kind: 'latch'; readonly id: EffectId; readonly latch: Latch | null }
  /** This node is fenced and holds nothing: run what the operator has for that. Answered by `fence-ran`. */
  | { readonly kind: 'fence-self'; readonly id: EffectId; readonly cause: FenceCause }
  /** Turn that node off. Answered by `fence-ran`. `silentMs`: null where no life of it is remembered. */
  | { readonly kind: 'fence-peer'; readonly id: EffectId; readonly node: NodeName; readonly silentMs: number | null }
  | { readonly kind: 'answer'; readonly request: RequestId; readonly answer: Answer }
  /** Offer all packets that wait, then say `polled`. */
  | { readonly kind: 'poll' }
  | { readonly kind: 'event'; readonly event: DaemonEvent }
  /** The first state is known. */
  | { readonly kind: 'ready' }
  /** Everything is released and said; the daemon may end. */
  | { readonly kind: 'exit' };
