// What a daemon believes of its addresses is what its kernel has, once the kernel has answered; the addresses of a
// group come and go together; and whoever plays no part in a group has none of them.

import type { Group } from '#core/state';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** Longer than any answer of a kernel. */
const answeredMs = 200;

/** More than what is lost where the time of one clock is reckoned in that of another. */
const roundingMs = 0.01;

/** The longest time between a removal by hand and the address put back. */
const removalMs = 65_000;

/** One host as it was when it was last found in order: until something of this changes it still is. */
interface InOrder {
  groups: readonly Group[] | null;
  changes: number;
  /** No address of it ends before this instant of true time; one that stands still or is late only makes it later. */
  until: number;
}

interface Wrong {
  readonly words: string;
  readonly role: string;
}

export function kernelChecker(cluster: Cluster): Checker {
  const wrongSince = cluster.list.map(() => cluster.answerMasks.map(() => Number.NaN));
  /** What was wrong when it was looked at last, and in which role. */
  const wrongWas = cluster.list.map(() => cluster.answerMasks.map(() => ({ words: '', role: '' })));
  const inOrder = cluster.list.map((): InOrder => ({ groups: null, changes: 0, until: 0 }));
  const allowedMs = answeredMs + 3 * cluster.plan.intervalMs;
  const lookAt = (index: number, groups: readonly Group[], since: number[], known: InOrder): string | null => {
    const [host, was] = [cluster.hostAt(index), wrongWas[index] ?? []];
    const excused = isExcused(cluster, host);
    let sure = !excused;
    for (let nth = 0; nth < groups.length; nth += 1) {
      const group = groups[nth];
      if (group === undefined) continue;
      const wrong = whatIsWrong(cluster, host, nth, group);
      if (wrong !== null) sure = false;
      if (wrong === null) since[nth] = Number.NaN;
      else if (Number.isNaN(since[nth]) || isAskedAnew(was[nth], { words: wrong, role: group.role }))
        since[nth] = cluster.events.now;
      else if (cluster.events.now - (since[nth] ?? 0) > allowedMs) return `${host.name} group ${group.name}: ${wrong}`;
      was[nth] = { words: wrong ?? '', role: group.role };
    }
    known.groups = sure ? groups : null;
    known.changes = host.kernel.changes;
    known.until = cluster.events.now + (host.kernel.firstEnd() - host.clock.now()) / host.clock.rate - roundingMs;
    return null;
  };
  return {
    name: 'kernel',
    step() {
      for (let index = 0; index < cluster.list.length; index += 1) {
        const host = cluster.list[index];
        const since = wrongSince[index];
        const known = inOrder[index];
        if (host === undefined || since === undefined || known === undefined) continue;
        const groups = host.daemon?.state?.groups;
        if (groups === undefined || host.process === null || host.process.blocked) {
          since.fill(Number.NaN);
          known.groups = null;
          continue;
        }
        const same = groups === known.groups && host.kernel.changes === known.changes;
        if (same && cluster.events.now < known.until) continue;
        const wrong = lookAt(index, groups, since, known);
        if (wrong !== null) return wrong;
      }
      return null;
    },
  };
}

/** What was not there is there again, or the reverse, or the role is another: the daemon has asked for something since. */
function isAskedAnew(was: Wrong | undefined, is: Wrong): boolean {
  if (was === undefined || was.role !== is.role) return true;
  const isKept = is.words.startsWith(kept);
  return isKept !== was.words.startsWith(kept) && (isKept || is.words.startsWith(lost));
}

const lost = 'the kernel has lost';
const kept = 'the kernel still has';

function whatIsWrong(cluster: Cluster, host: Host, nth: number, group: Group): string | null {
  let there = 0;
  const keys = cluster.keysOf(nth);
  for (const key of keys) {
    const has = host.kernel.has(key);
    // What an earlier daemon left and the kernel does not let go of is said as that, and as nothing else.
    const left = has && group.stuck !== null && isStuck(cluster, host);
    if (has !== group.present.has(key) && !left) return `${has ? kept : lost} ${key}`;
    if (has) there += 1;
  }
  const holds = group.role === 'active' || group.role === 'claiming';
  if (holds) return isExcused(cluster, host) || isLapsed(host) ? null : inPart(group, there, keys.length);
  return there > 0 && !isStuck(cluster, host) ? `${there} addresses are there while ${group.role}` : null;
}

/** What was removed by hand may be missing for so long, and not longer. */
function isExcused(cluster: Cluster, host: Host): boolean {
  return cluster.events.now - cluster.markedAt(host, 'removed') < removalMs || isStuck(cluster, host);
}

/** A kernel that refuses a release is asked no more often than so. */
function isStuck(cluster: Cluster, host: Host): boolean {
  return host.kernel.stuck.size > 0 || cluster.events.now - cluster.markedAt(host, 'stuck') < removalMs;
}

/** What ends by itself meanwhile is put back when the lease is: beside nobody after a down time. */
function isLapsed(host: Host): boolean {
  return host.daemon?.state?.lapse != null;
}

function inPart(group: Group, there: number, all: number): string | null {
  if (there > 0 && there < all) return `${there} of ${all} addresses are there`;
  return group.role === 'active' && there === 0 ? 'active without an address' : null;
}
