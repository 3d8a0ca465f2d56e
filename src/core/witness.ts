// What the wire answered, as a reason not to claim. Whoever it was: while somebody answers for an address that this
// node would claim, it does not. Only the words differ, and what a person has to do.

import type { Reason } from '#model/reason';
import { raise, settle } from './problems.ts';
import { fenceDecides } from './fence-peer.ts';
import { clearTurnAt, suspectsOf } from './probing.ts';
import type { Boot } from './boot-state.ts';
import type { Probe } from './state.ts';
import { turnMs } from './timing.ts';
import { groupAt, type Turn } from './turn.ts';

export function wireHinders(turn: Turn, index: number): Reason | null {
  const { group } = groupAt(turn, index);
  const { vacancy, probe } = group;
  if (!turn.settings.probe || vacancy === null || vacancy.resigned) return null;
  if (fenceDecides(turn, index)) return null;
  if (probe === null) return { kind: 'asking-wire' };
  if (probe.clearAt === null) {
    return probe.answer === null ? { kind: 'asking-wire' } : answeredBy(turn, group.name, probe.answer);
  }
  const at = clearTurnAt(turn, index);
  if (turn.judged >= at) return null;
  if (at <= turn.now) turn.wantPoll = true;
  return { kind: 'waiting-turn', ahead: Math.round((vacancy.claimAt - vacancy.since) / turnMs(turn.settings)) };
}

/** Once for a silent host, however many groups it held; for anybody else, once for each address. */
export function noteWitness(turn: Turn): void {
  const silent: string[] = [];
  const others: string[] = [];
  for (const { name, probe, vacancy } of turn.state.groups) {
    if (vacancy === null || probe === null || probe.answer === null || probe.clearAt !== null) continue;
    const reason = answeredBy(turn, name, probe.answer);
    if (reason.kind === 'still-answering') {
      silent.push(reason.holder);
      raise(turn, { code: 'holder-silent-but-answers', holder: reason.holder, mac: reason.mac });
    } else if (reason.kind === 'address-answered') {
      const { key, mac } = probe.answer;
      others.push(`${name} ${mac}`);
      raise(turn, { code: 'address-answered', group: name, key, mac, by: reason.by });
    }
  }
  settle(turn, (p) => p.code === 'holder-silent-but-answers' && !silent.includes(p.holder));
  settle(turn, (p) => p.code === 'address-answered' && !others.includes(`${p.group} ${p.mac}`));
}

export function answeredBy(turn: Turn, group: string, { key, mac, at }: NonNullable<Probe['answer']>): Reason {
  const address = key.split('/')[1] ?? key;
  const holder = suspectsOf(turn, group).find((boot) => boot.macs.includes(mac))?.node;
  if (holder !== undefined) return { kind: 'still-answering', holder, address, mac };
  const owner = ownerOf(turn.state.boots.values(), mac);
  // That was its daemon's last life; what it left was taken away by this one.
  if (owner !== undefined && owner.firstHeardAt > at) return { kind: 'asking-wire' };
  return { kind: 'address-answered', address, mac, by: owner?.node ?? null };
}

/** A live node before one that is not heard any more. */
function ownerOf(boots: Iterable<Boot>, mac: string): Boot | undefined {
  const owners = [...boots].filter((boot) => boot.macs.includes(mac));
  return owners.find((boot) => boot.state !== 'lost') ?? owners[0];
}
