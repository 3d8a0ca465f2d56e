// Two nodes that cannot hear each other's adverts may find the wire silent in the same moment: where a process stands
// still between its last question and its opening, no question of either meets an answer. Their announcements meet. So
// a claim that was made of silence stays in question for a while after it opened, and of two that crossed one gives way.

import { later } from '#lib/time';
import type { AddressKey } from '#model/input';
import { fenceDecides } from './fence-peer.ts';
import { suspectsOf } from './probing.ts';
import { letGo, listen } from './roles.ts';
import type { Group } from './state.ts';
import { changeGroup, groupAt, type Turn } from './turn.ts';
import { answeredBy } from './witness.ts';

/** Who has held the address for long defends it once a second: whoever claimed beside it has heard that by then. */
const inQuestionMs = 2000;

/** Who speaks for an address and answers nobody who asks for it does not hold it: a server behind a load balancer, perhaps. */
const mostInARow = 3;
const rowMs = 60_000;

/**
 * What becomes of this node's claim, now that another host speaks for the address: a claim under way gives way, and so
 * does a later one to whoever `speaksOn`. Of two that have just opened the one with the lower hardware address stands.
 */
export type Crossing = 'none' | 'stands' | 'gives-way';

export function settleCrossing(turn: Turn, index: number, key: AddressKey, mac: string, speaksOn: boolean): Crossing {
  const { group } = groupAt(turn, index);
  if (!isInQuestion(turn, index) || isHeard(turn, mac)) return 'none';
  if (group.role === 'active' && !speaksOn) {
    // The last words of whom this node took the group from.
    if (suspectsOf(turn, group.name).some(({ macs }) => macs.includes(mac))) return 'none';
    const own = turn.state.links.get(key.split('/')[0] ?? '')?.mac;
    if (own !== undefined && own < mac) return 'stands';
  }
  changeGroup(turn, index, { gaveWay: { times: timesInARow(turn, group) + 1, lastAt: turn.now } });
  letGo(turn, index);
  listen(turn, index, answeredBy(turn, group.name, { key, mac, at: turn.now }));
  return 'gives-way';
}

function isInQuestion(turn: Turn, index: number): boolean {
  const { group } = groupAt(turn, index);
  const { role, reason, since } = group;
  if (!turn.settings.probe || turn.state.quorum !== null || fenceDecides(turn, index)) return false;
  if (timesInARow(turn, group) >= mostInARow) return false;
  if (reason.kind !== 'no-holder' && reason.kind !== 'holder-lost') return false;
  return role === 'claiming' || (role === 'active' && turn.now < later(since, inQuestionMs));
}

function timesInARow(turn: Turn, { gaveWay }: Group): number {
  return gaveWay === null || later(gaveWay.lastAt, rowMs) <= turn.now ? 0 : gaveWay.times;
}

/** Whose adverts are heard: they decide, by rank. */
function isHeard(turn: Turn, mac: string): boolean {
  return [...turn.state.boots.values()].some((boot) => boot.state !== 'lost' && boot.macs.includes(mac));
}
