// Everything a daemon remembers between two inputs. Plain data: deadlines are fields, never handles,
// and a step replaces what it changes instead of writing into it.

import type { Instant } from '#lib/time';
import type { GroupEntry, Role } from '#model/advert';
import type { AddressKey, CheckOutcome, LinkFacts } from '#model/input';
import type { BootId, CheckName, EffectId, GroupName, InterfaceName, NodeName } from '#model/names';
import type { Problem } from '#model/problem';
import type { Reason } from '#model/reason';
import type { Boot } from './boot-state.ts';
import type { FenceFailure, Fencing } from './fence-peer.ts';
import type { SelfFence } from './fence-self.ts';
import type { LostHolders } from './lost-holders.ts';
import type { CheckState, CoreRefusal, PeerState } from '#model/view';
import type { QuorumState } from './quorum-state.ts';

export interface State {
  readonly boot: BootId;
  readonly configHash: string;
  readonly nextId: EffectId;
  /** When this daemon asked to be woken last; how late it ran is measured against it. */
  readonly wakeAt: Instant;
  /** The earliest instant at which some group has something to do. */
  readonly groupsAt: Instant;
  /** The earliest instant at which some silence would begin to count. */
  readonly silenceAt: Instant;
  /** Releases whose outcome the kernel still owes. */
  readonly releasing: ReadonlySet<EffectId>;
  /** When it had last said nothing for longer than an interval and X: others may have gone on without it. */
  readonly mutedAt: Instant;
  /** This daemon ran late: no claim before a poll that begins after that has shown what it missed. */
  readonly behind: Instant | null;
  /** A poll was asked for and its `polled` has not come yet. */
  readonly polling: boolean;
  readonly stopping: { readonly since: Instant; readonly exited: boolean } | null;

  readonly links: ReadonlyMap<InterfaceName, LinkFacts>;
  /** The hardware addresses of the interfaces that carry groups. BOUNDED by `mostMacs`. */
  readonly macs: readonly string[];
  /** From when on the delay of a start counts for an interface: since its link came up. BOUNDED by the settings. */
  readonly upSince: ReadonlyMap<InterfaceName, Instant>;
  /** Addresses of ours that somebody else put on this host. BOUNDED by the settings. */
  readonly foreign: ReadonlySet<AddressKey>;
  /** The kernel shut the gate on what is held: no renewal opens it again. Null while all is well. */
  readonly lapse: Lapse | null;
  /** The highest number that was sent, as told when it had been. */
  readonly lastSent: number;
  /** An echo up to this number proves nothing: a recording of a boot that was proven and is forgotten may have it. */
  readonly provesAbove: number;
  readonly gateway: Gateway;
  /** Hardware addresses whose answers count for nothing, by the address that they answer for. BOUNDED by the settings. */
  readonly blind: ReadonlyMap<AddressKey, string>;
  /** When an advert last left on a path whose link is up. */
  readonly lastAdvertAt: Instant;
  /** Since when no advert could leave on any path; null while they do. */
  readonly unsentSince: Instant | null;
  readonly lastRenewalAt: Instant;
  readonly nextAdvertAt: Instant;
  /** Earliest instant for the next answer to a boot that nobody had met. */
  readonly nextReplyAt: Instant;
  readonly tableVersion: number;
  /** The version that was said last, to everybody. */
  readonly saidVersion: number;
  /** Adverts until the whole table rides again for listeners that cannot tell what they hold. */
  readonly refreshIn: number;

  /** Lost ones stay for a while, so that a replay of them stays refused. BOUNDED by `maxBoots`. */
  readonly boots: ReadonlyMap<BootId, Boot>;
  /** When a boot was last heard that was not before, or not any more. */
  readonly heardAnewAt: Instant;
  readonly peerStates: ReadonlyMap<NodeName, PeerState>;
  readonly groups: readonly Group[];
  readonly checks: readonly Check[];
  /** Null in availability mode. */
  readonly quorum: QuorumState | null;
  readonly problems: ReadonlyMap<string, { readonly problem: Problem; readonly since: Instant }>;

