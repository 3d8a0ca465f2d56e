// What a voter promises, between value and bytes. One vote of fixed length for each candidate covers all of
// its groups; the few groups that a vote leaves out are named. What a vote means is decided in the core.

import type { Vote, VoteException, Votes } from '#model/advert';
import {
  bareVoteLength,
  flagSilent,
  longestExceptions,
  longestWord,
  mostVotes,
  sectionHeadLength,
  sectionVotes,
  votesHeadLength,
} from './layout.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** With the head of the section; nothing where there are no votes to say. */
export function votesLength(votes: Votes | null): number {
  if (votes === null) return 0;
  const given = votes.given.reduce((sum, vote) => sum + bareVoteLength + exceptionsLength(vote.except), 0);
  return sectionHeadLength + votesHeadLength + given;
}

function exceptionsLength(except: readonly VoteException[]): number {
  return except.reduce((sum, { group }) => sum + 1 + group.length + 8, 0);
}

export function writeVotes(writer: Writer, votes: Votes | null): void {
  if (votes === null) return;
  if (votes.given.length > mostVotes)
    throw new RangeError(`an advert has at most ${mostVotes} votes, found ${votes.given.length}`);
  const exceptions = votes.given.reduce((sum, { except }) => sum + exceptionsLength(except), 0);
  if (exceptions > longestExceptions)
    throw new RangeError(`the exceptions of all votes have at most ${longestExceptions} bytes, found ${exceptions}`);
  writer.u8(sectionVotes, 'section');
  writer.u16(votesLength(votes) - sectionHeadLength, 'length of the votes');
  writer.hex(votes.voters, 'hash of the voters');
  writer.u8(votes.silent ? flagSilent : 0, 'flags of the votes');
  writer.counter(votes.epoch, 'highest epoch');
  for (const vote of votes.given) writeVote(writer, vote);
}

function writeVote(writer: Writer, vote: Vote): void {
  writer.hex(vote.boot, 'boot id of a vote');
  writer.counter(vote.sequence, 'sequence number of a vote');
  writer.counter(vote.tableVersion, 'table version of a vote');
  writer.u8(vote.except.length, 'number of exceptions');
  for (const { group, epoch } of vote.except) {
    writer.name(group, 'excepted group', 'word', longestWord);
    writer.counter(epoch, 'epoch of an exception');
  }
}

/** Unlike elsewhere an unknown flag is refused: who does not know what it means must not count the votes. */
export function readVotes(reader: Reader): Votes {
  const voters = reader.hex();
  const flags = reader.u8();
  if ((flags & ~flagSilent) !== 0) reader.refuse('malformed-section');
  const epoch = reader.epoch();
  const given: Vote[] = [];
  while (reader.hasMore) given.push(readVote(reader));
  if (given.length > mostVotes) reader.refuse('malformed-section');
  return { voters, silent: flags === flagSilent, epoch, given };
}

function readVote(reader: Reader): Vote {
  const boot = reader.hex();
  const sequence = reader.counter();
  const tableVersion = reader.counter();
  const except: VoteException[] = [];
  for (let left = reader.u8(); left > 0 && reader.refusal === null; left -= 1) {
    except.push({ group: reader.name('word', longestWord), epoch: reader.epoch() });
  }
  return { boot, sequence, tableVersion, except };
}
