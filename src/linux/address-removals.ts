// When addresses that nobody answers for any more are deleted. A few are gone in a millisecond. Hundreds keep the kernel,
// and this loop with it, busy for longer than a handover takes: they wait until the word of this node has been said again
// and its successor has announced them. That is for addresses behind a gate; what is silent only once it is gone does not wait.

import { setTimeout } from 'node:timers';
import type { EffectId } from '#model/names';
import type { VirtualAddress } from '#model/settings';

const few = 32;
const waitMs = 50;

interface Removal {
  readonly id: EffectId;
  readonly addresses: readonly VirtualAddress[];
}

export class Removals {
  readonly #remove: (id: EffectId, addresses: readonly VirtualAddress[]) => void;
  /** BOUNDED by what a step may let go of within the wait: an address that is held again ends it. */
  #waiting: Removal[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(remove: (id: EffectId, addresses: readonly VirtualAddress[]) => void) {
    this.#remove = remove;
  }

  /** True: later. False: it is done. */
  ask(removal: Removal, isSilent: boolean): boolean {
    if (!isSilent || removal.addresses.length <= few) {
      this.#remove(removal.id, removal.addresses);
      return false;
    }
    this.#waiting.push(removal);
    this.#timer ??= setTimeout(() => this.finish(), waitMs);
    return true;
  }

  /** What waits is done when this returns. */
  finish(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { id, addresses } of waiting) this.#remove(id, addresses);
  }
}
