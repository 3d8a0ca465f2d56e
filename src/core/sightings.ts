// Another hardware address spoke on the wire for one of our addresses. While this node asks, that is the answer; while
// it holds the address, it is a conflict: it announces again, at most once in a while (RFC 5227, section 2.4), counts
// and reports. It does not let go because of it, but for a claim that has only just been made: what a live node says in
// its adverts decides.

import { type Instant, later, longAgo } from '#lib/time';
import type { AddressKey } from '#model/input';
import { defendGapMs, isLivePeers, lastWordsMs, settleCrossing } from './crossed-claims.ts';
import { holderWith } from './neighbours.ts';
import { raise, settle } from './problems.ts';
import { ownerOf } from './put-back.ts';
import { changeGroup, groupAt, touch, type Turn } from './turn.ts';

/** So long after the last sighting a conflict counts as over. */
const quietMs = 10_000;

export function takeSighting(turn: Turn, key: AddressKey, mac: string, after: Instant): void {
  const index = ownerOf(turn, key);
  if (index === null || isOwn(turn, mac) || isBlind(turn, key, mac)) return;
  const { group } = groupAt(turn, index);
  if (group.probe !== null) {
    const answer = { key, mac, at: turn.now };
    changeGroup(turn, index, { probe: { ...group.probe, answer, silent: 0, clearAt: null }, gaveWay: null });
  }
  const crossing = settleCrossing(turn, index, key, mac, after);
  if (crossing === 'gives-way' || group.role !== 'active') return;
  // What may have been said before this node held the address is no conflict.
  const isConflict = crossing === 'stands' || after >= later(group.since, lastWordsMs);
  if (isConflict) noteConflict(turn, index, key, mac);
  if (crossing === 'stands') announceTwice(turn, index);
}

/**
 * Somebody else asks for the same address. A node whose adverts are heard is settled with by rank. Of two that know
 * nothing of each other whoever began to ask goes first, and at the same time the one with the lower hardware address.
 */
export function takeProbe(turn: Turn, key: AddressKey, mac: string): void {
  const index = ownerOf(turn, key);
  if (index === null || isOwn(turn, mac) || isLivePeers(turn, mac)) return;
  const { group } = groupAt(turn, index);
  const own = turn.state.links.get(key.split('/')[0] ?? '')?.mac;
  if (group.probe === null) changeGroup(turn, index, { rivalAskedAt: turn.now });
  else if (own !== undefined && own > mac) changeGroup(turn, index, { probe: { ...group.probe, rivalAt: turn.now } });
}

/** When a conflict has been quiet for long enough. */
export function conflictDue(turn: Turn, index: number): void {
  const { group } = groupAt(turn, index);
  if (group.conflict === null || conflictWakeAt(group.conflict) > turn.now) return;
  changeGroup(turn, index, { conflict: null });
  settle(turn, (problem) => problem.code === 'address-conflict' && problem.group === group.name);
}

export function conflictWakeAt({ lastAt }: { readonly lastAt: Instant }): Instant {
  return later(lastAt, quietMs);
}

function noteConflict(turn: Turn, index: number, key: AddressKey, mac: string): void {
  const { group } = groupAt(turn, index);
  // Its adverts are heard, and are reported as a second holder.
  if (holderWith(turn, group.name, mac) !== undefined) return;
  const known = group.conflict ?? { times: 0, defendedAt: longAgo };
  const times = known.times + 1;
  const defends = turn.now >= later(known.defendedAt, defendGapMs);
  changeGroup(turn, index, {
    conflict: { times, lastAt: turn.now, defendedAt: defends ? turn.now : known.defendedAt },
  });
  raise(turn, { code: 'address-conflict', group: group.name, key, mac, times });
  touch(turn, group.name);
  const { announcing } = group;
  if (!defends || announcing === null) return;
  changeGroup(turn, index, { announcing: { ...announcing, left: Math.max(announcing.left, 1), nextAt: turn.now } });
}

/** At once, and once more when whoever has held the address for long may defend it again. */
function announceTwice(turn: Turn, index: number): void {
  const { announcing } = groupAt(turn, index).group;
  const againAt = later(turn.now, defendGapMs + lastWordsMs);
  if (announcing === null || announcing.againAt <= againAt) return;
  const left = Math.max(announcing.left, 1);
  changeGroup(turn, index, { announcing: { ...announcing, left, nextAt: turn.now, againAt } });
}

function isOwn(turn: Turn, mac: string): boolean {
  return [...turn.state.links.values()].some((link) => link.mac === mac);
}

/** A hardware address that turns out to be a node's is a witness after all. */
function isBlind(turn: Turn, key: AddressKey, mac: string): boolean {
  if (turn.state.blind.get(key) !== mac) return false;
  if (![...turn.state.boots.values()].some((boot) => boot.macs.includes(mac))) return true;
  turn.state.blind = new Map([...turn.state.blind].filter(([blind]) => blind !== key));
  settle(turn, (problem) => problem.code === 'probe-blind' && problem.key === key);
  return false;
}
