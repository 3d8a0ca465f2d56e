// Nothing grows: neither what a daemon remembers, nor what waits for it.

import { maxBoots } from '#core/peers';
import type { State } from '#core/state';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

export function boundsChecker(cluster: Cluster): Checker {
  let turn = 0;
  return {
    name: 'bounds',
    /** What grows is still grown a moment later: one host in every sixteenth event. */
    step() {
      turn += 1;
      if (turn % 16 !== 0) return null;
      const host = cluster.hostAt((turn / 16) % cluster.list.length);
      const state = host.daemon?.state;
      if (state === undefined || state === null) return null;
      return whatGrew(cluster, host, state);
    },
  };
}

function whatGrew(cluster: Cluster, host: Host, state: State): string | null {
  const nodes = cluster.list.length;
  const paths = host.settings.transport.paths.length;
  let wrong: string | null = null;
  const look = (what: string, size: number, most: number): void => {
    if (size > most) wrong ??= `${host.name} has ${size} ${what}, at most ${most} are expected`;
  };
  look('boots', state.boots.size, maxBoots);
  look('peers', state.peerStates.size, nodes);
  look('problems', state.problems.size, nodes * (4 + paths) + 10 * cluster.plan.groups);
  look('releases under way', state.releasing.size, 64);
  look('inputs in the backlog', host.process?.backlog ?? 0, 1000);
  for (const boot of state.boots.values()) {
    look('echoes of one boot', boot.echoes.size, maxBoots);
    look('paths of one boot', boot.paths.size, paths);
    look('parts of one table', boot.table.pending?.got.size ?? 0, boot.table.pending?.parts ?? 0);
  }
  for (const group of state.groups) look('rivals', group.rivals.size, maxBoots);
  return wrong;
}
