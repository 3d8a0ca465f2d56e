// Whether this node may hold a group at all, and if not, why. Rank and the other nodes are not asked.

import type { Reason } from '#model/reason';
import { failingCheck, outcomeWord, unknownCheck } from './checks.ts';
import { foreignFault } from './foreign.ts';
import { isolationFault } from './isolation.ts';
import { linkFault } from './links.ts';
import { duplicateOf } from './neighbours.ts';
import { downMs } from './timing.ts';
import { groupAt, type Turn } from './turn.ts';

/** A fault releases a group that is held; a wait only keeps a group from being claimed. */
export interface Unfit {
  readonly kind: 'fault' | 'wait';
  readonly reason: Reason;
}

export function unfitness(turn: Turn, index: number): Unfit | null {
  const { group, asked } = groupAt(turn, index);
  const twin = duplicateOf(turn, turn.settings.node);
  if (twin !== null) return fault({ kind: 'duplicate-name', address: twin.address });
  const link = linkFault(turn, asked);
  if (link !== null) return fault(link);
  const foreign = foreignFault(turn, index);
  if (foreign !== null) return fault(foreign);
  const silentMs = turn.now - (turn.state.unsentSince ?? turn.now);
  if (silentMs > downMs(turn.settings)) return fault({ kind: 'unsendable', silentMs });
  const isolation = isolationFault(turn, index);
  if (isolation !== null) return fault(isolation);
  if (group.refusal !== null && group.refusal.retryAt > turn.now) return fault(group.refusal.reason);
  if (group.stuck !== null) {
    return fault({ kind: 'address-stuck', address: group.stuck.address, error: group.stuck.error });
  }
  const failing = failingCheck(turn, asked);
  if (failing?.last != null) {
    return fault({ kind: 'check-failed', check: failing.name, outcome: outcomeWord(failing.last.outcome) });
  }
  const unknown = unknownCheck(turn, asked);
  return unknown === null ? null : { kind: 'wait', reason: { kind: 'awaiting-check', check: unknown.name } };
}

/** Faults during which this node may have missed what the others said: it listens again afterwards. */
export function isDeaf(reason: Reason): boolean {
  switch (reason.kind) {
    case 'duplicate-name':
    case 'link-down':
    case 'interface-missing':
    case 'unsendable':
    case 'late-wake':
    case 'slept':
    case 'isolated':
      return true;
    default:
      return false;
  }
}

function fault(reason: Reason): Unfit {
  return { kind: 'fault', reason };
}
