// Two hosts under one name: somebody copied a configuration, and put it right some time later. Each start takes its
// settings anew.

import type { Host } from '../world/host.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, startWhenEnded } from './fault.ts';
import type { Random } from './random.ts';

/**
 * Not in quorum mode: there a promise is judged by the name that it was given to, and two hosts under the name of one
 * voter are for operators to avoid. One at a time: what is said of a name is told from what is said of the host that
 * bears it alone.
 */
export function twin(cluster: Cluster, random: Random): Fault | null {
  if (cluster.plan.quorum !== null) return null;
  const host = random.pick(cluster.list);
  const other = random.pick(cluster.list.filter((each) => each !== host));
  const own = host.settings;
  const startAs = (node: string) => {
    cluster.mark(host, 'stopped');
    for (const each of [host, other]) cluster.mark(each, 'twin');
    host.settings = { ...own, node };
    restart(host, cluster);
  };
  return {
    words: `twin ${host.name} calls itself ${other.name}`,
    name: 'twin',
    steady: true,
    begin: () => startAs(other.name),
    end: () => startAs(own.node),
  };
}

function restart(host: Host, cluster: Cluster): void {
  host.kill();
  startWhenEnded(host, cluster);
}

export function isTwin({ list }: Cluster, host: Host): boolean {
  return list.some((other) => other !== host && other.settings.node === host.settings.node);
}
