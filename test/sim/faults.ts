// Every kind of fault, as something that begins and, unless it is over at once, ends. Which come when is the
// weather's business.

import type { CheckOutcome } from '#model/input';
import type { Host } from '../world/host.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, type Make, network, nothing, onHost, startWhenEnded } from './fault.ts';
import { fenceFaults } from './fence-faults.ts';
import { kernelFaults } from './kernel-faults.ts';
import { momentFaults } from './moment-faults.ts';
import type { Random } from './random.ts';
import { renewalFaults } from './renewal-faults.ts';
import { stallFaults } from './stall-faults.ts';
import { twin } from './twin-faults.ts';

function twoOf(cluster: Cluster, random: Random): [number, number] {
  const a = Math.floor(random.within(cluster.list.length));
  const b = (a + 1 + Math.floor(random.within(cluster.list.length - 1))) % cluster.list.length;
  return [a, b];
}

const nameOf = (cluster: Cluster, index: number): string => cluster.hostAt(index).name;

function onePath(cluster: Cluster, random: Random): string | null {
  const { paths } = cluster.hostAt(0).settings.transport;
  return paths.length > 1 && random.chance(0.5) ? random.pick(paths).name : null;
}

function cutBetween(words: string, both: boolean, filtered = false): Make {
  return (cluster, random) => {
    const [a, b] = twoOf(cluster, random);
    const only = onePath(cluster, random);
    const route = `${nameOf(cluster, a)}${both ? '<>' : '>'}${nameOf(cluster, b)}${only === null ? '' : ` on ${only}`}`;
    const cut = network(`${words} ${route}`, cluster, {
      [filtered ? 'drops' : 'cuts']: (from: number, to: number, path: string) =>
        ((from === a && to === b) || (both && from === b && to === a)) && (only === null || path === only),
    });
    return { ...cut, steady: both && !filtered };
  };
}

function partition(cluster: Cluster, random: Random): Fault {
  const parts = 2 + Math.floor(random.within(cluster.list.length - 1));
  const side = cluster.list.map(() => Math.floor(random.within(parts)));
  if (new Set(side).size === 1) side[0] = parts;
  const words = [...new Set(side)]
    .map((part) =>
      cluster.list
        .filter((_, index) => side[index] === part)
        .map(({ name }) => name)
        .join(' '),
    )
    .join(' | ');
  const cut = network(`partition ${words}`, cluster, { cuts: (from, to) => side[from] !== side[to] });
  return { ...cut, steady: true };
}

function blocked(begin: (host: Host) => void, end: (host: Host) => void): Make {
  return onHost('freeze', (host, cluster) => ({
    steady: true,
    begin: () => {
      cluster.mark(host, 'blocked');
      begin(host);
    },
    end: () => {
      cluster.mark(host, 'blocked');
      end(host);
    },
  }));
}

function dies(kind: string, kill: (host: Host, random: Random) => void, steady = true): Make {
  return onHost(kind, (host, cluster, random) => ({
    steady,
    begin: () => {
      cluster.mark(host, 'stopped');
      kill(host, random);
    },
    end: () => {
      if (host.process !== null) host.process.killIn = null;
      startWhenEnded(host, cluster);
    },
  }));
}

const gatewayLost = onHost('gateway lost', (host, cluster, random) => {
  const [gateway = ''] = host.settings.gateways;
  const who = random.chance(0.4) ? gateway : `${gateway} ${host.name}`;
  const mark = () => cluster.list.forEach((each) => cluster.mark(each, 'gateway'));
  return {
    words: who,
    begin: () => {
      mark();
      cluster.wire.deadGateways.add(who);
    },
    end: () => {
      mark();
      cluster.wire.deadGateways.delete(who);
    },
  };
});

/** How long it lasts is known when it begins: nobody can end it. */
function standsStill(kind: string, mark: 'paused' | 'suspended', begin: (host: Host, ms: number) => void): Make {
  return onHost(kind, (host, cluster, random) => {
    const ms = random.within(random.pick([0.5, 3, 8]) * cluster.plan.intervalMs);
    return {
      words: `for ${Math.round(ms)} ms`,
      lastsMs: ms + 1,
      stubborn: true,
      begin: () => {
        if (host.clock.paused) return;
        cluster.mark(host, mark);
        if (mark === 'paused') cluster.mark(host, 'pausing');
        // Before it goes on, which is asked for next.
        cluster.events.after(ms, () => cluster.mark(host, mark));
        begin(host, ms);
      },
      end: () => cluster.mark(host, mark),
    };
  });
}

function checkSays(kind: string, outcome: (random: Random) => CheckOutcome): Make {
  return (cluster, random) => {
    if (cluster.hostAt(0).settings.checks.length === 0) return null;
    return onHost(kind, (host) => ({
      steady: true,
      begin: () => {
        cluster.mark(host, 'check');
        host.checkOutcomes.set('service', outcome(random));
      },
      end: () => {
        cluster.mark(host, 'check');
        host.checkOutcomes.delete('service');
      },
    }))(cluster, random);
  };
}

