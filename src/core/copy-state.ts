// The state of a step in the making. Every field is named: a spread of so many fields costs more than the rest of
// an ordinary step. A field that is missing here does not compile.

import type { State } from './state.ts';

export type Draft = { -readonly [K in keyof State]: State[K] };

export function copyOf(state: State): Draft {
  return {
    boot: state.boot,
    configHash: state.configHash,
    nextId: state.nextId,
    wakeAt: state.wakeAt,
    groupsAt: state.groupsAt,
    silenceAt: state.silenceAt,
    releasing: state.releasing,
    polling: state.polling,
    stopping: state.stopping,
    links: state.links,
    macs: state.macs,
    foreign: state.foreign,
    lapse: state.lapse,
    lastSent: state.lastSent,
    gateway: state.gateway,
    blind: state.blind,
    lastAdvertAt: state.lastAdvertAt,
    unsentSince: state.unsentSince,
    lastRenewalAt: state.lastRenewalAt,
    nextAdvertAt: state.nextAdvertAt,
    nextReplyAt: state.nextReplyAt,
    tableVersion: state.tableVersion,
    saidVersion: state.saidVersion,
    refreshIn: state.refreshIn,
    boots: state.boots,
    peerStates: state.peerStates,
    groups: state.groups,
    checks: state.checks,
    quorum: state.quorum,
    problems: state.problems,
    fence: state.fence,
    lostHolders: state.lostHolders,
    fencing: state.fencing,
    fencedBoots: state.fencedBoots,
    fenceFailures: state.fenceFailures,
    met: state.met,
    metAt: state.metAt,
    received: state.received,
    refused: state.refused,
    staleOutcomes: state.staleOutcomes,
  };
}
