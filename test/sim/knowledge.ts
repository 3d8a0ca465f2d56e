// What the simulation knows of its hosts, and they themselves do not: what happened to each, who heard whom when, and
// who took a group on the strength of what. Checkers judge by it; nothing is decided here.

import type { Reason } from '#model/reason';

/** What happened to a host that may explain what it does afterwards. */
export type Mark =
  | 'blocked'
  /** All of its clocks stood still together: it cannot know. */
  | 'paused'
  /** They stopped. */
  | 'pausing'
  | 'suspended'
  /** Its kernel, the answers of that or its alarms are late, or were until then. */
  | 'slow'
  | 'link'
  | 'check'
  | 'kernel'
  /** Its kernel refused to take an address away. */
  | 'stuck'
  /** An administrator put an address of ours on it, or took it away again. */
  | 'foreign'
  | 'stopped'
  | 'started'
  | 'removed'
  | 'gateway'
  | 'fenced'
  /** Its state directory is gone. */
  | 'forgot'
  /** Another host believes that it is off, and it is not. */
  | 'lied'
  /** It bears the name of another host, or another host bears its name. */
  | 'twin';

/** What one host knows of another by hearing. */
export interface Ear {
  /** When a datagram of it was last given to the daemon, and when that one was sent. */
  takenAt: number;
  takenSentAt: number;
  /** When the last one was sent that it was given, of whichever life of the other's daemon. */
  wordSentAt: number;
  /** When a silence of a down time ended last. */
  deafUntil: number;
  /** When one of its datagrams was last lost on the way here. */
  lostAt: number;
  /** When a frame of ARP was last lost between the two, whichever way it went. */
  unaskedAt: number;
  /** Until when one of its datagrams that something held up was, or is, on the way here. */
  heldUpUntil: number;
  /** When somebody played recordings of it to this host, the last times. BOUNDED by `mostReplays`. */
  replays: readonly number[];
}

export interface Holding {
  /** Since when it answers for the group; null while it does not. */
  since: number | null;
  /** When its listening last ended. */
  joinedAt: number;
  /** When its daemon last decided to claim, and what it had heard of each other host by then. */
  claimedAt: number;
  /** Why, as it said. */
  reason: Reason['kind'] | null;
  ears: readonly Ear[];
}

export const mostReplays = 8;

export const nothingHeard: Readonly<Ear> = {
  takenAt: -Infinity,
  takenSentAt: -Infinity,
  wordSentAt: -Infinity,
  deafUntil: -Infinity,
  lostAt: -Infinity,
  unaskedAt: -Infinity,
  heldUpUntil: -Infinity,
  replays: [],
};
