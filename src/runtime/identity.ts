// Who this daemon is for as long as it runs.

import type { BootId } from '#model/names';

export interface Identity {
  readonly boot: BootId;
  readonly configHash: string;
  /** The version of the program. */
  readonly release: string;
}