  /** This node is fenced, or is about to be. */
  readonly fence: SelfFence | null;
  /** Silent nodes that may still hold a group. BOUNDED by the settings and by `maxBoots`. */
  readonly lostHolders: ReadonlyMap<GroupName, LostHolders>;
  readonly fencing: Fencing | null;
  /** By its own agent, with the number as in its word; void once a later one is heard. BOUNDED by `maxBoots`. */
  readonly fencedBoots: ReadonlyMap<BootId, number>;
  /** BOUNDED by `maxBoots`. */
  readonly fenceFailures: ReadonlyMap<NodeName, FenceFailure>;
  /** Who was heard since the start, where a fence is required. BOUNDED by `nodes`. */
  readonly met: ReadonlySet<NodeName>;
  /** Since when every other node was; never until then. */
  readonly metAt: Instant;

  readonly received: number;
  readonly refused: Readonly<Partial<Record<CoreRefusal, number>>>;
  readonly staleOutcomes: number;
}

interface Lapse {
  readonly since: Instant;
  /** Only an echo of a later number tells that a peer still knows this node as holder. */
  readonly beyond: number;
}

/** Whether a gateway answers this node. */
interface Gateway {
  readonly answeredAt: Instant;
  /** Added to the silence before it counts, since this node itself ran late. */
  readonly patienceMs: number;
  /** Until the first answer, or until a down time passed without one, nothing is known. */
  readonly word: 'unknown' | 'reached' | 'unreached';
  /** When `word` became what it is. */
  readonly since: Instant;
}

export interface Group {
  readonly name: GroupName;
  readonly role: Role;
  readonly since: Instant;
  readonly reason: Reason;
  /** No claim before this instant, after a start, a dead link or a late wake. */
  readonly listenUntil: Instant;
  /** Nobody holds the group, as far as this node sees. */
  readonly vacancy: Vacancy | null;
  /** The live boot that was last seen as holder. */
  readonly holder: BootId | null;
  /** Since when this node could preempt the holder. */
  readonly preemptSince: Instant | null;
  readonly wants: GroupEntry['wants'];
  /** Who resigns it, as far as this node heard. BOUNDED by `boots`. */
  readonly resigners: ReadonlyMap<BootId, Resigned>;
  /** What this node knows of the claim that it makes; null unless `claiming`. */
  readonly claim: Claim | null;
  /** The hold whose outcome decides; null when none is under way. */
  readonly holdId: EffectId | null;
  /** What the kernel said of each address, as far as it is not simply absent. */
  readonly present: ReadonlySet<AddressKey>;
  /** The kernel refused: no claim before `retryAt`. */
  readonly refusal: { readonly reason: Reason; readonly retryAt: Instant; readonly retryMs: number } | null;
  /** A holder let go for this node, which did not take the group: it asks for none for so long. Null once it did. */
  readonly missed: { readonly at: Instant; readonly waitMs: number } | null;
  readonly resignation: Resignation | null;
  readonly adoption: { readonly until: Instant; readonly hadPeers: boolean } | null;
  readonly announcing: Announcing | null;
  /** What the wire was asked about the group, and what came of it; null while there is no need to ask. */
  readonly probe: Probe | null;
  /** Another hardware address spoke for what is held here. */
  readonly conflict: Conflict | null;
  /** How often in a row a claim of this node gave way to somebody who was not heard when the wire was asked; null for never. */
  readonly gaveWay: { readonly times: number; readonly lastAt: Instant } | null;
  /** When a host that is none of the live nodes last probed for this group while this node did not. */
  readonly rivalAskedAt: Instant;
  readonly removals: Removals | null;
  /**
   * Quorum mode without a gate: let go of with that release, and the kernel has not confirmed it. Until it has, nobody is
   * told, for the voters would be free to promise the group to another.
   */
  readonly leaving: EffectId | null;
  /** Addresses that should be gone and are not. */
  readonly stuck: { readonly address: string; readonly error: string; readonly retryAt: Instant } | null;
  /** Other live holders of this group, by boot, since when; long ago for those it was taken over from. */
  readonly rivals: ReadonlyMap<BootId, Instant>;
  readonly dualHolder: number;
  /** Of the last claim of this node; 0 before the first, and in availability mode. */
  readonly epoch: number;
  /** Taken by an adoption, and known to nobody else yet: no hook is told of it. */
  readonly epochUnsure: boolean;
  /** Numbers up to this one left before the present claim was said. */
  readonly claimedAfter: number;
  /** The version of our table that first showed this epoch: votes under an older one are for an older claim. */
  readonly epochVersion: number;
  readonly inherits: GroupEntry['inherits'];
  /** Until when the votes counted so far let this node hold the group; long ago while none do. */
  readonly mandate: Instant;
  /** A claim won no majority or gave way: no other before this instant. */
  readonly restUntil: Instant;
  readonly entry: GroupEntry;
  /** Since when it ranks as it does. */
  readonly rankedAt: Instant;
  /** The version of our table in which that entry last changed. */
  readonly entryVersion: number;
}

