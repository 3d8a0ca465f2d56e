// Copies of what a step changes. Every field is named: a spread of so many fields costs more than the rest of
// an ordinary step, and gives objects of another shape at every place where it stands, so that the engine compiles
// whatever reads them again and again. A field that is missing here does not compile.

import type { Promised, QuorumState } from './quorum-state.ts';
import type { Boot } from './boot-state.ts';
import type { Group, State } from './state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export type Draft = Mutable<State>;

export function copyOf(state: State): Draft {
  return {
    boot: state.boot,
    configHash: state.configHash,
    nextId: state.nextId,
    wakeAt: state.wakeAt,
    groupsAt: state.groupsAt,
    silenceAt: state.silenceAt,
    releasing: state.releasing,
    mutedAt: state.mutedAt,
    behind: state.behind,
    polling: state.polling,
    stopping: state.stopping,
    links: state.links,
    macs: state.macs,
    upSince: state.upSince,
    foreign: state.foreign,
    lapse: state.lapse,
    lastSent: state.lastSent,
    provesAbove: state.provesAbove,
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
    heardAnewAt: state.heardAnewAt,
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

export function copyOfGroup(group: Group): Mutable<Group> {
  return {
    name: group.name,
    role: group.role,
    since: group.since,
    rankedAt: group.rankedAt,
    reason: group.reason,
    listenUntil: group.listenUntil,
    vacancy: group.vacancy,
    holder: group.holder,
    preemptSince: group.preemptSince,
    wants: group.wants,
    resigners: group.resigners,
    claim: group.claim,
    holdId: group.holdId,
    present: group.present,
    refusal: group.refusal,
    missed: group.missed,
    resignation: group.resignation,
    adoption: group.adoption,
    announcing: group.announcing,
    probe: group.probe,
    conflict: group.conflict,
    gaveWay: group.gaveWay,
    rivalAskedAt: group.rivalAskedAt,
    removals: group.removals,
    leaving: group.leaving,
    stuck: group.stuck,
    rivals: group.rivals,
    dualHolder: group.dualHolder,
    epoch: group.epoch,
    epochUnsure: group.epochUnsure,
    claimedAfter: group.claimedAfter,
    epochVersion: group.epochVersion,
    inherits: group.inherits,
    mandate: group.mandate,
    restUntil: group.restUntil,
    entry: group.entry,
    entryVersion: group.entryVersion,
  };
}

export function copyOfBoot(boot: Boot): Mutable<Boot> {
  return {
    boot: boot.boot,
    node: boot.node,
    address: boot.address,
    firstHeardAt: boot.firstHeardAt,
    lastHeardAt: boot.lastHeardAt,
    sequence: boot.sequence,
    paths: boot.paths,
    downMs: boot.downMs,
    intervalMs: boot.intervalMs,
    holdMs: boot.holdMs,
    macs: boot.macs,
    gateway: boot.gateway,
    gatewaySince: boot.gatewaySince,
    votes: boot.votes,
    turnedOff: boot.turnedOff,
    configHash: boot.configHash,
    release: boot.release,
    proven: boot.proven,
    echoedAt: boot.echoedAt,
    echoedSequence: boot.echoedSequence,
    echoedTable: boot.echoedTable,
    echoes: boot.echoes,
    tableVersion: boot.tableVersion,
    table: boot.table,
    orderedAt: boot.orderedAt,
    patienceMs: boot.patienceMs,
    state: boot.state,
  };
}

export function quorumWith(quorum: QuorumState, change: Partial<QuorumState>): QuorumState {
  const copy: QuorumState = {
    hash: quorum.hash,
    silentUntil: quorum.silentUntil,
    silentMs: quorum.silentMs,
    muted: quorum.muted,
    remembered: quorum.remembered,
    epochFloor: quorum.epochFloor,
    reservedBelow: quorum.reservedBelow,
    highestEpoch: quorum.highestEpoch,
    promises: quorum.promises,
    candidates: quorum.candidates,
    sent: quorum.sent,
    grantedUntil: quorum.grantedUntil,
  };
  return Object.assign(copy, change);
}

/** Let go of, inherited or over: what was promised stands no longer. */
export function fallen({ boot, epoch, unopened }: Promised): Promised {
  return { boot, epoch, standing: false, unopened };
}
