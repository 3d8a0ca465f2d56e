// The state as others may see it. Nothing can be changed through it.

import { addressKey } from '#lib/ip';
import { never } from '#lib/time';
import type { GroupName, NodeName } from '#model/names';
import type { Settings } from '#model/settings';
import type { GroupView, PeerView, QuorumView, View } from '#model/view';
import { termsOf } from './checks.ts';
import { consentReason } from './consent.ts';
import { sameConfig } from './config-hash.ts';
import { majorityOf, reachableVoters } from './electorate.ts';
import { fencingReason } from './fence-peer.ts';
import { holdersOf, voices } from './neighbours.ts';
import { spokesmenOf } from './peer-states.ts';
import { stateOf } from './roles.ts';
import type { State } from './state.ts';
import { beginTurn, groupAt, type Turn } from './turn.ts';

export function viewOf(settings: Settings, state: State): View {
  const turn = beginTurn(settings, state, state.wakeAt);
  const { fence } = state;
  return {
    fenced: fence === null ? null : { cause: fence.cause, since: fence.since, until: fence.until },
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
    quorum: quorumView(turn),
  };
}

function groupView(turn: Turn, index: number): GroupView {
  const { group, asked } = groupAt(turn, index);
  return {
    name: group.name,
    state: stateOf(group.role),
    since: group.since,
    reason: fencingReason(turn, index) ?? consentReason(turn, index) ?? group.reason,
    priority: asked.priority,
    effectivePriority: group.entry.priority,
    holder: holderOf(turn, index),
    epoch: group.epoch,
    promisedTo: promisedTo(turn, group.name),
    mandateUntil: group.mandate > turn.now ? group.mandate : null,
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

function promisedTo(turn: Turn, group: GroupName): NodeName | null {
  const promise = turn.state.quorum?.promises.get(group);
  return promise?.standing === true ? (turn.state.quorum?.candidates.get(promise.boot)?.node ?? null) : null;
}

function quorumView(turn: Turn): QuorumView | null {
  const { quorum } = turn.settings;
  const state = turn.state.quorum;
  if (quorum === null || state === null) return null;
  return {
    voters: quorum.voters,
    majority: majorityOf(quorum),
    reachable: reachableVoters(turn),
    silentUntil: state.muted ? never : state.silentUntil,
  };
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
      sameConfig: sameConfig(boot.configHash, turn.state.configHash),
    }));
}
