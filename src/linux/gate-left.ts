// The tables of an earlier daemon that had a gate, where this one has none: nobody here opens them any more, so they
// would drop for ever what this daemon puts on the host. They stay shut on what is left until that is gone or goes on.

import { removeGate } from './gate-open.ts';

export class LeftGate {
  readonly #runtimeDir: string;
  readonly #warn: (words: string) => void;
  #isGone = false;

  constructor(runtimeDir: string, warn: (words: string) => void) {
    this.#runtimeDir = runtimeDir;
    this.#warn = warn;
  }

  /** Null: there are none any more. Otherwise why they stay; then nothing that they guard is held. */
  remove(): string | null {
    if (this.#isGone) return null;
    const { removed, trouble } = removeGate(this.#runtimeDir);
    if (trouble !== null) return `${trouble}, and an earlier daemon may have left them shut`;
    this.#isGone = true;
    if (removed !== null) this.#warn(`the tables ${removed} of nf_tables, which an earlier daemon left, were removed`);
    return null;
  }
}
