// How long the kernel lets a host answer for what nobody renews, and what that leaves open. With nf_tables
// the lease is exact to a tick of the kernel. Where they are missing the lifetime of the addresses is all
// there is: whole seconds, at least 2, ended up to 1.25 s late.

import { addressLateMs, type Lease, type Settings } from '#model/settings';
import { formatDuration, parseDuration } from './duration.ts';
import type { KeyPath, Report } from './finding.ts';
import { type Kind, noDuration } from './kinds.ts';
import { nearest } from './near-miss.ts';
import { expected, quote } from './wording.ts';

type WrittenLease =
  | { readonly kind: 'auto' }
  | { readonly kind: 'off' }
  | { readonly kind: 'duration'; readonly ms: number };

/** Of a gate that is renewed each second, every fourth renewal is one of the addresses too. */
const outlivesMs = 4000;

export interface Timing {
  readonly intervalMs: number;
  readonly downAfter: number;
}

export interface Clockwork extends Timing {
  /** Votes decide when others may claim: no silence does. */
  readonly votes: boolean;
  /** Whoever claims asks the wire first, as far as this node's settings tell. */
  readonly probe: boolean;
  /** The kernel's own: timeouts end up to one tick late. */
  readonly tickMs: number;
}

const shortestAddressMs = 2000;
const shortestMs = 20;
const longestMs = 3_600_000;

export const leaseKind: Kind<WrittenLease> = {
  what: '"auto", "off" or a duration',
  read(value, at, report) {
    if (value === 'auto') return { kind: 'auto' };
    if (value === 'off') return { kind: 'off' };
    const ms = typeof value === 'string' ? parseDuration(value) : null;
    if (ms !== null) return { kind: 'duration', ms };
    const near = typeof value === 'string' ? nearest(value, ['auto', 'off']) : null;
    if (near !== null) return report.problem(at, expected(this.what, value, `Did you mean ${quote(near)}?`));
    return report.problem(at, noDuration(value, '"auto", "off" or '));
  },
};

export function resolveLease(
  written: WrittenLease | undefined,
  timing: Clockwork | undefined,
  report: Report,
): Lease | undefined {
  const at = ['safety', 'lease'];
  if (written === undefined) return undefined;
  if (written.kind === 'off') {
    report.warn(
      at,
      'without a lease the addresses of a daemon that was killed or hangs stay, while another host claims them.',
    );
    return { kind: 'off' };
  }
  if (written.kind === 'auto') return timing && gateLease(automaticMs(timing), timing);
  return explicit(written.ms, timing, at, report);
}

function explicit(ms: number, timing: Clockwork | undefined, at: KeyPath, report: Report): Lease | undefined {
  const found = quote(formatDuration(ms));
  if (ms < shortestMs || ms > longestMs) {
    const range = `${quote(formatDuration(shortestMs))} to ${quote(formatDuration(longestMs))}`;
    return report.problem(at, `expected a lease from ${range}, found ${found}. Write "auto".`);
  }
  if (timing === undefined) return undefined;
  const leastMs = leastOf(timing);
  if (ms < leastMs) {
    const least = quote(formatDuration(leastMs));
    const interval = quote(formatDuration(timing.intervalMs));
    const problem = timing.votes
      ? `expected at least three times cluster.interval (${least}) in quorum mode, or one lost vote would end it, found ${found}. Write ${least} or "auto".`
      : `expected at least 1.25 times cluster.interval (${interval}), because adverts renew it, found ${found}. Write ${least}.`;
    return report.problem(at, problem);
  }
  const lease = gateLease(ms, timing);
  const openMs = openForMs(lease, timing);
  if (openMs > 0 && !timing.votes)
    report.warn(at, `after ${overlap(openMs, timing)}. "auto" would be ${lengthOfAuto(timing)}.`);
  return lease;
}

/** Ends just before others begin to act on the silence, but never so early that one late advert ends it. */
function automaticMs(timing: Clockwork): number {
  return Math.max(leastOf(timing), Math.floor(silentByMs(timing) - timing.tickMs));
}

/** Of whatever is written in place of a lease that is refused, this is the shortest that is not. */
export function leastLease(timing: Clockwork): Lease {
  return gateLease(leastOf(timing), timing);
}

function leastOf(timing: Clockwork): number {
  return timing.votes ? leastWithVotes(timing) : leastFor(timing);
}

/** Renewed by votes, of which one may be lost and another late. */
function leastWithVotes({ intervalMs }: Timing): number {
  return 3 * intervalMs;
}

function leastFor({ intervalMs }: Timing): number {
  return Math.ceil(1.25 * intervalMs);
}

/**
 * The addresses themselves outlive the gate: their end is late, and takes nothing away that is still open. By so much that
 * at intervals of a second or less not every renewal has to be one of theirs too, which costs time for each address and
 * an event for each.
 */
function gateLease(ms: number, { tickMs }: Clockwork): Exclude<Lease, { kind: 'off' }> {
  return { kind: 'nftables', ms, lateMs: tickMs, addressMs: wholeSeconds(ms + outlivesMs) };
}

/** What is left of a lease where there is no nf_tables: never longer than it takes others to claim, if seconds permit. */
export function leaseWithoutGate(settings: Settings): Lease {
  if (settings.lease.kind === 'off') return settings.lease;
  // Whole seconds that may be rounded down, and votes that may be lost.
  if (settings.quorum !== null) return { kind: 'address', ms: Math.max(3000, wholeSeconds(leastWithVotes(settings))) };
  const room = 1000 * Math.floor((silentByMs(settings) - addressLateMs) / 1000);
  return { kind: 'address', ms: Math.max(wholeSeconds(leastFor(settings)), room) };
}

function wholeSeconds(ms: number): number {
  return Math.max(shortestAddressMs, Math.ceil(ms / 1000) * 1000);
}

/** When others start to act on a silent holder: the down time less the probe window. */
function silentByMs(timing: Timing): number {
  return timing.downAfter * timing.intervalMs - probeWindowMs(timing);
}

/** X of the protocol, which is also what a renewal may take. */
export function probeWindowMs({ intervalMs }: Pick<Timing, 'intervalMs'>): number {
  return Math.min(Math.max(intervalMs / 10, 2), 50);
}

function openForMs(lease: Exclude<Lease, { kind: 'off' }>, timing: Timing): number {
  const lateMs = lease.kind === 'nftables' ? lease.lateMs : addressLateMs;
  return Math.max(0, lease.ms + lateMs - silentByMs(timing));
}

/** For how long two hosts could answer after the holder's daemon froze; null: until somebody acts. */
export function twoHoldersForMs(settings: Settings): number | null {
  if (settings.quorum !== null) return 0;
  return settings.lease.kind === 'off' ? null : openForMs(settings.lease, settings);
}

/** At most: while the wire answers the probe nobody claims before the old kernel has let go. */
export function overlap(openMs: number, { probe }: Pick<Settings, 'probe'>): string {
  const most = formatDuration(Math.ceil(openMs));
  const when = probe ? 'where the wire does not show that the old one still does' : 'since the wire is not asked';
  return `the daemon of a holder freezes or is killed, two hosts could answer for up to ${most}, ${when}`;
}

function lengthOfAuto(timing: Clockwork): string {
  return quote(formatDuration(automaticMs(timing)));
}
