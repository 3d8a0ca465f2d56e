// The first step of a daemon: what it finds decides whether it goes on holding what an earlier life of
// it held (adoption) or takes the leftovers away, and listens before it claims.

import { addressKey, familyOf, parseIp } from '#lib/ip';
import { earliest, type Instant, later, longAgo, never } from '#lib/time';
import type { GroupEntry } from '#model/advert';
import type { AddressKey, StartFacts } from '#model/input';
import type { BootId } from '#model/names';
import type { Reason } from '#model/reason';
import type { GroupSettings, Settings, VirtualAddress } from '#model/settings';
import { startChecks } from './checks.ts';
import { startFenced } from './fence-self.ts';
import { linkFault, takeLinks } from './links.ts';
import { raise } from './problems.ts';
import { adoptableUntil, adoptedClaim, beginQuorum } from './quorum-start.ts';
import { hookAdopted } from './roles.ts';
import type { Group, State } from './state.ts';
import { finish, type StepResult } from './step.ts';
import { authorityMs, downMs, windowMs } from './timing.ts';
import { beginTurn, changeGroup, groupAt, holdAddresses, releaseAddresses, tell, type Turn } from './turn.ts';

/**
 * An adoption this close to the moment at which peers may claim would be a race: no. A right to hold that comes from
 * votes is over a little before its end, for whoever adopts as for everybody.
 */
function adoptionMarginMs({ settings, state }: Turn): number {
  return state.quorum === null ? 20 : 20 + windowMs(settings);
}

export function begin(
  settings: Settings,
  facts: StartFacts,
  identity: { readonly boot: BootId; readonly configHash: string },
  now: Instant,
): StepResult {
  const blank = blankState(settings, identity, now);
  const turn = beginTurn(settings, blank, now);
  turn.state.quorum = beginQuorum(turn, facts);
  takeLinks(turn, facts.links);
  if (facts.latch !== null) startFenced(turn, facts.latch);
  takeOver(turn, facts);
  const { lease } = settings;
  if (lease.kind === 'off') raise(turn, { code: 'lease-off' });
  if (lease.kind === 'address' && lease.noGate !== undefined) raise(turn, { code: 'lease-coarse', why: lease.noGate });
  turn.speak = true;
  turn.stirred = true;
  turn.late.push({ kind: 'ready' });
  return finish(turn, blank, { kind: 'wake' }, null);
}

function blankState(settings: Settings, identity: { boot: BootId; configHash: string }, now: Instant): State {
  return {
    boot: identity.boot,
    configHash: identity.configHash,
    nextId: 1,
    wakeAt: now,
    groupsAt: now,
    silenceAt: longAgo,
    releasing: new Set(),
    mutedAt: longAgo,
    behind: null,
    polling: false,
    stopping: null,
    links: new Map(),
    macs: [],
    upSince: new Map(),
    foreign: new Set(),
    lapse: null,
    lastSent: 0,
    provesAbove: 0,
    gateway: { answeredAt: now, patienceMs: 0, word: 'unknown', since: now },
    blind: new Map(),
    lastAdvertAt: now,
    unsentSince: null,
    lastRenewalAt: longAgo,
    nextAdvertAt: now,
    nextReplyAt: longAgo,
    tableVersion: 0,
    saidVersion: 0,
    refreshIn: 1,
    boots: new Map(),
    heardAnewAt: longAgo,
    peerStates: new Map(),
    groups: settings.groups.map((group) => blankGroup(group, settings, now)),
    checks: startChecks(settings.checks, now),
    quorum: null,
    problems: new Map(),
    fence: null,
    lostHolders: new Map(),
    fencing: null,
    fencedBoots: new Map(),
    fenceFailures: new Map(),
    met: new Set(),
    metAt: never,
    received: 0,
    refused: {},
    staleOutcomes: 0,
  };
}

function blankGroup(asked: GroupSettings, settings: Settings, now: Instant): Group {
  const entry: GroupEntry = {
    group: asked.name,
    role: 'starting',
    priority: asked.priority,
    tieBreak: null,
    wants: 'nothing',
    pinned: false,
    successor: null,
    epoch: 0,
    inherits: null,
  };
  const listenMs = Math.max(settings.startupDelayMs, downMs(settings));
  return {
    name: asked.name,
    role: 'starting',
    since: now,
    rankedAt: now,
    reason: { kind: 'listening', forMs: listenMs },
    listenUntil: later(now, listenMs),
    vacancy: null,
    holder: null,
    preemptSince: null,
    wants: 'nothing',
    resigners: new Map(),
    claim: null,
    holdId: null,
    present: new Set(),
    refusal: null,
    missed: null,
    resignation: null,
    adoption: null,
    announcing: null,
    probe: null,
    conflict: null,
    gaveWay: null,
    removals: null,
    leaving: null,
    stuck: null,
    rivalAskedAt: longAgo,
    rivals: new Map(),
    dualHolder: 0,
    epoch: 0,
    epochUnsure: false,
    claimedAfter: 0,
    epochVersion: 0,
    inherits: null,
    mandate: longAgo,
    restUntil: longAgo,
    entry,
    entryVersion: 0,
  };
}

/** Adopts every group whose addresses are all left, if peers cannot have claimed it yet; drops the rest. */
function takeOver(turn: Turn, facts: StartFacts): void {
  const left = new Set(facts.left);
  const until = adoptableUntil(turn, facts);
  if (turn.state.fence === null && turn.now < later(until, -adoptionMarginMs(turn))) {
    for (const index of turn.state.groups.keys()) {
      const keys = groupAt(turn, index).asked.addresses.map(addressKey);
      if (linkFault(turn, groupAt(turn, index).asked) !== null || !keys.every((key) => left.has(key))) continue;
      adopt(turn, index, until, facts);
      // The others wait from the word of the last life on, and no longer for what this one has not said yet.
      turn.state.lastAdvertAt = earliest(turn.now, later(until, -authorityMs(turn.settings)));
      for (const key of keys) left.delete(key);
    }
  }
  const dropped = [...left].flatMap((key) => addressOf(key) ?? []);
  if (dropped.length > 0) releaseAddresses(turn, dropped);
}

function adopt(turn: Turn, index: number, until: Instant, facts: StartFacts): void {
  const { group, asked } = groupAt(turn, index);
  const reason: Reason = { kind: 'adopted' };
  changeGroup(turn, index, {
    role: 'active',
    reason,
    present: new Set(asked.addresses.map(addressKey)),
    ...(turn.state.quorum === null
      ? { adoption: { until, hadPeers: facts.lastLivePeers > 0 } }
      : adoptedClaim(turn, group.name, until, facts)),
    holdId: holdAddresses(turn, asked.addresses),
  });
  tell(turn, { code: 'group', group: group.name, from: 'starting', to: 'active', reason });
  if (turn.state.quorum === null) hookAdopted(turn, index);
}

/** The address that a key of the record stands for; the record may name what no setting names any more. */
function addressOf(key: AddressKey): VirtualAddress | null {
  const [name = '', address = '', prefix = ''] = key.split('/');
  const bytes = parseIp(address);
  if (bytes === null) return null;
  return { address, family: familyOf(bytes), prefix: Number(prefix), interface: name, label: null };
}
