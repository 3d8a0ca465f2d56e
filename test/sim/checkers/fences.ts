// Fences: a host that said that it is fenced answers for nothing; where a fence is required, nobody takes a group from
// a lost holder that was not turned off since it was last heard; and no two hosts shoot each other.

import type { DaemonEvent } from '#model/event';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import { rateError } from '../plan.ts';
import type { Checker } from './checker.ts';

export function fenceChecker(cluster: Cluster): Checker {
  /** When each host last had another one turned off, as it was told. */
  const turnedOff = cluster.list.map(() => new Map<string, number>());
  /** When each host last let go of each group, as it said at once. */
  const letGo = cluster.list.map(() => new Map<string, number>());
  /** When each host last said of each group that it holds it, perhaps as one that goes on with it. */
  const took = cluster.list.map(() => new Map<string, number>());
  /** When each life of each host began, as its first words show. */
  const starts = cluster.list.map(() => new Map<number, number>());
  let turn = 0;
  return {
    name: 'fences',
    step() {
      turn += 1;
      const index = turn % cluster.list.length;
      const host = cluster.hostAt(index);
      if (host.daemon?.state?.fence == null) return null;
      const held = cluster.answerMasks.findIndex((mask) => (mask & (1 << index)) !== 0);
      return held >= 0 && isFenced(host) ? `${host.name} is fenced and answers for group ${held}` : null;
    },
    told(host, event) {
      const lives = starts[cluster.indexOf(host)];
      if (lives?.has(host.life) === false) lives.set(host.life, cluster.markedAt(host, 'started'));
      if (event.code === 'fence-peer-ended' && event.counts)
        turnedOff[cluster.indexOf(host)]?.set(event.peer, cluster.events.now);
      if (event.code === 'fence-peer') return crossfire(cluster, host, event.peer);
      if (event.code !== 'group') return null;
      // A claim that was given up, too, where the next one would need votes.
      const gaveUp = cluster.plan.quorum !== null && event.from === 'claiming' && event.to !== 'active';
      if (event.from === 'active' || gaveUp) letGo[cluster.indexOf(host)]?.set(event.group, cluster.events.now);
      const wrong = unfencedClaim(cluster, host, event, { turnedOff, letGo, took, starts });
      if (event.to === 'active') took[cluster.indexOf(host)]?.set(event.group, cluster.events.now);
      return wrong;
    },
  };
}

/** Everything is released, as the kernel confirmed, and the fence is in force. */
function isFenced(host: Host): boolean {
  const state = host.daemon?.state;
  if (state?.fence?.stage !== 'held' || state.releasing.size > 0 || host.process?.blocked !== false) return false;
  return host.kernel.stuck.size === 0 && state.groups.every(({ role, stuck }) => role === 'fenced' && stuck === null);
}

function crossfire(cluster: Cluster, host: Host, peer: string): string | null {
  const { now } = cluster.events;
  const back = cluster.host(peer).fencer.orders.find(({ target, endsAt }) => target === host.name && endsAt > now);
  return back === undefined ? null : `${host.name} and ${peer} have each other turned off`;
}

type PerHost<Key> = readonly ReadonlyMap<Key, number>[];
type GroupEvent = Extract<DaemonEvent, { code: 'group' }>;

function unfencedClaim(
  cluster: Cluster,
  host: Host,
  { to, reason, group }: GroupEvent,
  {
    turnedOff,
    letGo,
    took,
    starts,
  }: Record<'turnedOff' | 'letGo' | 'took', PerHost<string>> & { readonly starts: PerHost<number> },
): string | null {
  if (cluster.plan.fencing !== 'required' || to !== 'active' || reason.kind !== 'holder-lost') return null;
  const holder = cluster.host(reason.holder);
  const ear = cluster.ear(cluster.indexOf(host), cluster.indexOf(holder));
  const own = turnedOff[cluster.indexOf(host)]?.get(holder.name) ?? -Infinity;
  // By its own agent, or by that of another host which said so, and may have died before it told of that itself.
  const offAt = Math.max(own, ...cluster.list.map((other) => saidOffAt(cluster, host, other, holder)));
  if (offAt >= ear.takenAt || !cluster.isDeaf(cluster.events.now - ear.takenAt)) return null;
  const { claimedAt } = cluster.holding(groupIndex(holder, group), cluster.indexOf(holder));
  // What was lost had started anew since it held, and was heard to: whoever starts lets go of what it does not take on. What
  // a start may claim that is silent again is a matter of votes, where there are any.
  const began = [...(starts[cluster.indexOf(holder)]?.values() ?? [])];
  const lives = cluster.plan.quorum === null ? [cluster.markedAt(holder, 'started')] : began;
  const heldAt = Math.max(claimedAt, took[cluster.indexOf(holder)]?.get(group) ?? -Infinity);
  if (lives.some((startedAt) => heldAt < startedAt && startedAt < ear.takenSentAt)) return null;
  // It had let go before it fell silent, or was started anew, and was heard to.
  const letGoAt = letGo[cluster.indexOf(holder)]?.get(group) ?? -Infinity;
  // What it claims since, unheard, is a matter of votes, where there are any.
  const isNewest = letGoAt >= claimedAt || (cluster.plan.quorum !== null && claimedAt > ear.wordSentAt);
  if (isNewest && ear.wordSentAt >= letGoAt) return null;
  return `${host.name} takes ${group} from ${holder.name}, which it has not turned off since it heard it`;
}

/** When the agent of another host last had that holder turned off, as far as this host was told; by whose clock it is told. */
function saidOffAt(cluster: Cluster, host: Host, other: Host, holder: Host): number {
  if (other === host) return -Infinity;
  const { wordSentAt } = cluster.ear(cluster.indexOf(host), cluster.indexOf(other));
  const told = other.fencer.orders.filter(
    ({ target, saysOff, at, endsAt }) =>
      target === holder.name && saysOff && endsAt - rateError * (endsAt - at) <= wordSentAt,
  );
  return told.at(-1)?.endsAt ?? -Infinity;
}

function groupIndex({ settings }: Host, group: string): number {
  return settings.groups.findIndex(({ name }) => name === group);
}
