// What became of a hook. A hook that fails or hangs changes nothing but the list of problems.

import type { Input } from '#model/input';
import { outcomeWord } from './checks.ts';
import { raise, settle } from './problems.ts';
import { tell, type Turn } from './turn.ts';

export function takeHooked(turn: Turn, input: Extract<Input, { kind: 'hooked' }>): void {
  const { group, outcome, output } = input;
  if (outcome.kind === 'exit' && outcome.code === 0) {
    settle(turn, (problem) => problem.code === 'hook-failing' && problem.group === group);
    return;
  }
  tell(turn, { code: 'hook-failed', group, outcome, output });
  raise(turn, { code: 'hook-failing', group, outcome: outcomeWord(outcome) });
}
