// Whether the peers were given the same cluster: a hash of what all nodes must share rides on every
// advert, and another one is a problem that somebody should look at.

import type { NodeName } from '#model/names';
import { raise, settle } from './problems.ts';
import type { Turn } from './turn.ts';

/** The hash of a node that does not share everything, as a witness without groups. */
export const incomparable = '0000000000000000';

export function sameConfig(a: string, b: string): boolean {
  return a === b || a === incomparable || b === incomparable;
}

export function noteConfigs(turn: Turn): void {
  const differing: NodeName[] = [];
  for (const boot of turn.state.boots.values()) {
    if (boot.state !== 'lost' && !sameConfig(boot.configHash, turn.state.configHash)) differing.push(boot.node);
  }
  for (const peer of differing) raise(turn, { code: 'peer-config-differs', peer });
  settle(turn, (problem) => problem.code === 'peer-config-differs' && !differing.includes(problem.peer));
}
