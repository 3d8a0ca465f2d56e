// What a daemon believes of its addresses is what its kernel has, once the kernel has answered; the addresses of a
// group come and go together; and whoever plays no part in a group has none of them.

import { addressKey } from '#lib/ip';
import type { Group } from '#core/state';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** Longer than any answer of a kernel. */
const answeredMs = 200;

/** The longest time between a removal by hand and the address put back. */
const removalMs = 65_000;

export function kernelChecker(cluster: Cluster): Checker {
  const wrongSince = cluster.list.map(() => cluster.answerMasks.map(() => Number.NaN));
  const allowedMs = answeredMs + 3 * cluster.plan.intervalMs;
  return {
    name: 'kernel',
    step() {
      for (const [index, host] of cluster.list.entries()) {
        const groups = host.daemon?.state?.groups;
        const since = wrongSince[index];
        if (since === undefined) continue;
        if (groups === undefined || host.process === null || host.process.blocked) {
          since.fill(Number.NaN);
          continue;
        }
        for (const [nth, group] of groups.entries()) {
          const wrong = whatIsWrong(cluster, host, nth, group);
          if (wrong === null) since[nth] = Number.NaN;
          else if (Number.isNaN(since[nth])) since[nth] = cluster.events.now;
          else if (cluster.events.now - (since[nth] ?? 0) > allowedMs)
            return `${host.name} group ${group.name}: ${wrong}`;
        }
      }
      return null;
    },
  };
}

function whatIsWrong(cluster: Cluster, host: Host, nth: number, group: Group): string | null {
  let there = 0;
  const { addresses = [] } = host.settings.groups[nth] ?? {};
  for (const address of addresses) {
    const key = addressKey(address);
    const has = host.kernel.has(key);
    if (has !== group.present.has(key)) return has ? `the kernel still has ${key}` : `the kernel has lost ${key}`;
    if (has) there += 1;
  }
  const holds = group.role === 'active' || group.role === 'claiming';
  if (holds) return inPart(cluster, host, group, there, addresses.length);
  return there > 0 && !isStuck(cluster, host) ? `${there} addresses are there while ${group.role}` : null;
}

/** A kernel that refuses a release is asked no more often than so. */
function isStuck(cluster: Cluster, host: Host): boolean {
  return host.kernel.stuck.size > 0 || cluster.events.now - cluster.markedAt(host, 'stuck') < removalMs;
}

function inPart(cluster: Cluster, host: Host, group: Group, there: number, all: number): string | null {
  const removed = cluster.events.now - cluster.markedAt(host, 'removed') < removalMs;
  if (isStuck(cluster, host)) return null;
  if (there > 0 && there < all && !removed) return `${there} of ${all} addresses are there`;
  if (group.role === 'active' && there === 0 && !removed) return 'active without an address';
  return null;
}
