// Where a fence is required before a claim, silence of others is not enough even if none of them was heard to hold the
// group: whoever may have taken it unheard has to be turned off, or to answer that it has heard of this claim and does
// not hold. Nobody can open in between: a node that starts hears every other one before it claims anything, so the
// latest life of each that can claim was heard here too.

import type { Advert } from '#model/advert';
import type { GroupName, NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import type { Boot } from './boot-state.ts';
import { lostHoldersOf } from './lost-holders.ts';
import { isBehind } from './neighbours.ts';
import { groupAt, type Turn } from './turn.ts';

/** The lives that fell silent and may have claimed the group since. */
export function absentees(turn: Turn, index: number): readonly Boot[] {
  return concerned(turn, index).filter(({ state }) => state === 'lost');
}

/** Whether everybody who is heard has answered the claim. */
export function isAgreed(turn: Turn, index: number): boolean {
  return unanswered(turn, index).length === 0;
}

/** Whom a claim waits for, as a reason for people. */
export function consentReason(turn: Turn, index: number): Reason | null {
  const { role, holdId } = groupAt(turn, index).group;
  if (role !== 'claiming' || holdId !== null) return null;
  const nodes = unanswered(turn, index).map(({ node }) => node);
  return nodes.length === 0 ? null : { kind: 'claim-unanswered', nodes: nodes.join(', ') };
}

/** What that boot has heard of this node's table may be what a claim waits for. */
export function isConsent(turn: Turn, was: Boot, is: Boot): boolean {
  return turn.settings.fence.peerRequired && was.echoedTable !== is.echoedTable;
}

/** A claim is under way that waits for a word of this node. */
export function asksConsent(turn: Turn, was: Boot, is: Boot, { table }: Advert): boolean {
  if (!turn.settings.fence.peerRequired || was.table === is.table) return false;
  return table !== null && table.entries.some(({ role }) => role === 'claiming');
}

function unanswered(turn: Turn, index: number): readonly Boot[] {
  const { entry } = groupAt(turn, index).group;
  return concerned(turn, index).filter(
    (boot) => boot.state !== 'lost' && (entry.role !== 'claiming' || !agrees(turn, index, boot)),
  );
}

/** It knows of the claim, it is known whole, and it does not claim itself. */
function agrees(turn: Turn, index: number, boot: Boot): boolean {
  const { name, entryVersion } = groupAt(turn, index).group;
  if (!boot.proven || isBehind(boot) || boot.echoedTable < entryVersion) return false;
  return boot.table.entries.get(name)?.role !== 'claiming';
}

/**
 * The latest life of each node that may have claimed the group. Of more than two nodes those that lose a holder do not
 * turn each other off as well: they would rather all be off than settle who is left.
 */
function concerned(turn: Turn, index: number): readonly Boot[] {
  const { name } = groupAt(turn, index).group;
  if (!turn.settings.fence.peerRequired || turn.state.quorum !== null) return [];
  const lost = new Set(lostHoldersOf(turn, name).values());
  // Its holder knew what it let go of.
  if (lost.size === 0 && isNamed(turn, index)) return [];
  return latestLives(turn).filter((boot) => (lost.size === 0 || lost.has(boot.node)) && couldClaim(boot, name));
}

function isNamed(turn: Turn, index: number): boolean {
  const { claim, vacancy } = groupAt(turn, index).group;
  return claim?.named ?? vacancy?.successor === turn.settings.node;
}

/** Whoever says that it ends claims nothing more. */
function couldClaim({ table }: Boot, group: GroupName): boolean {
  const role = table.entries.get(group)?.role;
  if (role === undefined) return table.held === 0;
  return role !== 'draining' && role !== 'witness';
}

/** The life of each other node that was heard last: nothing comes of a life after a later one. */
function latestLives(turn: Turn): readonly Boot[] {
  const latest = new Map<NodeName, Boot>();
  for (const boot of turn.state.boots.values()) {
    if (boot.node === turn.settings.node) continue;
    const known = latest.get(boot.node);
    if (known === undefined || known.lastHeardAt < boot.lastHeardAt) latest.set(boot.node, boot);
  }
  return [...latest.values()];
}
