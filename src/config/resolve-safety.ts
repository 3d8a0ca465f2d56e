// What guards the host besides the lease: the watchdog device that is fed while the main loop runs.

import type { HostFacts } from '#model/host-facts';
import type { Report } from './finding.ts';
import { checkWatchdog } from './host-checks.ts';

export function resolveWatchdog(
  path: string | null | undefined,
  report: Report,
  host: HostFacts,
): string | null | undefined {
  if (typeof path === 'string') checkWatchdog(path, ['safety', 'watchdog'], report, host);
  return path;
}
