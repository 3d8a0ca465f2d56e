// The constants of the native advert: what both directions of the codec agree on. The table with
// every offset is docs/wire.md. Bytes are neither read nor written here.

import type { GatewayWord, GroupEntry, Role } from '#model/advert';

/** "LCUM". */
export const magic = 0x4c43554d;
export const majorVersion = 1;
export const minorVersion = 1;

/** A datagram that no path with an ordinary MTU has to fragment, tunnels included. */
export const longestDatagram = 1400;
export const macLength = 16;

/** Magic, both versions, key id: what stands before the cluster's name, in every major version. */
export const prefixLength = 10;
/** Boot id, sequence number, interval, down_after, hold, configuration hash, table version. */
export const fixedHeaderLength = 8 + 8 + 2 + 2 + 4 + 8 + 8;

export const sectionEchoes = 1;
export const sectionTable = 2;
export const sectionVotes = 3;
export const sectionFacts = 4;
export const sectionTurnedOff = 5;
export const sectionHeadLength = 3;

export const echoLength = 25;
export const flagHere = 0x01;

/** Base, part, parts. */
export const tableHeadLength = 8 + 2 + 2;
export const mostParts = 4096;
/** Everything of an entry but its names and its address: lengths, role, priority, flags, epoch. */
export const bareEntryLength = 2 + 1 + 1 + 1 + 1 + 1 + 1 + 8;

export const hardwareAddressLength = 6;
export const mostHardwareAddresses = 16;
export const gatewayCodes: Readonly<Record<GatewayWord, number>> = { none: 0, reached: 1, unreached: 2 };

/** Boot, sequence number. */
export const turnedOffLength = 8 + 8;
export const mostTurnedOff = 8;

/** Hash of the voters, flags, epoch. */
export const votesHeadLength = 8 + 1 + 8;
export const flagSilent = 0x01;
/** Boot, sequence, table version, number of exceptions. */
export const bareVoteLength = 8 + 8 + 8 + 1;
export const mostVotes = 16;
/** Over all votes of an advert, in bytes: enough for the few groups that a moment of conflict is about. */
export const longestExceptions = 256;

/** Stands for no boot: no start draws it. */
export const noBoot = '0000000000000000';
export const inheritanceLength = 8 + 8;

export const intervalRange = { low: 1, high: 60_000 } as const;
export const downAfterRange = { low: 1, high: 0xffff } as const;
export const priorityRange = { low: 1, high: 254 } as const;
/** On the wire for a hold without end. */
export const holdForEver = 0xffffffff;

/** Code 0 is left out, so that zeroed memory is not a role. */
export const roleCodes: Readonly<Record<Role, number>> = {
  starting: 1,
  standby: 2,
  claiming: 3,
  active: 4,
  resigning: 5,
  faulted: 6,
  fenced: 7,
  draining: 8,
  witness: 9,
};

export const wantsCodes: Readonly<Record<GroupEntry['wants'], number>> = { nothing: 0, preempt: 1, promote: 2 };
export const flagPinned = 0x04;

export type Alphabet = 'word' | 'printable';

/** The most characters that a name of an alphabet has: words, and what the kernel calls interfaces. */
export const longestWord = 63;
export const longestPath = 15;
export const longestRelease = 63;

const charactersOfWord = 1;
const charactersOfPrintable = 2;
const characterKinds = kindsOfCharacters();

/** Words are `[A-Za-z0-9._-]`; printable is ASCII without space and slash. */
export function isIn(alphabet: Alphabet, code: number): boolean {
  const kind = alphabet === 'word' ? charactersOfWord : charactersOfPrintable;
  return ((characterKinds[code] ?? 0) & kind) !== 0;
}

function kindsOfCharacters(): Uint8Array {
  const kinds = new Uint8Array(256);
  for (let code = 0x21; code < 0x7f; code += 1) {
    const character = String.fromCharCode(code);
    if (character !== '/') kinds[code] = charactersOfPrintable;
    if (/[A-Za-z0-9._-]/.test(character)) kinds[code] = charactersOfPrintable | charactersOfWord;
  }
  return kinds;
}
