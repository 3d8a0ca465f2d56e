// A defect of ours kills the process: nothing here keeps it alive. Its last act is a line on disk, so that the
// daemons after it can tell how often that happened.

import { noteCrash } from '#linux/crash-book';
import { latchClocks } from '#linux/latch-file';
import type { Clock } from '#ports/clock';
import { Failure } from './failure.ts';

export class CrashWatch {
  readonly #stateDir: string;
  readonly #clock: Clock;
  #noted = false;

  constructor(stateDir: string, clock: Clock) {
    this.#stateDir = stateDir;
    this.#clock = clock;
    // It only watches: node prints the stack and ends the process as ever.
    process.on('uncaughtExceptionMonitor', (error) => this.note(error));
  }

  /** Also for what a command catches; a failure that has words of its own is no defect. */
  note(error: unknown): void {
    if (this.#noted || error instanceof Failure) return;
    this.#noted = true;
    const trouble = noteCrash(this.#stateDir, latchClocks(this.#clock));
    if (trouble !== null) process.stderr.write(`locum: this crash could not be noted: ${trouble}\n`);
  }
}