/** Who seemed to hold the group when that was first heard; settled once another one holds it. */
export type Resigned = readonly BootId[] | 'settled';

export interface Vacancy {
  readonly since: Instant;
  readonly reason: Reason;
  /** The holder said so itself: there is no silence to judge. */
  readonly resigned: boolean;
  /** Named by a holder that resigned. */
  readonly successor: NodeName | null;
  /** When it is this node's turn. */
  readonly claimAt: Instant;
}

interface Claim {
  /** The boot that fell silent while it held the group; null where nobody did, or it resigned. */
  readonly lost: BootId | null;
  /** Its holder handed it over to this node. */
  readonly named: boolean;
  /** Since when nothing but votes and the kernel keep it waiting; never while somebody is being fenced, or has to let go. */
  readonly readyAt: Instant;
  /** Others may claim in this very moment: the addresses wait until here for their word. Long ago where nobody can. */
  readonly opensAt: Instant;
}

export interface Resignation {
  /** Decided; and, once it is known what became of the word, since then. */
  readonly since: Instant;
  /** The word has left, or could not. */
  readonly said: boolean;
  readonly successor: NodeName | null;
  readonly until: Instant;
  readonly repeatAt: Instant;
}

export interface Announcing {
  /** Rounds still to go at `nextAt`. */
  readonly left: number;
  readonly nextAt: Instant;
  readonly againAt: Instant;
  readonly refreshAt: Instant;
}

/** Questions come in rounds of two; a round without an answer is silent. */
export interface Probe {
  readonly startedAt: Instant;
  readonly roundAt: Instant;
  /** The second question of the round; null while it is still to come. */
  readonly repeatedAt: Instant | null;
  /** The round has been judged. */
  readonly judged: boolean;
  /** Silent rounds in a row, as judged. */
  readonly silent: number;
  readonly answer: { readonly key: AddressKey; readonly mac: string; readonly at: Instant } | null;
  /** A host that is none of the live nodes probes for the same address, and goes first; when it was last heard to. */
  readonly rivalAt: Instant;
  /** Rounds in a row, with an answer, in which certainly nobody held the group. */
  readonly echoes: number;
  /** Since when nobody answers; null while that is not known. */
  readonly clearAt: Instant | null;
}

interface Conflict {
  readonly times: number;
  readonly lastAt: Instant;
  readonly defendedAt: Instant;
}

export interface Removals {
  readonly times: number;
  readonly lastAt: Instant;
  readonly putBackAt: Instant | null;
}

export interface Check {
  readonly name: CheckName;
  readonly state: CheckState;
  readonly since: Instant;
  /** Outcomes in a row that speak against the present state. */
  readonly against: number;
  readonly running: EffectId | null;
  readonly nextAt: Instant;
  readonly last: { readonly outcome: CheckOutcome; readonly ms: number; readonly output: string } | null;
}
