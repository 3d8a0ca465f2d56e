// What the wire answered, as a reason not to claim. Whoever it was: while somebody answers for an address that this
// node would claim, it does not. Only the words differ, and what a person has to do.

import type { NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import { raise, settle } from './problems.ts';
import { clearTurnAt, suspectsOf } from './probing.ts';
import type { Boot, Probe } from './state.ts';
import { groupAt, type Turn } from './turn.ts';

export function wireHinders(turn: Turn, index: number): Reason | null {
  const { group } = groupAt(turn, index);
  const { vacancy, probe } = group;
  if (!turn.settings.probe || vacancy === null || vacancy.resigned) return null;
  if (probe === null) return { kind: 'asking-wire' };
  if (probe.clearAt === null) {
    return probe.answer === null ? { kind: 'asking-wire' } : answered(turn, group.name, probe.answer);
  }
  const at = clearTurnAt(turn, index);
  if (turn.judged >= at) return null;
  if (at <= turn.now) turn.wantPoll = true;
  return { kind: 'waiting-turn', ahead: Math.round((vacancy.claimAt - vacancy.since) / turn.settings.intervalMs) };
}

function answered(turn: Turn, group: string, { key, mac }: NonNullable<Probe['answer']>): Reason {
  const address = key.split('/')[1] ?? key;
  const holder = suspectsOf(turn, group).find((boot) => boot.macs.includes(mac))?.node;
  if (holder !== undefined) {
    settle(turn, (p) => p.code === 'address-answered' && p.group === group && p.key === key);
    raise(turn, { code: 'holder-silent-but-answers', group, holder, key, mac });
    return { kind: 'still-answering', holder, address, mac };
  }
  const by = ownerOf(turn.state.boots.values(), mac);
  settle(turn, (p) => p.code === 'holder-silent-but-answers' && p.group === group && p.key === key);
  raise(turn, { code: 'address-answered', group, key, mac, by });
  return { kind: 'address-answered', address, mac, by };
}

/** A live node before one that is not heard any more. */
function ownerOf(boots: Iterable<Boot>, mac: string): NodeName | null {
  const owners = [...boots].filter((boot) => boot.macs.includes(mac));
  return (owners.find((boot) => boot.state !== 'lost') ?? owners[0])?.node ?? null;
}
