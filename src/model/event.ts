// What is worth a log line, as values. `ops` writes the sentence, `code` is stable.

import type { CheckName, GroupName, InterfaceName, NodeName, PathName } from './names.ts';
import type { FenceCause } from './fence.ts';
import type { Problem } from './problem.ts';
import type { Reason } from './reason.ts';
import type { CheckOutcome } from './input.ts';
import type { CheckState, GroupState, PeerState } from './view.ts';

export type DaemonEvent =
  | {
      readonly code: 'group';
      readonly group: GroupName;
      readonly from: GroupState;
      readonly to: GroupState;
      readonly reason: Reason;
    }
  | { readonly code: 'peer'; readonly peer: NodeName; readonly from: PeerState | 'unknown'; readonly to: PeerState }
  | {
      readonly code: 'path';
      readonly peer: NodeName;
      readonly path: PathName;
      readonly from: PeerState | 'unknown';
      readonly to: PeerState;
    }
  | {
      readonly code: 'check';
      readonly check: CheckName;
      readonly from: CheckState;
      readonly to: CheckState;
      readonly outcome: CheckOutcome;
      readonly output: string;
    }
  | { readonly code: 'link'; readonly interface: InterfaceName; readonly to: 'up' | 'down' | 'missing' }
  | { readonly code: 'problem'; readonly problem: Problem }
  | { readonly code: 'problem-over'; readonly problem: Problem }
  | { readonly code: 'hook-failed'; readonly group: GroupName; readonly outcome: CheckOutcome; readonly output: string }
  | { readonly code: 'fenced'; readonly cause: FenceCause; readonly forMs: number | null }
  | { readonly code: 'unfenced'; readonly by: 'operator' | 'time' }
  /** The program of this node's own fence has ended. */
  | { readonly code: 'fence-self'; readonly outcome: CheckOutcome; readonly ms: number; readonly output: string }
  /** `silentMs`: null where no life of it is remembered. */
  | { readonly code: 'fence-peer'; readonly peer: NodeName; readonly silentMs: number | null }
  | {
      readonly code: 'fence-peer-ended';
      readonly peer: NodeName;
      readonly outcome: CheckOutcome;
      readonly ms: number;
      readonly output: string;
      /** It is verified off, and was not heard meanwhile. */
      readonly counts: boolean;
    }
  | { readonly code: 'late'; readonly lateMs: number }
  /** The host was suspended. */
  | { readonly code: 'slept'; readonly ms: number };
