// Nobody answers for longer after its last advert than its lease allows, whatever became of its daemon: by its own
// clock, so that neither a wrong rate nor a pause of the whole host is an excuse.

import { holdMs, windowMs } from '#core/timing';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** Less than any datagram takes. */
const roundingMs = 0.05;

export function leaseChecker(cluster: Cluster): Checker {
  // An automatic lease leaves room for a word that takes its time to the kernel; a promise covers it already.
  const allowedMs = cluster.list.map(({ settings }) => {
    const roomMs = settings.quorum === null && settings.lease.kind === 'nftables' ? windowMs(settings) : 0;
    return holdMs(settings) + roomMs + roundingMs;
  });
  return {
    name: 'lease',
    step() {
      for (let group = 0; group < cluster.answerMasks.length; group += 1) {
        const mask = cluster.answerMasks[group] ?? 0;
        for (let index = 0; mask >> index !== 0; index += 1) {
          if ((mask & (1 << index)) === 0) continue;
          const host = cluster.hostAt(index);
          const silentMs = host.clock.now() - (cluster.leftAt[index] ?? 0);
          if (silentMs <= (allowedMs[index] ?? 0)) continue;
          return `${host.name} answers for group ${group} ${silentMs.toFixed(1)} ms after its last advert`;
        }
      }
      return null;
    },
  };
}
