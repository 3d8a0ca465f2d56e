// What a start of the daemon leaves for the next one, a reboot between them included.

import type { NodeName } from '#model/names';

export interface MemoryPort {
  /** Replaces what was remembered. It is on its way to the disk when this returns; nothing waits for it. */
  remember(voters: readonly NodeName[], longestHoldMs: number): void;
  /** Epochs of the next start begin no lower. On its way to the disk as above. */
  reserve(epochsBelow: number): void;
}
