// What a voter says in every advert: of fixed length for each candidate, however many groups it has. An advert has
// room for so many candidates and so many exceptions: whoever finds no room is not spoken of, and gets no promise.

import { later, latest, longAgo } from '#lib/time';
import type { Vote, VoteException, Votes } from '#model/advert';
import type { BootId, NodeName } from '#model/names';
import { isSilent, promiseMs } from './electorate.ts';
import type { Candidate } from './quorum-state.ts';
import type { Turn } from './turn.ts';

/** More candidates than nodes that any cluster needs; what an advert can name. */
const mostVotes = 16;
/** Names of excepted groups, in bytes, over all votes of an advert. */
const longestExceptions = 256;

/** Whoever asks for votes, and the number by which it asks. */
export interface Asked {
  readonly boot: BootId;
  readonly node: NodeName;
  readonly holdMs: number;
  readonly sequence: number;
  readonly tableVersion: number;
}

export function votesSaid(turn: Turn): Votes | null {
  const { quorum } = turn.state;
  if (quorum === null) return null;
  const given: Vote[] = [];
  for (const [boot, { sequence, tableVersion, except }] of quorum.candidates) {
    if (boot !== turn.state.boot && sequence > 0) given.push({ boot, sequence, tableVersion, except });
  }
  return { voters: quorum.hash, silent: isSilent(turn), epoch: quorum.highestEpoch, given };
}

/** Nobody is promised what could not be told. Its own vote a node does not have to tell. */
export function isCrowdedOut(turn: Turn, boot: BootId): boolean {
  const own = turn.state.boot;
  let others = 0;
  for (const [id, { sequence, until }] of turn.state.quorum?.candidates ?? []) {
    if (id !== boot && id !== own && (sequence > 0 || until !== longAgo)) others += 1;
  }
  return boot !== own && others >= mostVotes;
}

/** What is said of a candidate; null once it claims nothing. */
export function voteOf(
  turn: Turn,
  asking: Asked,
  known: Candidate | undefined,
  granted: number,
  except: readonly VoteException[],
): Candidate | null {
  if (granted + except.length === 0) return null;
  const lasting = known?.until ?? longAgo;
  const until = granted === 0 ? lasting : latest(lasting, later(turn.now, promiseMs(asking.holdMs)));
  const { node } = asking;
  const refused = except.length > 0;
  // It is asked again until there is room.
  if (isCrowdedOut(turn, asking.boot)) return { node, until, sequence: 0, tableVersion: 0, except: [], refused };
  // More exceptions than can be told: the last vote that could be told is said on. What it covers lasts longer too;
  // a later claim to the same group is not meant, since that came in a later version.
  if (bytesOf(except) > roomFor(turn, asking.boot)) {
    const { sequence = 0, tableVersion = 0, except: told = [] } = known ?? {};
    const number = sequence > 0 && granted > 0 ? asking.sequence : sequence;
    return { node, until, sequence: number, tableVersion, except: told, refused };
  }
  return { node, until, sequence: asking.sequence, tableVersion: asking.tableVersion, except, refused };
}

function roomFor(turn: Turn, boot: BootId): number {
  let room = longestExceptions;
  for (const [id, { except }] of turn.state.quorum?.candidates ?? []) if (id !== boot) room -= bytesOf(except);
  return room;
}

function bytesOf(except: readonly VoteException[]): number {
  return except.reduce((sum, { group }) => sum + 1 + group.length + 8, 0);
}
