// What the control socket shows of a running daemon: the core's view, and what only the parts around
// it know.

import { twoHoldersForMs } from '#config/lease';
import type { AdvertSockets } from '#linux/advert-sockets';
import type { LoopTimer } from '#linux/loop-timer';
import { currentScheduling } from '#linux/scheduling';
import type { Settings } from '#model/settings';
import { type Moment, statusPieces } from '#ops/status';
import type { Clock } from '#ports/clock';
import type { Daemon } from '#runtime/daemon';
import type { Identity } from '#runtime/identity';

export function statusOf(
  settings: Settings,
  identity: Identity,
  daemon: Daemon,
  sockets: AdvertSockets,
  { late }: LoopTimer,
  clock: Clock,
): () => Iterable<string> {
  const sinceWallMs = clock.wall();
  const leaseOpenMs = twoHoldersForMs(settings);
  const wallOf = steadyWall(clock);
  return () => {
    const view = daemon.view();
    if (view === null) throw new Error('the daemon has not started yet');
    const { cluster, node, lease, quorum, witness } = settings;
    const adverts = { sent: daemon.counters.sent, refused: [daemon.counters.refused, sockets.refused] };
    const facts = {
      version: identity.release,
      cluster,
      node,
      pid: process.pid,
      sinceWallMs,
      lease,
      leaseOpenMs,
      adverts,
      loopLate: late,
      scheduling: currentScheduling(),
      intervalMs: settings.intervalMs,
      takeover: (group: string) => daemon.takeover(group),
      witness,
      mode: quorum === null ? ('availability' as const) : ('quorum' as const),
    };
    return statusPieces(view, facts, wallOf());
  };
}

/**
 * Both clocks at one moment. Their distance is kept until somebody sets the wall clock: read anew each
 * time it would shake by a millisecond, and every `since` with it.
 */
function steadyWall(clock: Clock): () => Moment {
  let distanceMs = clock.wall() - clock.now();
  return () => {
    const now = clock.now();
    const measuredMs = clock.wall() - now;
    if (Math.abs(measuredMs - distanceMs) > setAsideMs) distanceMs = measuredMs;
    return { now, wallMs: now + distanceMs };
  };
}

/** More than the two clocks drift apart between two looks; less than anybody means by setting a clock. */
const setAsideMs = 100;
