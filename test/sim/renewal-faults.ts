// Renewals of a lease that fail, or that come to the kernel too late. What fails for a moment the port does not tell, since
// the next one may do; what the kernel refuses is told, and so is a lifetime that was over before it could be set.

import type { Host } from '../world/host.ts';
import { type Make, onHost } from './fault.ts';
import type { Random } from './random.ts';

function renewals(kind: string, set: (host: Host, random: Random) => void, refuses = false): Make {
  return onHost(kind, (host, cluster, random) => {
    const mark = () => {
      cluster.mark(host, 'blocked');
      if (refuses) cluster.mark(host, 'kernel');
      // An address that ends by itself is put back as one that was taken away.
      if (host.kernel.gate === null) cluster.mark(host, 'removed');
    };
    return {
      begin: () => {
        mark();
        set(host, random);
      },
      end: () => {
        mark();
        host.renewalMs = () => 0;
        host.kernel.renewal = () => 'done';
      },
    };
  });
}

export const renewalFaults = {
  'lost renewals': renewals('lost renewals', ({ kernel }, random) => {
    const part = random.pick([0.3, 0.8, 1]);
    kernel.renewal = () => (random.chance(part) ? 'lost' : 'done');
  }),
  'refused renewals': renewals(
    'refused renewals',
    ({ kernel }, random) => {
      kernel.renewal = () => (random.chance(0.3) ? 'refused' : 'done');
    },
    true,
  ),
  'stalled renewals': renewals('stalled renewals', (host, random) => {
    const most = random.pick([0.5, 1, 2]) * host.settings.intervalMs * host.settings.downAfter;
    host.renewalMs = () => (random.chance(0.3) ? random.within(most) : 0);
    // Behind a gate that is the end of the lease, which the gate tells itself.
    host.kernel.renewal = (until) => (host.kernel.gate === null && host.clock.now() >= until ? 'late' : 'done');
  }),
} satisfies Record<string, Make>;
