// What the other nodes say about one group, as questions: who holds it, who could, who holds us back.
// An unproven sender can only hold others back; its rank, wish and resignation count for nothing.

import type { GroupEntry, Role } from '#model/advert';
import type { GroupName, NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import { compareRank, type Rank } from './rank.ts';
import type { Boot } from './boot-state.ts';
import type { Group } from './state.ts';
import type { Turn } from './turn.ts';

export interface Voice {
  readonly boot: Boot;
  readonly entry: GroupEntry;
}

/** Everybody who is live and says something about the group. */
export function voices(turn: Turn, group: GroupName): Voice[] {
  const all: Voice[] = [];
  for (const boot of turn.state.boots.values()) {
    if (boot.state === 'lost') continue;
    const entry = boot.table.entries.get(group);
    if (entry === undefined || (entry.role === 'resigning' && isOutlived(turn, boot))) continue;
    all.push({ boot, entry });
  }
  return all;
}

/** What that life was handing over is settled: the next one of its node has been heard since. */
function isOutlived(turn: Turn, { node, lastHeardAt }: Boot): boolean {
  for (const next of turn.state.boots.values())
    if (next.node === node && next.proven && next.firstHeardAt > lastHeardAt) return true;
  return false;
}

/** Live nodes that hold the group or may: no claim beside them. Proven holders come first. */
export function holdersOf(all: readonly Voice[]): Voice[] {
  const holders = all.filter(({ boot, entry }) => {
    if (entry.role === 'active' || entry.role === 'claiming') return true;
    return entry.role === 'resigning' && !boot.proven;
  });
  // There is one as a rule, and this is asked for with every look at a group.
  if (holders.length < 2) return holders;
  return holders.toSorted(
    (a, b) =>
      Number(b.boot.proven) - Number(a.boot.proven) ||
      Number(b.entry.role === 'active') - Number(a.entry.role === 'active'),
  );
}

/** Whoever is heard to hold the group and has that hardware address. */
export function holderWith(turn: Turn, group: GroupName, mac: string): Boot | undefined {
  return voices(turn, group).find(({ boot, entry }) => entry.role === 'active' && boot.macs.includes(mac))?.boot;
}

/** Why a node stays behind that one. What is not proven may be a recording. */
export function reasonBehind({ boot, entry }: Voice): Reason {
  if (!boot.proven) return { kind: 'holder-unproven', holder: boot.node };
  if (entry.role === 'claiming') return { kind: 'claimant-live', claimant: boot.node };
  return { kind: 'holder-live', holder: boot.node };
}

/** It has changed its table since: what it says of any group may be something else by now. */
export function isBehind(boot: Boot): boolean {
  return boot.table.held < boot.tableVersion;
}

/** A live node whose table is not known, or not as it is now: it may hold the group. */
export function unknownPeer(turn: Turn, group: GroupName): Boot | null {
  for (const boot of turn.state.boots.values()) {
    // Version 0 is the table of a node that has no groups.
    if (boot.state === 'lost' || boot.tableVersion === 0) continue;
    if (boot.table.held === 0 ? !boot.table.entries.has(group) : isBehind(boot)) return boot;
  }
  return null;
}

/** Every node is named, and every other one is live, hears us, is known whole, and does not hold the group. */
export function isSureThatNobodyHolds(turn: Turn, group: GroupName): boolean {
  const { nodes, node } = turn.settings;
  if (nodes === null || unknownPeer(turn, group) !== null || holdersOf(voices(turn, group)).length > 0) return false;
  const heard = new Set([...turn.state.boots.values()].filter((boot) => boot.state === 'two-way').map((b) => b.node));
  return nodes.every((name) => name === node || heard.has(name));
}

/** Other nodes that would claim: live, proven, standby, one voice for each node, best first. */
export function candidates(turn: Turn, all: readonly Voice[]): Voice[] {
  return contenders(turn, all, ['standby']);
}

/** As candidates, with other roles: one voice for each live and proven node, best first. */
export function contenders(turn: Turn, all: readonly Voice[], roles: readonly Role[]): Voice[] {
  const latest = new Map<NodeName, Voice>();
  for (const voice of all) {
    if (!voice.boot.proven || voice.boot.node === turn.settings.node) continue;
    const known = latest.get(voice.boot.node);
    if (known === undefined || known.boot.firstHeardAt < voice.boot.firstHeardAt) latest.set(voice.boot.node, voice);
  }
  return [...latest.values()]
    .filter(({ boot, entry }) => roles.includes(entry.role) && duplicateOf(turn, boot.node) === null)
    .toSorted((a, b) => compareRank(rankOf(a), rankOf(b)));
}

export function rankOf({ boot, entry }: Voice): Rank {
  return { priority: entry.priority, tieBreak: entry.tieBreak, node: boot.node };
}

export function ownRank(turn: Turn, group: Group): Rank {
  return { priority: group.entry.priority, tieBreak: group.entry.tieBreak, node: turn.settings.node };
}

/**
 * A second live daemon under the name of a node. A restart is none: the old boot falls silent before
 * the new one is first heard.
 */
export function duplicateOf(turn: Turn, node: NodeName): Boot | null {
  let newest: Boot | null = null;
  for (const boot of turn.state.boots.values()) {
    if (boot.node !== node || !boot.proven || boot.state === 'lost') continue;
    if (newest === null || boot.firstHeardAt >= newest.firstHeardAt) newest = boot;
  }
  if (newest === null) return null;
  if (node === turn.settings.node) return newest;
  return isTwin(turn, newest) ? newest : null;
}

/** An earlier life under the same name went on speaking. */
function isTwin(turn: Turn, newest: Boot): boolean {
  for (const boot of turn.state.boots.values()) {
    if (boot === newest || boot.node !== newest.node || !boot.proven || boot.state === 'lost') continue;
    if (boot.lastHeardAt > newest.firstHeardAt + stragglerMs) return true;
  }
  return false;
}

/** A packet of the old boot may still be on a slow path when the new one speaks first. */
const stragglerMs = 250;
