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
      const grown = sizesOf(cluster, host, state).find(([, size, most]) => size > most);
      return grown === undefined ? null : `${host.name} has ${grown[1]} ${grown[0]}, at most ${grown[2]} are expected`;
    },
  };
}

type Size = readonly [what: string, size: number, most: number];

function sizesOf(cluster: Cluster, host: Host, state: State): Size[] {
  const nodes = cluster.list.length;
  const paths = host.settings.transport.paths.length;
  const sizes: Size[] = [
    ['boots', state.boots.size, maxBoots],
    ['peers', state.peerStates.size, nodes],
    ['problems', state.problems.size, nodes * (4 + paths) + 10 * cluster.plan.groups],
    ['releases under way', state.releasing.size, 64],
    ['inputs in the backlog', host.process?.backlog ?? 0, 1000],
  ];
  for (const boot of state.boots.values()) {
    sizes.push(['echoes of one boot', boot.echoes.size, maxBoots], ['paths of one boot', boot.paths.size, paths]);
    sizes.push(['parts of one table', boot.table.pending?.got.size ?? 0, boot.table.pending?.parts ?? 0]);
  }
  for (const group of state.groups) sizes.push(['rivals', group.rivals.size, maxBoots]);
  return sizes;
}
