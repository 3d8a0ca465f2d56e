// Two nodes that cannot hear each other's adverts may find the wire silent in the same moment: where a process stands
// still between its last question and its opening, no question of either meets an answer. Their announcements meet. So
// a claim that nobody made way for by name stays in question for a while after it opened, and of two that crossed one
// gives way.

import { type Instant, later } from '#lib/time';
import type { AddressKey } from '#model/input';
import type { Reason } from '#model/reason';
import { fenceDecides } from './fence-peer.ts';
import { holderWith } from './neighbours.ts';
import { suspectsOf } from './probing.ts';
import { letGo, listen } from './roles.ts';
import type { Group } from './state.ts';
import { downMs } from './timing.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';
import { answeredBy } from './witness.ts';

/** What the last holder said just before it let go is on its way for so long at most; in a socket it may wait longer. */
export const lastWordsMs = 200;

/** Two hosts that defend one address must not flood the segment: RFC 5227 lets a stubborn one do so now and then. */
export const defendGapMs = 1000;

/** Twice as long as whoever has held the address before may rest between two defences of it. */
const inQuestionMs = 2 * defendGapMs;

/** Who speaks for an address and answers nobody who asks for it does not hold it: a server behind a load balancer, perhaps. */
const mostInARow = 3;

/** What becomes of a claim in question, now that another host speaks for the address. */
export type Crossing = 'none' | 'stands' | 'gives-way';

/**
 * A claim under way gives way, and so does one that is in question to whoever speaks on. Of two that have just opened the
 * one with the lower hardware address stands.
 */
export function settleCrossing(turn: Turn, index: number, key: AddressKey, mac: string, after: Instant): Crossing {
  const { group, asked } = groupAt(turn, index);
  if (!isInQuestion(turn, index, after) || isLivePeers(turn, mac)) return 'none';
  if (group.role === 'active' && after < later(group.since, lastWordsMs)) {
    const [name] = key.split('/');
    // On another interface the two may be in another order.
    if (name !== asked.interface || heldBefore(turn, group, mac)) return 'none';
    const own = turn.state.links.get(name)?.mac;
    if (own !== undefined && own < mac) return 'stands';
  }
  changeGroup(turn, index, { gaveWay: { times: timesInARow(turn, group) + 1, lastAt: turn.now } });
  letGo(turn, index);
  listen(turn, index, whyItGivesWay(turn, group, key, mac));
  turn.stirred = true;
  return 'gives-way';
}

/** Whoever is heard as a holder, and is not settled with by rank, does not hear this node. */
function whyItGivesWay(turn: Turn, { name }: Group, key: AddressKey, mac: string): Reason {
  const holder = holderWith(turn, name, mac);
  if (holder !== undefined) return { kind: 'unheard', by: holder.node };
  return answeredBy(turn, name, { key, mac, at: turn.now });
}

/** Its adverts and ours are heard: they decide, by rank. */
export function isLivePeers(turn: Turn, mac: string): boolean {
  return [...turn.state.boots.values()].some((boot) => boot.state === 'two-way' && boot.macs.includes(mac));
}

/** The cheapest questions first: each frame of a takeover of many addresses asks them. */
function isInQuestion(turn: Turn, index: number, after: Instant): boolean {
  const { group } = groupAt(turn, index);
  const { role, reason, since } = group;
  // Whoever read it late goes by when it was said.
  const isFresh = role === 'claiming' || (role === 'active' && after < later(since, inQuestionMs));
  if (!isFresh || !turn.settings.probe || turn.state.quorum !== null) return false;
  const isNamed = reason.kind !== 'no-holder' && reason.kind !== 'holder-lost' && reason.kind !== 'resigned';
  if (isNamed) return false;
  if (timesInARow(turn, group) >= mostInARow) return false;
  return turn.settings.fence.peer === null && !fenceDecides(turn, index);
}

/** From whom this node took the group, as far as it knows: what that one says just afterwards are its last words. */
function heldBefore(turn: Turn, group: Group, mac: string): boolean {
  const resigners = [...turn.state.boots.values()].filter(({ boot }) => group.resigners.has(boot));
  return [...suspectsOf(turn, group.name), ...resigners].some(({ macs }) => macs.includes(mac));
}

/** Between two of them lies at least the listening. */
function timesInARow(turn: Turn, { gaveWay }: Group): number {
  const rowMs = 60_000 + 3 * downMs(turn.settings);
  return gaveWay === null || later(gaveWay.lastAt, rowMs) <= turn.now ? 0 : gaveWay.times;
}
