// Other people's programs: check scripts and hooks. They run beside the daemon and never delay it.

import type { Effect } from '#model/effect';
import type { CheckName, EffectId } from '#model/names';

export interface CheckPort {
  /** Runs the script once; `checked` comes back within its timeout plus the time to kill it. */
  run(id: EffectId, check: CheckName): void;
}

export type HookEffect = Extract<Effect, { kind: 'hook' }>;

export interface HookPort {
  /** Queued: one at a time, in order. `hooked` comes back for each that ran. */
  run(hook: HookEffect): void;
  /** Runs what is queued for at most this long, then kills what runs; resolves to how many never ran. */
  finish(withinMs: number): Promise<number>;
}
