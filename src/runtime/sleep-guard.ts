// A kernel port that sets an alarm on boot time with everything that is held or renewed: to the end of what the peers
// grant, by the clock that a suspend does not stop. A host that slept beyond it is told as soon as it runs again, so
// nobody needs to look for that many times a second; one that holds nothing is not woken at all.

import { earliest, later } from '#lib/time';
import type { Instant } from '#lib/time';
import type { KernelPort } from '#ports/kernel';

export interface SleepGuardOptions {
  /** For how long after its advert a holder is not replaced. */
  readonly authorityMs: number;
  readonly now: () => Instant;
  readonly alarm: { set(at: Instant): void };
}

export function guardSleep(kernel: KernelPort, { authorityMs, now, alarm }: SleepGuardOptions): KernelPort {
  const guard = (from: Instant, until: Instant | null): void => {
    const end = later(from, authorityMs);
    alarm.set(until === null ? end : earliest(end, until));
  };
  return {
    hold: (id, addresses, until, by) => {
      kernel.hold(id, addresses, until, by);
      guard(now(), until);
    },
    renew: (id, advertAt, until, livePeers) => {
      kernel.renew(id, advertAt, until, livePeers);
      guard(advertAt, until);
    },
    silence: (addresses) => kernel.silence(addresses),
    release: (id, addresses) => kernel.release(id, addresses),
  };
}
