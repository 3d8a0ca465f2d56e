// What a fault is, and what most of them are made with.

import { addressKey } from '#lib/ip';
import type { Host } from '../world/host.ts';
import type { Cluster } from './cluster.ts';
import type { Impairment } from './impairments.ts';
import type { Random } from './random.ts';

export interface Fault {
  /** What it does to whom, to stand behind `begins:`. */
  readonly words: string;
  /** No second one of the same name while it lasts. */
  readonly name: string;
  /** How long it lasts; drawn by the weather where it is missing. */
  readonly lastsMs?: number;
  /** Nobody can end it before its time. */
  readonly stubborn?: boolean;
  /** While it lasts all stays as it is: whoever it leaves alone has to get on without the rest. */
  readonly steady?: boolean;
  begin(): void;
  end(): void;
}

export type Make = (cluster: Cluster, random: Random) => Fault | null;

export const nothing = (): void => {};

export function network(words: string, cluster: Cluster, impairment: Impairment): Fault {
  const { impairments } = cluster;
  return {
    words,
    name: words,
    begin: () => impairments.add(impairment),
    end: () => impairments.delete(impairment),
  };
}

export function onHost(
  kind: string,
  make: (host: Host, cluster: Cluster, random: Random) => (Omit<Fault, 'words' | 'name'> & { words?: string }) | null,
): Make {
  return (cluster, random) => {
    const host = random.pick(cluster.list);
    const one = make(host, cluster, random);
    if (one === null) return null;
    const { words, ...fault } = one;
    return {
      words: `${kind} ${host.name}${words === undefined ? '' : ` ${words}`}`,
      name: `${kind} ${host.name}`,
      ...fault,
    };
  };
}

/** One of the addresses that this host may hold; none of a witness. */
export function keyOf(host: Host, random: Random): string | null {
  const keys = host.settings.groups.flatMap((group) => group.addresses.map(addressKey));
  return keys.length === 0 ? null : random.pick(keys);
}

/** A daemon that was told to stop takes its time. */
export function startWhenEnded(host: Host, cluster: Cluster): void {
  cluster.mark(host, 'started');
  if (!host.running) host.start();
  else if (host.stopAsked) cluster.events.after(50, () => startWhenEnded(host, cluster));
}
