// What keeps a group from being claimed when it is this node's turn: each rule looks at one kind of
// doubt, and says it as a reason. Who has waited so long still stands first in line.

import type { Reason } from '#model/reason';
import { lapseHinders } from './lapse.ts';
import type { Turn } from './turn.ts';

type Rule = (turn: Turn, index: number) => Reason | null;

const rules: readonly Rule[] = [lapseHinders];

export function hindranceTo(turn: Turn, index: number): Reason | null {
  for (const rule of rules) {
    const reason = rule(turn, index);
    if (reason !== null) return reason;
  }
  return null;
}
