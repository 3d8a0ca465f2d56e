// Faults that come in a certain moment, which chance alone meets too seldom: a check that passes as a vacancy opens, and
// a daemon that is started anew in the middle of a handover.

import type { Host } from '../world/host.ts';
import type { Cluster } from './cluster.ts';
import { type Make, onHost, startWhenEnded } from './fault.ts';

/** Checks of the simulation take so many runs of a second to fail, or to pass again. */
const failsWithinMs = 5000;
const passesWithinMs = 3000;

function holderBeside(host: Host, cluster: Cluster): Host | undefined {
  const mask = cluster.answerMasks[0] ?? 0;
  return cluster.list.find((other, index) => other !== host && (mask & (1 << index)) !== 0);
}

/** How long a run of a check takes to be told. */
const answerMs = 3;

/** Until this host takes the other one for lost, if it hears nothing more of it. */
function untilLost({ daemon, clock }: Host, other: Host): number {
  let atMs = clock.now();
  for (const { node, state, lastHeardAt, downMs } of daemon?.state?.boots.values() ?? [])
    if (node === other.name && state !== 'lost') atMs = Math.max(atMs, lastHeardAt + downMs);
  return (atMs - clock.now()) / clock.rate;
}

export const momentFaults = {
  'check passes in a vacancy': (cluster, random) => {
    if (cluster.hostAt(0).settings.checks.length === 0) return null;
    return onHost('check passes in a vacancy', (host) => {
      const { downMs, intervalMs } = cluster.plan;
      const pass = () => {
        cluster.mark(host, 'check');
        host.checkOutcomes.delete('service');
      };
      const look = () => {
        if (!host.checkOutcomes.has('service')) return;
        const vacant = cluster.answerMasks[0] === 0;
        cluster.events.after(vacant ? random.within(downMs) : intervalMs / 10, vacant ? pass : look);
      };
      return {
        lastsMs: 20 * downMs,
        begin: () => {
          cluster.mark(host, 'check');
          host.checkOutcomes.set('service', { kind: 'exit', code: 1 });
          look();
        },
        end: pass,
      };
    })(cluster, random);
  },
  'check passes as the holder dies': (cluster, random) => {
    if (cluster.hostAt(0).settings.checks.length === 0) return null;
    return onHost('check passes as the holder dies', (host) => {
      const { downMs, delayMs } = cluster.plan;
      let dead: Host | undefined;
      let over = false;
      /** The second pass counts: it comes as late before the silence of the holder does as a word takes to the others. */
      const rise = (end: () => void) => {
        cluster.mark(host, 'check');
        const inMs = dead === undefined ? 0 : untilLost(host, dead) - random.within(delayMs) - answerMs;
        cluster.events.after(Math.max(0, inMs), end);
      };
      let passes = 0;
      const pass = (end: () => void) => {
        passes += 1;
        if (over || passes !== 2) {
          end();
          return;
        }
        dead = holderBeside(host, cluster);
        if (dead !== undefined) {
          cluster.mark(dead, 'stopped');
          dead.kill();
        }
        // By then its last words have come.
        cluster.events.after(2 * delayMs, () => rise(end));
      };
      return {
        lastsMs: failsWithinMs + passesWithinMs + 3 * downMs,
        begin: () => {
          cluster.mark(host, 'check');
          host.checkOutcomes.set('service', { kind: 'exit', code: 1 });
          cluster.events.after(failsWithinMs, () => {
            if (over) return;
            cluster.mark(host, 'check');
            host.checkOutcomes.delete('service');
            host.checkKept = pass;
          });
        },
        end: () => {
          over = true;
          cluster.mark(host, 'check');
          host.checkOutcomes.delete('service');
          host.checkKept = null;
          if (dead !== undefined) startWhenEnded(dead, cluster);
        },
      };
    })(cluster, random);
  },
  'restart in a handover': onHost('restart in a handover', (host, cluster, random) => {
    let callsBefore = Math.floor(random.within(5));
    let over = false;
    const again = () => {
      cluster.mark(host, 'stopped');
      startWhenEnded(host, cluster);
    };
    return {
      lastsMs: 30 * cluster.plan.intervalMs,
      begin: () => {
        host.slowness = () => {
          const handsOver = host.daemon?.state?.groups.some(({ role }) => role === 'resigning') === true;
          if (!handsOver || over) return 0;
          callsBefore -= 1;
          if (callsBefore >= 0 || host.process === null) return 0;
          over = true;
          host.process.killIn = 1;
          cluster.events.after(random.within(20), again);
          return 0;
        };
      },
      end: () => {
        host.slowness = () => 0;
        if (over) again();
      },
    };
  }),
} satisfies Record<string, Make>;
