// Runs check scripts when the core asks for one and offers what came of it. A check never overlaps
// itself. Bounded: at most one process group for each configured check. When to run one, and what
// an outcome means, is the core's business.

import type { CheckOutcome, Input } from '#model/input';
import type { CheckName, EffectId, NodeName } from '#model/names';
import type { CheckSettings } from '#model/settings';
import type { CheckPort } from '#ports/programs';
import { ProgramRun } from './program.ts';

export interface CheckRunnerOptions {
  readonly checks: readonly CheckSettings[];
  readonly node: NodeName;
  readonly offer: (input: Input) => void;
}

export class CheckRunner implements CheckPort {
  readonly #checks: ReadonlyMap<CheckName, CheckSettings>;
  readonly #node: NodeName;
  readonly #offer: (input: Input) => void;
  readonly #runs = new Map<CheckName, ProgramRun>();

  constructor({ checks, node, offer }: CheckRunnerOptions) {
    this.#checks = new Map(checks.map((check) => [check.name, check]));
    this.#node = node;
    this.#offer = offer;
  }

  run(id: EffectId, check: CheckName): void {
    const settings = this.#checks.get(check);
    if (settings === undefined) {
      this.#answer(id, check, cannotRun(`expected a configured check, found "${check}"`), 0, '');
      return;
    }
    const before = this.#runs.get(check);
    if (before !== undefined && !before.gone) {
      const error = `its last run, process ${before.pid}, has not ended; it may hang inside the kernel`;
      this.#answer(id, check, cannotRun(error), 0, '');
      return;
    }
    const run = new ProgramRun({
      command: settings.script,
      user: settings.user,
      environment: { LOCUM_CHECK: check, LOCUM_NODE: this.#node },
      timeoutMs: settings.timeoutMs,
      leftBehind: 'kill',
    });
    this.#runs.set(check, run);
    void run.result.then(({ outcome, ms, output }) => this.#answer(id, check, outcome, ms, output));
  }

  /** The daemon ends: every script that still runs dies. Outcomes may still be offered. */
  close(): void {
    for (const run of this.#runs.values()) run.kill();
  }

  #answer(id: EffectId, check: CheckName, outcome: CheckOutcome, ms: number, output: string): void {
    // Never from within `run`: the core is in the middle of a step then.
    setImmediate(() => this.#offer({ kind: 'checked', id, check, outcome, ms, output }));
  }
}

function cannotRun(error: string): CheckOutcome {
  return { kind: 'cannot-run', error };
}
