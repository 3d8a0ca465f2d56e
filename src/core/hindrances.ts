// What keeps a group from being claimed when it is this node's turn: each rule looks at one kind of
// doubt, and says it as a reason. Who has waited so long still stands first in line.

import type { Reason } from '#model/reason';
import { promisedTo, quorumHinders } from './electorate.ts';
import { gatewayHinders } from './isolation.ts';
import { fenceHinders, fenceIsDueFor } from './fence-peer.ts';
import { lapseHinders } from './lapse.ts';
import type { Turn } from './turn.ts';
import { wireHinders } from './witness.ts';

type Rule = (turn: Turn, index: number) => Reason | null;

const rules: readonly Rule[] = [lapseHinders, quorumHinders, promiseHinders, gatewayHinders, fenceHinders, wireHinders];

export function hindranceTo(turn: Turn, index: number): Reason | null {
  for (const rule of rules) {
    const reason = rule(turn, index);
    if (reason !== null) return reason;
  }
  return null;
}

/** Whom the claim itself has turned off first is promised nothing afterwards. */
function promiseHinders(turn: Turn, index: number): Reason | null {
  const other = promisedTo(turn, index);
  return other === null || fenceIsDueFor(turn, index, other.boot) ? null : { kind: 'promised', to: other.node };
}
