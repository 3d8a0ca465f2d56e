// The state as others may see it. Nothing can be changed through it.

import { addressKey } from '#lib/ip';
import type { NodeName } from '#model/names';
import type { Settings } from '#model/settings';
import type { GroupView, PeerView, View } from '#model/view';
import { termsOf } from './checks.ts';
import { holdersOf, voices } from './neighbours.ts';
import { spokesmenOf } from './peer-states.ts';
import { stateOf } from './roles.ts';
import type { State } from './state.ts';
import { beginTurn, groupAt, type Turn } from './turn.ts';

export function viewOf(settings: Settings, state: State): View {
  const turn = beginTurn(settings, state, state.wakeAt);
  return {
    groups: state.groups.map((_, index) => groupView(turn, index)),
    peers: peerViews(turn),
    checks: state.checks.map(({ name, state: is, since, last }) => ({ name, state: is, since, last })),
    problems: [...state.problems.values()],
    counts: {
      received: state.received,
      refused: state.refused,
      dualHolder: Object.fromEntries(state.groups.map((group) => [group.name, group.dualHolder])),
      staleOutcomes: state.staleOutcomes,
    },
  };
}

function groupView(turn: Turn, index: number): GroupView {
  const { group, asked } = groupAt(turn, index);
  return {
    name: group.name,
    state: stateOf(group.role),
    since: group.since,
    reason: group.reason,
    priority: asked.priority,
    effectivePriority: group.entry.priority,
    holder: holderOf(turn, index),
    addresses: asked.addresses.map((address) => {
      const key = addressKey(address);
      return { address, key, present: group.present.has(key) };
    }),
    terms: termsOf(turn, asked),
  };
}

function holderOf(turn: Turn, index: number): NodeName | null {
  const { group } = groupAt(turn, index);
  if (group.role === 'active') return turn.settings.node;
  return holdersOf(voices(turn, group.name)).find(({ entry }) => entry.role === 'active')?.boot.node ?? null;
}

function peerViews(turn: Turn): PeerView[] {
  return [...spokesmenOf(turn.state.boots.values()).values()]
    .filter((boot) => boot.node !== turn.settings.node)
    .toSorted((a, b) => (a.node < b.node ? -1 : 1))
    .map((boot) => ({
      name: boot.node,
      address: boot.address,
      state: boot.state,
      lastHeardAt: boot.lastHeardAt,
      paths: [...boot.paths].map(([path, { state }]) => ({ path, state })),
      release: boot.release,
      sameConfig: boot.configHash === turn.state.configHash,
    }));
}
