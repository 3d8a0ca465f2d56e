// How long the kernel keeps an address that nobody renews, and what that leaves open. This lease is
// the kernel's address lifetime alone: whole seconds, at least 2, ended up to 1.25 s late.

import type { Lease, Settings } from '#model/settings';
import { formatDuration, parseDuration } from './duration.ts';
import type { KeyPath, Report } from './finding.ts';
import { type Kind, noDuration } from './kinds.ts';
import { nearest } from './near-miss.ts';
import { expected, quote } from './wording.ts';

type WrittenLease =
  | { readonly kind: 'auto' }
  | { readonly kind: 'off' }
  | { readonly kind: 'duration'; readonly ms: number };

export interface Timing {
  readonly intervalMs: number;
  readonly downAfter: number;
}

const kernelLatenessMs = 1250;
const shortestMs = 2000;
const longestMs = 3_600_000;

export const leaseKind: Kind<WrittenLease> = {
  what: '"auto", "off" or a duration in whole seconds',
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
  timing: Timing | undefined,
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
  if (written.kind === 'auto') return timing === undefined ? undefined : { kind: 'address', ms: automaticMs(timing) };
  return explicit(written.ms, timing, at, report);
}

function explicit(ms: number, timing: Timing | undefined, at: KeyPath, report: Report): Lease | undefined {
  const found = quote(formatDuration(ms));
  if (ms < shortestMs || ms > longestMs) {
    const range = `${quote(formatDuration(shortestMs))} to ${quote(formatDuration(longestMs))}`;
    return report.problem(at, `expected a lease from ${range}, found ${found}. ${meant('auto')}`);
  }
  if (ms % 1000 !== 0) {
    return report.problem(
      at,
      `expected whole seconds, in which the kernel counts, found ${found}. ${meant(ceilSecond(ms))}`,
    );
  }
  if (timing === undefined) return undefined;
  const leastMs = 1.25 * timing.intervalMs;
  if (ms < leastMs) {
    const interval = quote(formatDuration(timing.intervalMs));
    const problem = `expected at least 1.25 times cluster.interval (${interval}), because adverts renew it, found ${found}.`;
    return report.problem(at, `${problem} ${meant(ceilSecond(leastMs))}`);
  }
  const openMs = openForMs(ms, timing);
  if (openMs > 0 && ms > automaticMs(timing))
    report.warn(at, `after ${overlap(openMs)}. "auto" would be ${lengthOfAuto(timing)}.`);
  return { kind: 'address', ms };
}

/** The longest lease that ends before others claim, but never so short that one late advert ends it. */
function automaticMs(timing: Timing): number {
  const room = Math.floor((silentByMs(timing) - kernelLatenessMs) / 1000);
  return 1000 * Math.max(2, Math.ceil((1.25 * timing.intervalMs) / 1000), room);
}

/** When others start to act on a silent holder: the down time less the probe window. */
function silentByMs({ intervalMs, downAfter }: Timing): number {
  const probeWindowMs = Math.min(Math.max(intervalMs / 10, 2), 50);
  return downAfter * intervalMs - probeWindowMs;
}

function openForMs(leaseMs: number, timing: Timing): number {
  return Math.max(0, leaseMs + kernelLatenessMs - silentByMs(timing));
}

/** For how long two hosts could answer after the holder's daemon froze; null: until somebody acts. */
export function twoHoldersForMs(settings: Settings): number | null {
  return settings.lease.kind === 'off' ? null : openForMs(settings.lease.ms, settings);
}

export function overlap(openMs: number): string {
  const most = formatDuration(Math.ceil(openMs));
  return `the daemon of a holder freezes or is killed, two hosts could answer for up to ${most}`;
}

function lengthOfAuto(timing: Timing): string {
  return quote(formatDuration(automaticMs(timing)));
}

function ceilSecond(ms: number): string {
  return formatDuration(Math.max(shortestMs, Math.ceil(ms / 1000) * 1000));
}

function meant(text: string): string {
  return `Write ${quote(text)}.`;
}
