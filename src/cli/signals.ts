// What the signals of an operator or of systemd mean to a running daemon.

import type { Instant } from '#lib/time';
import type { Clock } from '#ports/clock';

export interface Wishes {
  stop(signal: string): void;
  reload(): void;
}

/** Resolves, when the daemon has let go of everything, to the instant at which it was told to. */
export async function untilStopped(clock: Clock, ended: Promise<void>, wishes: Wishes): Promise<Instant> {
  let stoppedAt: Instant | null = null;
  const stop = (signal: NodeJS.Signals): void => {
    if (stoppedAt !== null) return;
    stoppedAt = clock.now();
    wishes.stop(signal);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.on('SIGHUP', () => wishes.reload());
  await ended;
  return stoppedAt ?? clock.now();
}
