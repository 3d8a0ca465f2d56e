// The letters of the protocol, worked out from settings: down time, lease, hold.

import { addressLateMs, type Settings } from '#model/settings';

/** About so many groups fit a datagram. */
export const groupsInDatagram = 30;

/**
 * A resigner says so again this often, until its successor is heard: every 5 ms, and as much longer as there are
 * datagrams to say it in. A successor that takes a thousand groups over must not drown in hearing so again.
 */
export function repeatMs({ groups }: Settings): number {
  return 5 * Math.max(1, Math.ceil(groups.length / groupsInDatagram));
}

/** The longest time that a resigner waits for its successor. */
export const handoverMs = 500;

export function downMs(settings: Settings): number {
  return settings.downAfter * settings.intervalMs;
}

/**
 * The time of one round of questions to the wire: two, each with half of it for the answer. So long before its end, too,
 * a right to hold is taken as over.
 */
export function windowMs({ intervalMs }: Settings): number {
  return Math.min(50, Math.max(2, intervalMs / 10));
}

/**
 * How much later each further rank claims. Adverts come an interval apart, so a node that missed one of them reckons
 * from an interval earlier: with a whole interval it would claim in the very moment of the one before it.
 */
export function turnMs(settings: Settings): number {
  return settings.intervalMs + windowMs(settings);
}

/** How long a lease is, from the instant that it counts from; without one nothing ends. */
export function leaseMs({ lease }: Settings): number {
  return lease.kind === 'off' ? Number.POSITIVE_INFINITY : lease.ms;
}

/** The kernel keeps an address for whole seconds, one at least: a lease that has less left cannot be asked for. */
export function leastLeaseMs({ lease }: Settings): number {
  return lease.kind === 'address' ? 1000 : 0;
}

/** For how long this host can answer after its last advert. */
export function holdMs(settings: Settings): number {
  const { lease, quorum } = settings;
  if (lease.kind === 'off') return Number.POSITIVE_INFINITY;
  // An automatic lease leaves room for a word that takes its time to the kernel; a promise has to cover it.
  const onTheWayMs = quorum === null ? 0 : windowMs(settings);
  return lease.ms + onTheWayMs + (lease.kind === 'nftables' ? lease.lateMs : addressLateMs);
}

/**
 * Silent for longer than this, a holder may have been replaced: its peers have given it up, or its
 * own kernel has taken the addresses away.
 */
export function authorityMs(settings: Settings): number {
  const down = downMs(settings);
  return settings.lease.kind === 'off' ? down : Math.min(down, settings.lease.ms);
}

/**
 * A renewal costs time for each address; more than eight in a lease buy nothing. Without a lease it still
 * records the last sign of life, by which a restarted daemon knows whether it may adopt.
 */
export function renewalGapMs(settings: Settings): number {
  return (settings.lease.kind === 'off' ? downMs(settings) : settings.lease.ms) / 8;
}
