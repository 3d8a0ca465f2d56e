// Which lease a daemon really has. One of milliseconds needs a gate in nf_tables; where this host has none, what is
// left is the lifetime of the addresses, and that is said in the log and stays a problem of the status.

import { leaseWithoutGate, probeWindowMs } from '#config/lease';
import type { Gate } from '#linux/gate';
import { openGate } from '#linux/gate-open';
import type { Settings } from '#model/settings';
import type { LogJournal } from '#ops/log-journal';
import type { Clock } from '#ports/clock';
import type { Places } from './places.ts';

export interface LeaseChoice {
  readonly settings: Settings;
  readonly gate: Gate | null;
}

export function openLease(settings: Settings, { runtimeDir }: Places, clock: Clock, journal: LogJournal): LeaseChoice {
  if (settings.lease.kind !== 'nftables') return { settings, gate: null };
  const warn = (words: string): void => journal.say('warning', 'gate', words);
  const gate = openGate({ runtimeDir, clock, slackMs: probeWindowMs(settings), warn });
  if (typeof gate !== 'string') return { settings, gate };
  const lease = leaseWithoutGate(settings);
  return {
    settings: { ...settings, lease: lease.kind === 'address' ? { ...lease, noGate: gate } : lease },
    gate: null,
  };
}
