// Faults of a process that stands still in a call: in the next one that it makes, or in one of those by which it hands a
// group over.

import type { Host } from '../world/host.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, type Make, onHost } from './fault.ts';

/** Once, in the call for which it is due. */
function stallsIn(
  host: Host,
  cluster: Cluster,
  { words, ms, lastsMs, isDue }: { words: string; ms: number; lastsMs: number; isDue: () => boolean },
): Pick<Fault, 'words' | 'lastsMs' | 'begin' | 'end'> {
  let over = false;
  return {
    words: `for ${Math.round(ms)} ms in ${words}`,
    lastsMs,
    begin: () => {
      host.slowness = () => {
        if (over || !isDue()) return 0;
        over = true;
        cluster.mark(host, 'blocked');
        return ms;
      };
    },
    end: () => {
      if (over) cluster.mark(host, 'blocked');
      host.slowness = () => 0;
    },
  };
}

export const stallFaults = {
  hiccup: onHost('hiccup', (host, cluster, random) => {
    const ms = random.within(random.pick([0.5, 2, 4]) * cluster.plan.intervalMs);
    return stallsIn(host, cluster, { words: 'its next call', ms, lastsMs: ms * 2 + 50, isDue: () => true });
  }),
  'slow handover': onHost('slow handover', (host, cluster, random) => {
    const ms = random.within(4 * cluster.plan.intervalMs);
    let callsBefore = Math.floor(random.within(4));
    const isDue = () => {
      const handsOver = host.daemon?.state?.groups.some(({ role }) => role === 'resigning') === true;
      if (handsOver) callsBefore -= 1;
      return handsOver && callsBefore < 0;
    };
    return stallsIn(host, cluster, { words: 'a call', ms, lastsMs: 30 * cluster.plan.intervalMs, isDue });
  }),
} satisfies Record<string, Make>;
