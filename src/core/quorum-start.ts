// How a voter starts: silent for as long as a promise of its last life may stand, above every epoch that it
// may have granted. One promise it knows of: the lease of its own last life, if that runs in the kernel, is
// proof that it had voted for itself and for nobody else. It goes on from that claim, under a new epoch.

import { type Instant, later, longAgo } from '#lib/time';
import type { StartFacts } from '#model/input';
import type { GroupName } from '#model/names';
import { rateMargin } from '#model/settings';
import { isMuted, promiseMs, silenceMs, votersHash } from './electorate.ts';
import { takeEpoch } from './epochs.ts';
import { raise } from './problems.ts';
import type { QuorumState } from './quorum-state.ts';
import type { Group } from './state.ts';
import { holdMs, leaseMs } from './timing.ts';
import type { Turn } from './turn.ts';

export function beginQuorum(turn: Turn, facts: StartFacts): QuorumState | null {
  const { quorum } = turn.settings;
  if (quorum === null) return null;
  const { remembered } = facts;
  const muted = isMuted(quorum, facts);
  if (muted) {
    const [before, now] = [remembered?.voters.join(', ') ?? '', quorum.voters.join(', ')];
    raise(turn, { code: 'voters-changed', before, now });
  }
  // Whoever knows of no other list takes this one for good; any other has to show that it is in force.
  if (remembered === null) turn.late.push({ kind: 'remember', ...quorum });
  const sameList = remembered === null || remembered.voters.join() === quorum.voters.join();
  const sameHold = (remembered?.longestHoldMs ?? quorum.longestHoldMs) === quorum.longestHoldMs;
  const silentMs = Math.max(silenceMs(turn.settings), promiseMs(remembered?.longestHoldMs ?? 0));
  return {
    hash: votersHash(quorum),
    silentUntil: later(turn.now, silentMs),
    silentMs,
    muted,
    remembered: sameList && sameHold,
    epochFloor: facts.epochFloor,
    reservedBelow: facts.epochFloor,
    highestEpoch: facts.epochFloor,
    promises: new Map(),
    candidates: new Map(),
    sent: [],
    grantedUntil: longAgo,
  };
}

/** Until when nobody else can hold what an earlier life of this daemon left. */
export function adoptableUntil(turn: Turn, facts: StartFacts): Instant {
  const { quorum } = turn.state;
  const endless = turn.settings.lease.kind === 'off';
  // It had begun to let go of something: whoever was told may hold that by now.
  if (facts.lastUntil === null && !endless) return longAgo;
  // Others count the down time by clocks of their own.
  if (quorum === null) return later(facts.lastAdvertAt ?? longAgo, facts.lastDownMs / rateMargin);
  if (quorum.muted || endless || facts.lastBoot === null || facts.lastUntil === null) return longAgo;
  return isCovered(turn, facts.lastUntil, facts.lastLease) ? facts.lastUntil : longAgo;
}

/**
 * Promises to the last life end as the voters hear of this one, which asks for as long as its own lease needs. What
 * runs in the kernel must not outlast that: not by a longer lease, nor by one of a kind that ends later.
 */
function isCovered({ settings, now }: Turn, until: Instant, kind: StartFacts['lastLease']): boolean {
  return kind === settings.lease.kind && until <= later(now, leaseMs(settings));
}

export function adoptedClaim(turn: Turn, name: GroupName, until: Instant, facts: StartFacts): Partial<Group> {
  const { quorum, boot } = turn.state;
  if (quorum === null || facts.lastBoot === null) return {};
  const epoch = takeEpoch(turn);
  const promise = { boot, epoch, standing: true, unopened: null };
  const own = {
    node: turn.settings.node,
    until: later(turn.now, promiseMs(holdMs(turn.settings))),
    sequence: 0,
    tableVersion: 0,
    except: [],
    refused: false,
  };
  turn.state.quorum = {
    ...(turn.state.quorum ?? quorum),
    promises: new Map(quorum.promises).set(name, promise),
    candidates: new Map(quorum.candidates).set(boot, own),
    grantedUntil: until,
  };
  const inherits = { boot: facts.lastBoot, epoch: Number.MAX_SAFE_INTEGER };
  return { epoch, epochUnsure: true, inherits, mandate: until };
}
