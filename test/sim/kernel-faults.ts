// Faults of kernels: slow or late ones, such as refuse an address or keep it, take a lease late, or have addresses
// that somebody else put there or takes away.

import { windowMs } from '#core/timing';
import type { Host } from '../world/host.ts';
import { keyOf, type Make, nothing, onHost } from './fault.ts';
import type { Random } from './random.ts';

function slowly(kind: string, set: (host: Host, random: Random) => void, unset: (host: Host) => void): Make {
  return onHost(kind, (host, cluster, random) => {
    const mark = (by: 1 | -1) => {
      cluster.mark(host, 'blocked');
      cluster.mark(host, 'slow');
      cluster.slow[host.index] = (cluster.slow[host.index] ?? 0) + by;
    };
    return {
      begin: () => {
        mark(1);
        set(host, random);
      },
      end: () => {
        mark(-1);
        unset(host);
      },
    };
  });
}

export const kernelFaults = {
  'slow kernel': slowly(
    'slow kernel',
    (host, random) => {
      const most = random.pick([0.02, 0.3, 1.5]) * host.settings.intervalMs;
      host.slowness = () => (random.chance(0.2) ? random.within(most) : 0);
    },
    (host) => (host.slowness = () => 0),
  ),
  'late answers': slowly(
    'late answers',
    (host, random) => {
      const most = random.pick([0.1, 1, 3]) * host.settings.intervalMs;
      host.answerMs = () => random.within(most);
    },
    (host) => (host.answerMs = () => 0.05),
  ),
  'late alarms': slowly(
    'late alarms',
    (host, random) => {
      const most = random.pick([0.05, 0.5, 1.5]) * host.settings.intervalMs;
      host.timerLateMs = () => random.within(most);
    },
    (host) => (host.timerLateMs = () => 0),
  ),
  refusal: onHost('refusal', (host, cluster, random) => {
    const key = keyOf(host, random);
    if (key === null) return null;
    return {
      words: `of ${key}`,
      begin: () => {
        cluster.mark(host, 'kernel');
        host.kernel.refused.add(key);
      },
      end: () => {
        cluster.mark(host, 'kernel');
        host.kernel.refused.delete(key);
      },
    };
  }),
  removal: onHost('removal', (host, cluster, random) => {
    const key = keyOf(host, random);
    if (key === null) return null;
    return {
      words: `of ${key}`,
      lastsMs: 12_000,
      begin: () => {
        cluster.mark(host, 'removed');
        host.kernel.remove(key);
      },
      end: nothing,
    };
  }),
  'stuck address': onHost('stuck address', (host, cluster, random) => {
    const key = keyOf(host, random);
    if (key === null) return null;
    return {
      words: key,
      begin: () => {
        cluster.mark(host, 'stuck');
        host.kernel.stuck.add(key);
      },
      end: () => {
        cluster.mark(host, 'stuck');
        host.kernel.stuck.delete(key);
      },
    };
  }),
  'foreign address': onHost('foreign address', (host, cluster, random) => {
    const key = keyOf(host, random);
    if (key === null) return null;
    const mark = () => cluster.list.forEach((each) => cluster.mark(each, 'foreign'));
    return {
      words: key,
      begin: () => {
        mark();
        // Nobody can add what is there already.
        if (!host.kernel.has(key) && !host.kernel.claimed.has(key)) host.setForeign(key, true);
      },
      end: () => {
        mark();
        if (host.kernel.foreign.has(key)) host.setForeign(key, false);
      },
    };
  }),
  'late renewal': onHost('late renewal', (host, _cluster, random) => {
    const { gate } = host.kernel;
    if (gate === null) return null;
    const most = windowMs(host.settings);
    return {
      begin: () => (gate.conversionMs = () => (random.chance(0.4) ? random.within(most) : 0)),
      end: () => (gate.conversionMs = () => 0),
    };
  }),
} satisfies Record<string, Make>;
