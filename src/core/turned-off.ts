// Who was turned off: by this node's own agent, or by that of another node, as it says. Such a word names the highest
// number that was known of a boot when the agent was told. Everything up to it was said before, so the word stays true
// whatever comes later and however late it is heard; who has heard a later number learns nothing from it.

import type { TurnedOff } from '#model/advert';
import type { BootId, NodeName } from '#model/names';
import { liveBootOf } from './lost-holders.ts';
import { raise, settle } from './problems.ts';
import type { Boot } from './boot-state.ts';
import type { Group } from './state.ts';
import type { Turn } from './turn.ts';

/** What an advert can name; of more, the latest. */
const mostSaid = 8;

const nobody: readonly TurnedOff[] = [];

/** Verified off, and not heard since. */
export function isFenced(turn: Turn, id: BootId): boolean {
  const boot = turn.state.boots.get(id);
  const own = turn.state.fencedBoots.get(id);
  if (own !== undefined && (boot === undefined || boot.sequence <= own)) return true;
  if (boot === undefined) return false;
  for (const { sequence } of wordsAbout(turn, id)) if (boot.sequence <= sequence) return true;
  return false;
}

/** The highest number of that boot that is known to have left it; below all numbers where none is. */
export function numberOf(turn: Turn, id: BootId): number {
  let number = turn.state.boots.get(id)?.sequence ?? -1;
  for (const { echoes } of turn.state.boots.values()) number = Math.max(number, echoes.get(id)?.sequence ?? -1);
  return number;
}

/** Said while nothing of that node is heard. Of a boot that is remembered no more nobody can tell. */
export function turnedOffSaid(turn: Turn): readonly TurnedOff[] {
  if (turn.state.fencedBoots.size === 0) return nobody;
  const words: TurnedOff[] = [];
  for (const [id, sequence] of turn.state.fencedBoots) {
    const boot = turn.state.boots.get(id);
    if (boot === undefined || !isFenced(turn, id) || liveBootOf(turn, boot.node, true) !== undefined) continue;
    words.push({ boot: id, sequence });
  }
  return words.slice(-mostSaid);
}

/** Quorum mode: the votes by which this node holds or claims the group may be gone, since one says that it is off. */
export function turnedOffBy(turn: Turn, { claimedAfter }: Group): NodeName | null {
  if (turn.state.quorum === null) return null;
  for (const { by, sequence } of wordsAbout(turn, turn.state.boot)) if (sequence > claimedAfter) return by.node;
  return null;
}

/** In either mode: an agent that says yes while its node lives is none. */
export function noteSurvived(turn: Turn): void {
  const sayers: NodeName[] = [];
  for (const { by } of wordsAbout(turn, turn.state.boot)) if (by.state !== 'lost') sayers.push(by.node);
  for (const peer of sayers) raise(turn, { code: 'fence-survived', peer });
  settle(turn, (problem) => problem.code === 'fence-survived' && !sayers.includes(problem.peer));
}

interface Word {
  readonly by: Boot;
  readonly sequence: number;
}

function wordsAbout(turn: Turn, id: BootId): readonly Word[] {
  let words: Word[] | null = null;
  for (const by of turn.state.boots.values()) {
    if (by.turnedOff.length === 0 || !by.proven) continue;
    for (const { boot, sequence } of by.turnedOff) {
      if (boot === id) words = [...(words ?? []), { by, sequence }];
    }
  }
  return words ?? noWords;
}

const noWords: readonly Word[] = [];

export function sameWords(a: readonly TurnedOff[], b: readonly TurnedOff[]): boolean {
  if (a.length !== b.length) return false;
  return a.every(({ boot, sequence }, at) => boot === b[at]?.boot && sequence === b[at].sequence);
}
