// Runs the operator's hook for each change: one at a time, in order, each with a timeout. A hook
// that hangs or fails harms nothing but itself. Bounded: `longestQueue`; beyond it the oldest one
// waiting is dropped, and said.

import type { Input } from '#model/input';
import type { NodeName } from '#model/names';
import type { Reason } from '#model/reason';
import type { HookSettings } from '#model/settings';
import type { HookEffect, HookPort } from '#ports/programs';
import { ProgramRun } from './program.ts';

export const longestQueue = 1000;

export interface HookRunnerOptions {
  /** Null: no hook is configured, and nothing ever runs. */
  readonly hook: HookSettings | null;
  readonly node: NodeName;
  readonly describe: (reason: Reason) => string;
  readonly offer: (input: Input) => void;
  /** A hook that was killed, skipped or dropped, as a sentence. */
  readonly log: (sentence: string) => void;
}

export class HookRunner implements HookPort {
  readonly #options: HookRunnerOptions;
  #queue: HookEffect[] = [];
  #running: { readonly hook: HookEffect; readonly run: ProgramRun } | null = null;
  #closed = false;
  #idle: () => void = () => undefined;

  constructor(options: HookRunnerOptions) {
    this.#options = options;
  }

  run(hook: HookEffect): void {
    const settings = this.#options.hook;
    if (settings === null) return;
    if (this.#closed) {
      this.#say(hook, 'was skipped: locum is stopping');
      return;
    }
    this.#queue.push(hook);
    if (this.#queue.length > longestQueue) {
      const oldest = this.#queue.shift();
      if (oldest !== undefined) this.#say(oldest, `was dropped: more than ${longestQueue} hooks wait for their turn`);
    }
    this.#next(settings);
  }

  async finish(withinMs: number): Promise<number> {
    if (this.#running !== null || this.#queue.length > 0) {
      await new Promise<void>((resolve) => {
        const deadline = setTimeout(resolve, withinMs);
        this.#idle = () => {
          clearTimeout(deadline);
          resolve();
        };
      });
    }
    this.#closed = true;
    const skipped = this.#queue;
    this.#queue = [];
    if (this.#running !== null) {
      this.#running.run.kill();
      this.#say(this.#running.hook, 'was killed: locum is stopping');
    }
    for (const hook of skipped) this.#say(hook, 'was skipped: locum is stopping');
    return skipped.length;
  }

  #next(settings: HookSettings): void {
    if (this.#running !== null) return;
    const hook = this.#queue.shift();
    if (hook === undefined) {
      this.#idle();
      return;
    }
    const run = new ProgramRun({
      command: settings.command,
      user: settings.user,
      environment: this.#facts(hook),
      timeoutMs: settings.timeoutMs,
      // A hook may start something that is meant to stay.
      leftBehind: 'leave',
    });
    this.#running = { hook, run };
    void run.result.then(({ outcome, output }) => {
      this.#running = null;
      this.#options.offer({ kind: 'hooked', group: hook.group, outcome, output });
      this.#next(settings);
    });
  }

  #facts(hook: HookEffect): Readonly<Record<string, string>> {
    return {
      LOCUM_GROUP: hook.group,
      LOCUM_STATE: hook.state,
      LOCUM_PREVIOUS: hook.previous,
      LOCUM_REASON: this.#options.describe(hook.reason),
      LOCUM_NODE: this.#options.node,
      ...(hook.epoch > 0 ? { LOCUM_EPOCH: String(hook.epoch) } : {}),
    };
  }

  #say(hook: HookEffect, what: string): void {
    this.#options.log(`hook of group ${hook.group} (${hook.previous} to ${hook.state}) ${what}`);
  }
}
