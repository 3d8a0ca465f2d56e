// Nothing grows: neither what a daemon remembers, nor what waits for it. Every collection that can be reached from its
// state is looked at, and one for which no bound is named here is a finding of its own.

import { maxBoots } from '#core/peers';
import type { Host } from '../../world/host.ts';
import type { Cluster } from '../cluster.ts';
import type { Checker } from './checker.ts';

/** Of what is replaced with every step, in intervals between two looks: what grows is still grown then. */
const lookGap = 50;

/** More fields than any type names: an object used as a map. */
const mostFields = 80;

type Bound = (host: Host, cluster: Cluster) => number;

const nodes: Bound = (_, { list }) => list.length;
const paths: Bound = ({ settings }) => settings.transport.paths.length;
/** A witness has none, and votes on those of the others. */
const groups: Bound = (_, { plan }) => plan.groups;
const boots: Bound = () => maxBoots;
const keys: Bound = ({ settings }) => settings.groups.reduce((sum, { addresses }) => sum + addresses.length, 0);
const keysOfGroup: Bound = ({ settings }) => Math.max(...settings.groups.map(({ addresses }) => addresses.length));

/** By the names of the fields on the way there; a star is whatever is in a collection. */
const bounds: Readonly<Record<string, Bound>> = {
  releasing: () => 64,
  links: paths,
  macs: paths,
  upSince: paths,
  foreign: keys,
  blind: keys,
  boots,
  'boots.*.paths': paths,
  'boots.*.macs': paths,
  'boots.*.votes.given': () => 16,
  'boots.*.votes.given.*.except': groups,
  'boots.*.turnedOff': () => 8,
  'boots.*.echoes': boots,
  'boots.*.table.entries': groups,
  'boots.*.table.pending.got': groups,
  peerStates: nodes,
  groups,
  'groups.*.resigners': boots,
  'groups.*.resigners.*': boots,
  'groups.*.present': keysOfGroup,
  'groups.*.rivals': boots,
  checks: ({ settings }) => settings.checks.length,
  'quorum.promises': groups,
  'quorum.candidates': () => 16 + maxBoots,
  'quorum.candidates.*.except': groups,
  'quorum.sent': () => 256,
  problems: (host, cluster) => cluster.list.length * (4 + paths(host, cluster)) + 10 * cluster.plan.groups,
  'fence.asked': () => 32,
  lostHolders: groups,
  'lostHolders.*': boots,
  'fencing.boots': () => 2 * maxBoots,
  fencedBoots: boots,
  fenceFailures: nodes,
  met: nodes,
};

export function boundsChecker(cluster: Cluster): Checker {
  let turn = 0;
  let lookAt = 0;
  const gapMs = (lookGap * cluster.plan.intervalMs) / cluster.list.length;
  return {
    name: 'bounds',
    /** One host after the other. */
    step() {
      if (cluster.events.now < lookAt) return null;
      lookAt = cluster.events.now + gapMs;
      turn += 1;
      const host = cluster.hostAt(turn % cluster.list.length);
      const state = host.daemon?.state;
      if (state === undefined || state === null) return null;
      const backlog = host.process?.backlog ?? 0;
      if (backlog > 1000) return `${host.name} has ${backlog} inputs in the backlog`;
      return whatGrew({ host, cluster }, '', state);
    },
  };
}

interface Place {
  readonly host: Host;
  readonly cluster: Cluster;
}

function whatGrew(place: Place, path: string, value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Map) return whatGrewIn(place, path, value.size, value.values());
  if (value instanceof Set) return whatGrewIn(place, path, value.size, value.values());
  if (Array.isArray(value)) return whatGrewIn(place, path, value.length, value);
  let fields = 0;
  for (const name in value) {
    fields += 1;
    const wrong = whatGrew(place, path === '' ? name : `${path}.${name}`, Reflect.get(value, name));
    if (wrong !== null) return wrong;
  }
  return fields <= mostFields ? null : `${place.host.name} has ${fields} fields in ${path}`;
}

function whatGrewIn(place: Place, path: string, size: number, items: Iterable<unknown>): string | null {
  const bound = bounds[path];
  if (bound === undefined) return `no bound is named for ${path}`;
  const most = bound(place.host, place.cluster);
  if (size > most) return `${place.host.name} has ${size} ${path}, at most ${most} are expected`;
  const within = `${path}.*`;
  for (const item of items) {
    const wrong = typeof item === 'object' ? whatGrew(place, within, item) : null;
    if (wrong !== null) return wrong;
  }
  return null;
}
