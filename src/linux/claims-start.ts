// What a daemon finds when it starts: the links, the addresses that an earlier daemon left, and what
// that daemon last said. Whether they are adopted is decided elsewhere.

import { addressKey } from '#lib/ip';
import type { StartFacts } from '#model/input';
import { placeKey } from './address-message.ts';
import type { HostState } from './address-mirror.ts';
import { judgeRecord } from './claims-ownership.ts';
import { linkFacts } from './link-facts.ts';
import { readBeat } from './record-beat.ts';
import { kernelBootId, readRecord } from './record-file.ts';
import type { ClaimedAddress } from './record-file.ts';

/** Two daemons measure the same suspends apart by less than this. */
const sameSleepMs = 10;

export interface Start {
  readonly facts: StartFacts;
  /** The addresses that `facts.left` names, with what it takes to hold or release them. */
  readonly left: readonly ClaimedAddress[];
  /** What was odd about the record, as sentences for the log. */
  readonly words: readonly string[];
}

export function readStartFacts(runtimeDir: string, state: HostState, suspendedMs: number): Start {
  const read = readRecord(runtimeDir);
  if (read.kind !== 'record') {
    return { facts: nothingKnown(state, []), left: [], words: read.kind === 'corrupt' ? [read.words] : [] };
  }
  const { record } = read;
  const left: ClaimedAddress[] = [];
  const words: string[] = [];
  for (const { key, claimed, notOurs, there } of judgeRecord(record, kernelBootId(), state)) {
    const name = state.links.get(claimed.index)?.name;
    const renamed = name === claimed.interface ? null : `its interface is called ${name ?? 'nothing'} now`;
    const against = notOurs ?? renamed;
    if (against === null) left.push(claimed);
    else if (there) words.push(`${key} is in the record and is not taken for ours: ${against}`);
  }
  const beat = readBeat(runtimeDir);
  // A beat of another boot of the kernel, or of a daemon that wrote no record, says nothing here.
  const sameLife = beat !== null && beat.boot === record.boot && record.kernelBoot === kernelBootId();
  // Nor does one from before a suspend: its age by the monotonic clock is not its age.
  const known = sameLife && Math.abs(suspendedMs - beat.suspendedMs) < sameSleepMs;
  return {
    facts: {
      ...nothingKnown(state, left),
      lastAdvertAt: known ? beat.advertAt : null,
      lastDownMs: record.downMs,
      lastLivePeers: known ? beat.livePeers : 0,
      lastBoot: known ? beat.boot : null,
      lastUntil: known ? beat.until : null,
      lastLease: record.lease,
    },
    left,
    words,
  };
}

function nothingKnown(state: HostState, left: readonly ClaimedAddress[]): StartFacts {
  const ours = new Set(left.map(placeKey));
  return {
    links: linkFacts(state, (address) => ours.has(placeKey(address))),
    left: left.map(addressKey),
    lastAdvertAt: null,
    lastDownMs: 0,
    lastLivePeers: 0,
    lastBoot: null,
    lastUntil: null,
    lastLease: null,
    epochFloor: 0,
    remembered: null,
    latch: null,
  };
}
