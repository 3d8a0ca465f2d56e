// Why a group is in its state, as data. `ops` turns each into a sentence for people.

import type { FenceCause } from './fence.ts';
import type { CheckName, InterfaceName, NodeName } from './names.ts';

export type Reason =
  | { readonly kind: 'listening'; readonly forMs: number }
  | { readonly kind: 'awaiting-check'; readonly check: CheckName }
  | { readonly kind: 'holder-live'; readonly holder: NodeName }
  | { readonly kind: 'claimant-live'; readonly claimant: NodeName }
  | { readonly kind: 'holder-unproven'; readonly holder: NodeName }
  | { readonly kind: 'table-unknown'; readonly peer: NodeName }
  | { readonly kind: 'waiting-to-preempt'; readonly holder: NodeName; readonly delayMs: number }
  | { readonly kind: 'asked-to-preempt'; readonly holder: NodeName }
  | { readonly kind: 'waiting-turn'; readonly ahead: number }
  | { readonly kind: 'no-holder' }
  | { readonly kind: 'holder-lost'; readonly holder: NodeName; readonly silentMs: number }
  /** Silent on every path, and its hardware address still answers on the wire. */
  | { readonly kind: 'still-answering'; readonly holder: NodeName; readonly address: string; readonly mac: string }
  /** Somebody else answers: the live node `by`, which says that it does not hold the group, or a stranger. */
  | { readonly kind: 'address-answered'; readonly address: string; readonly mac: string; readonly by: NodeName | null }
  | { readonly kind: 'asking-wire' }
  | { readonly kind: 'handed-over'; readonly by: NodeName }
  | { readonly kind: 'resigned'; readonly by: NodeName }
  | { readonly kind: 'adopted' }
  | { readonly kind: 'adoption-unconfirmed' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'yielded'; readonly to: NodeName }
  | { readonly kind: 'yield-unanswered'; readonly to: NodeName }
  | { readonly kind: 'outranked'; readonly by: NodeName }
  | { readonly kind: 'unheard'; readonly by: NodeName }
  | { readonly kind: 'late-wake'; readonly lateMs: number; readonly leaseMs: number }
  | { readonly kind: 'claim-late' }
  | { readonly kind: 'slept'; readonly ms: number }
  | { readonly kind: 'check-failed'; readonly check: CheckName; readonly outcome: string }
  | { readonly kind: 'lease-lapsed' }
  /** Quorum mode: so many voters can hear and answer this node; it needs `needed`. */
  | { readonly kind: 'no-majority'; readonly votes: number; readonly needed: number }
  /** A majority can, and so many of all voters voted in time, this node among them or not; it needs `needed` and itself. */
  | { readonly kind: 'too-few-votes'; readonly votes: number; readonly voters: number; readonly needed: number }
  /** Others get their turn for so long after a claim that won no majority, or gave way. */
  | { readonly kind: 'claim-rests'; readonly forMs: number }
  | { readonly kind: 'promised'; readonly to: NodeName }
  | { readonly kind: 'silent-voter'; readonly forMs: number }
  | { readonly kind: 'voters-changed' }
  | { readonly kind: 'deposed'; readonly by: NodeName }
  /** That node had this one turned off, as it says, so the votes for it may be gone. */
  | { readonly kind: 'turned-off'; readonly by: NodeName }
  | { readonly kind: 'link-down'; readonly interface: InterfaceName }
  | { readonly kind: 'interface-missing'; readonly interface: InterfaceName }
  | { readonly kind: 'duplicate-name'; readonly address: string }
  | { readonly kind: 'address-refused'; readonly address: string; readonly error: string; readonly retryMs: number }
  | { readonly kind: 'address-foreign'; readonly address: string; readonly interface: InterfaceName }
  | { readonly kind: 'address-stuck'; readonly address: string; readonly error: string }
  /** No gateway answers this node, and one answers `peer`. */
  | { readonly kind: 'gateway-unreached'; readonly peer: NodeName }
  /** Neither a gateway nor another node. */
  | { readonly kind: 'isolated' }
  | { readonly kind: 'fenced'; readonly cause: FenceCause }
  | { readonly kind: 'unfenced' }
  /** The claim waits until that node is verified off. */
  | { readonly kind: 'fencing'; readonly peer: NodeName }
  | { readonly kind: 'fence-failed'; readonly peer: NodeName; readonly outcome: string; readonly retryMs: number }
  /** It is silent here, and another node still hears it. */
  | { readonly kind: 'heard-elsewhere'; readonly peer: NodeName }
  /** A fence is required, and these have not answered yet that they heard of the claim. */
  | { readonly kind: 'claim-unanswered'; readonly nodes: string }
  /** A required fence may not be run before every node was heard once. */
  | { readonly kind: 'nodes-unheard'; readonly nodes: string }
  | { readonly kind: 'unsendable'; readonly silentMs: number };
