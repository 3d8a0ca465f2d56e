// Faults around fencing: operators, disks that hold the latch, agents that fail, hang or lie; and what follows from
// a fence: a host that was turned off comes back, one that is fenced is released.

import type { Host } from '../world/host.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, type Make, nothing, onHost, startWhenEnded } from './fault.ts';
import type { Random } from './random.ts';

/** A host that was turned off comes back some time. */
export function offFor(cluster: Cluster, host: Host): Fault {
  const name = `off ${host.name}`;
  return { words: name, name, begin: nothing, end: () => startWhenEnded(host, cluster) };
}

/** An operator releases what is fenced, and says so again until it is. */
export function fencedFor(cluster: Cluster, host: Host): Fault {
  const name = `latch of ${host.name}`;
  return { words: name, name, begin: nothing, end: () => unfence(host, cluster) };
}

function unfence(host: Host, cluster: Cluster): void {
  cluster.mark(host, 'fenced');
  host.unfence();
}

/** What the agents of all hosts do from now on. */
function agents(words: string, agentOf: (random: Random) => Partial<Host['fencer']['agent']>): Make {
  return (cluster, random) => {
    if (cluster.plan.fencing === 'self') return null;
    const agent = { outcome: { kind: 'exit', code: 0 }, ms: 0.1 * cluster.plan.intervalMs, works: true } as const;
    const set = (one: Host['fencer']['agent']) => {
      for (const host of cluster.list) host.fencer.agent = one;
    };
    return {
      words,
      name: 'fence agents',
      begin: () => set({ ...agent, ...agentOf(random) }),
      end: () => set(agent),
    };
  };
}

const failures = {
  exit: { outcome: { kind: 'exit', code: 1 } },
  timeout: { outcome: { kind: 'timeout' } },
  'cannot-run': { outcome: { kind: 'cannot-run', error: 'ENOENT' } },
} as const;

export const fenceFaults = {
  'operator fences': onHost('operator fences', (host, cluster) => ({
    lastsMs: 0,
    begin: () => {
      cluster.mark(host, 'fenced');
      host.fence('a test');
    },
    end: nothing,
  })),
  'operator unfences': onHost('operator unfences', (host, cluster) => ({
    lastsMs: 0,
    begin: () => unfence(host, cluster),
    end: nothing,
  })),
  'disk error': onHost('disk error', (host) => ({
    begin: () => (host.fencer.diskError = 'EIO'),
    end: () => (host.fencer.diskError = null),
  })),
  /** A disk that does not answer: nobody knows yet whether the latch is there. */
  'latch hangs': onHost('latch hangs', (host) => ({
    begin: () => host.fencer.hang(),
    end: () => host.fencer.goOn(),
  })),
  'own fence fails': onHost('own fence fails', (host, _cluster, random) => {
    const { own } = host.fencer;
    const { timeoutMs } = host.settings.fence;
    const how = random.pick(['exit', 'timeout', 'cannot-run'] as const);
    return {
      words: `by ${how}`,
      begin: () => (host.fencer.own = { ...failures[how], ms: how === 'timeout' ? timeoutMs : 1, works: false }),
      end: () => (host.fencer.own = own),
    };
  }),
  'fence fails': agents('fence agents fail', (random) => ({
    outcome: { kind: 'exit', code: 1 },
    works: random.chance(0.2),
  })),
  'fence hangs': (cluster, random) =>
    agents('fence agents hang', () => ({
      outcome: { kind: 'timeout' },
      ms: cluster.hostAt(0).settings.fence.timeoutMs,
      works: random.chance(0.2),
    }))(cluster, random),
  'fence lies': agents('fence agents lie', () => ({ works: false })),
} satisfies Record<string, Make>;
