// Fencing: the latch on disk, the programs that fence this node or another one, and the operators who
// wait for an answer. Outcomes come back as the inputs `latched` and `fence-ran`; nothing here is awaited.

import type { Answer, FenceCause, Latch, RequestId } from '#model/fence';
import type { EffectId, NodeName } from '#model/names';

export interface FencePort {
  /** On disk before it is answered; null takes the latch away. In order, one at a time. */
  latch(id: EffectId, latch: Latch | null): void;
  fenceSelf(id: EffectId, cause: FenceCause): void;
  /** Answered within its timeout plus the time to kill it. `silentMs`: null where no life of it is remembered. */
  fencePeer(id: EffectId, node: NodeName, silentMs: number | null): void;
}

export interface OperatorPort {
  answer(request: RequestId, answer: Answer): void;
}
