// A cluster at rest that one checker watches, and somebody who cheats: the world is changed behind the backs of its
// daemons, as a bug of theirs would change it.

import test from 'ava';
import type { Checker } from './checkers/checker.ts';
import { Cluster } from './cluster.ts';
import { type Mode, planFor } from './plan.ts';

export const restMs = 30_000;

/** Two or three hosts at rest, and what a checker finds from then on. */
function watched(make: (cluster: Cluster) => Checker, mode: Mode): { cluster: Cluster; found: string[] } {
  const nodes = mode === 'quorum' ? 3 : 2;
  const plan = { ...planFor(5, { mode, nodes, lease: 'gate' }), fencing: 'required' } as const;
  const cluster = new Cluster(plan, false);
  const found: string[] = [];
  const note = (wrong: string | null | undefined) => void (wrong != null && found.push(wrong));
  const checker = make(cluster);
  cluster.onStep = () => note(checker.step?.());
  cluster.onMove = (group, before, after) => note(checker.moved?.(group, before, after));
  cluster.onTold = (host, event) => note(checker.told?.(host, event));
  cluster.onSend = (host) => checker.sends?.(host);
  cluster.onTook = (to, parcel) => checker.took?.(to, parcel);
  cluster.onAnnounced = (host, addresses) => checker.announced?.(host, addresses);
  for (const host of cluster.list) {
    cluster.mark(host, 'started');
    host.start();
  }
  cluster.quietSince = 0;
  cluster.run(60_000);
  return { cluster, found };
}

export function holderOf(cluster: Cluster): { holder: Cluster['list'][number]; other: Cluster['list'][number] } {
  const index = Math.log2(cluster.answerMasks[0] ?? 0);
  return { holder: cluster.hostAt(index), other: cluster.hostAt((index + 1) % cluster.list.length) };
}

export const addresses = (cluster: Cluster) => cluster.hostAt(0).settings.groups[0]?.addresses ?? [];

/** Nothing while all is well, and something once somebody cheats. */
export function fires(
  name: string,
  make: (cluster: Cluster) => Checker,
  cheat: (cluster: Cluster) => void,
  words: RegExp,
  mode: Mode = 'availability',
): void {
  test(name, (t) => {
    const { cluster, found } = watched(make, mode);
    t.deepEqual(found, []);
    cheat(cluster);
    t.regex(found[0] ?? 'nothing', words);
  });
}