/** Only while nobody else has a new disk: voters that forgot together may forget an epoch. */
function newDisk(cluster: Cluster, random: Random): Fault | null {
  const host = random.pick(cluster.list);
  return {
    words: `new disk for ${host.name}`,
    name: 'new disk',
    begin: () => {
      cluster.mark(host, 'stopped');
      cluster.mark(host, 'fenced');
      cluster.mark(host, 'forgot');
      host.powerCut();
      host.loseState();
    },
    end: () => startWhenEnded(host, cluster),
  };
}

const made = {
  loss: (cluster, random) => {
    const part = random.between(0.02, 0.4);
    return network(`loss of ${Math.round(part * 100)} %`, cluster, { loss: part });
  },
  'lossy pair': (cluster, random) => {
    const [a, b] = twoOf(cluster, random);
    const part = random.between(0.2, 0.95);
    return network(`loss of ${Math.round(part * 100)} % from ${nameOf(cluster, a)} to ${nameOf(cluster, b)}`, cluster, {
      drops: (from, to) => from === a && to === b && random.chance(part),
    });
  },
  cut: cutBetween('cut', true),
  'one-way cut': cutBetween('one-way cut', false),
  'filtered adverts': cutBetween('filtered adverts', true, true),
  partition,
  duplication: (cluster, random) => network('duplication', cluster, { copies: () => (random.chance(0.3) ? 2 : 1) }),
  reordering: (cluster, random) => {
    const most = random.pick([0.1, 0.5, 2]) * cluster.plan.intervalMs;
    return network(`delays of up to ${Math.round(most)} ms`, cluster, { delayMs: () => random.within(most) });
  },
  replay: (cluster, random) => ({
    words: 'replay of recordings',
    name: 'replay',
    lastsMs: 0,
    begin: () => {
      for (let left = 20; left > 0 && cluster.recordings.length > 0; left -= 1) {
        const to = random.pick(cluster.list);
        const parcel = random.pick(cluster.recordings);
        if (to !== parcel.from) cluster.replay(parcel, to);
      }
    },
    end: nothing,
  }),
  freeze: blocked(
    (host) => host.freeze(),
    (host) => host.thaw(),
  ),
  ...stallFaults,
  crash: dies('crash', (host) => host.kill()),
  'crash in a call': dies(
    'crash in a call',
    (host, random) => {
      if (host.process !== null) host.process.killIn = 1 + Math.floor(random.within(8));
    },
    false,
  ),
  restart: onHost('restart', (host, cluster) => ({
    lastsMs: 0,
    begin: () => {
      cluster.mark(host, 'stopped');
      cluster.mark(host, 'started');
      host.kill();
      host.start();
    },
    end: nothing,
  })),
  stop: dies('stop', (host) => host.stop()),
  'power cut': dies('power cut', (host) => host.powerCut()),
  'link down': onHost('link down', (host, cluster, random) => {
    const { name } = random.pick(host.settings.transport.paths);
    return {
      words: `on ${name}`,
      steady: true,
      begin: () => {
        cluster.mark(host, 'link');
        host.setLink(name, false);
      },
      end: () => {
        cluster.mark(host, 'link');
        host.setLink(name, true);
      },
    };
  }),
  pause: standsStill('pause', 'paused', (host, ms) => host.pauseVm(ms)),
  suspend: standsStill('suspend', 'suspended', (host, ms) => host.suspend(ms)),
  corruption: (cluster, random) => {
    const part = random.between(0.02, 0.3);
    return network(`corruption of ${Math.round(part * 100)} %`, cluster, { corruption: part });
  },
  'wall clock': onHost('wall clock', (host, _cluster, random) => {
    const ms = random.between(-1, 1) * random.pick([1000, 3_600_000, 1e11]);
    return {
      words: `is set by ${Math.round(ms)} ms`,
      begin: () => (host.clock.wallOffsetMs = ms),
      end: () => (host.clock.wallOffsetMs = 0),
    };
  }),
  'new disk': newDisk,
  twin,
  ...kernelFaults,
  ...momentFaults,
  ...fenceFaults,
  ...renewalFaults,
  'gateway lost': (cluster, random) =>
    cluster.hostAt(0).settings.gateways.length === 0 ? null : gatewayLost(cluster, random),
  'check fails': checkSays('check fails', () => ({ kind: 'exit', code: 1 })),
  'check hangs': checkSays('check hangs', () => ({ kind: 'timeout' })),
  'check flaps': (cluster, random) => {
    if (cluster.hostAt(0).settings.checks.length === 0) return null;
    return onHost('check flaps', (host) => {
      let over = false;
      const flap = (bad: boolean) => {
        if (over) return;
        cluster.mark(host, 'check');
        if (bad) host.checkOutcomes.set('service', { kind: 'exit', code: 1 });
        else host.checkOutcomes.delete('service');
        cluster.events.after(random.within(6000), () => flap(!bad));
      };
      return {
        begin: () => flap(true),
        end: () => {
          over = true;
          cluster.mark(host, 'check');
          host.checkOutcomes.delete('service');
        },
      };
    })(cluster, random);
  },
} satisfies Record<string, Make>;

export type FaultKind = keyof typeof made;
export const faults: Readonly<Record<FaultKind, Make>> = made;
