// Runs one program of somebody else: an argument list, never a shell line; its own process group;
// nothing on stdin unless its caller has a few lines for it; a bare environment; as the user asked for,
// with that user's groups and no others. Owns its time and its end. When to run what is absent: checks and hooks decide that.

import { closeSync, writeSync } from 'node:fs';
import type { CheckOutcome } from '#model/input';
import { type ChildEnd, reap, watchChildren, whenEnded } from './children.ts';
import { findLauncher, launchAs, launcherRefusal, searchPath } from './program-launch.ts';
import { ProgramOutput } from './program-output.ts';
import { spawnBeside } from './spawn.ts';
import { keepDescriptors, openPipe } from './unix-calls.ts';

export interface ProgramOrder {
  readonly command: readonly string[];
  readonly user: string;
  /** Comes on top of PATH and LANG. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** What happens to processes that the program leaves behind in its group when it ends by itself. */
  readonly leftBehind: 'kill' | 'leave';
  /** What it reads on its standard input: a few lines, less than a pipe holds. Nothing unless given. */
  readonly input?: string;
  /** It goes on when the daemon ends. */
  readonly outlives?: boolean;
}

export interface ProgramResult {
  readonly outcome: CheckOutcome;
  readonly ms: number;
  readonly output: string;
}

/** Between TERM and KILL, and again between KILL and not waiting any longer. */
const graceMs = 250;

/** One run. Never throws and never rejects: whatever goes wrong is an outcome. */
export class ProgramRun {
  readonly result: Promise<ProgramResult>;
  readonly #order: ProgramOrder;
  readonly #startedAt = performance.now();
  #settle: (result: ProgramResult) => void = () => undefined;
  #pid: number | null = null;
  #output: ProgramOutput | null = null;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
  #killed = false;
  #settled = false;
  #gone = false;

  constructor(order: ProgramOrder) {
    this.#order = order;
    this.result = new Promise((resolve) => {
      this.#settle = resolve;
    });
    const refusal = this.#start();
    if (refusal !== null) this.#fail(refusal);
  }

  /** The process itself has ended. One that hangs inside the kernel can outlive its result. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Null until it runs. */
  get pid(): number | null {
    return this.#pid;
  }

  /** The whole process group dies now, or as soon as there is one. */
  kill(): void {
    this.#killed = true;
    if (!this.#gone) this.#signal('SIGKILL');
  }

  #start(): string | null {
    const { user, command, environment, outlives } = this.#order;
    const path = findLauncher();
    if (path === null) return `expected setpriv in ${searchPath}, found none: install util-linux`;
    const launch = launchAs(user, command, outlives === true);
    if (typeof launch === 'string') return launch;
    const words = ['setpriv', ...launch];
    if (words.some((word) => word.includes('\0'))) return 'no process for it: its arguments have null bytes';
    const pipe = openPipe();
    if (typeof pipe === 'string') return `no pipe for its output: ${pipe}`;
    const input = inputPipe(this.#order.input);
    if (typeof input === 'string') {
      closeSync(pipe.read);
      closeSync(pipe.write);
      return `no pipe for its input: ${input}`;
    }
    // From here on it owns the read end, and closes it.
    this.#output = new ProgramOutput(pipe.read);
    keepDescriptors();
    watchChildren();
    const bare = { PATH: searchPath, LANG: 'C.UTF-8', ...environment };
    spawnBeside({ path, argv: words, environment: bare, stdin: input, output: pipe.write }, (pid, error) => {
      closeSync(pipe.write);
      if (input !== null) closeSync(input);
      if (pid === null) this.#fail(`no process for it: ${error}`);
      else this.#launched(pid);
    });
    this.#timeOut();
    return null;
  }

  #timeOut(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(), this.#order.timeoutMs);
  }

  #launched(pid: number): void {
    this.#pid = pid;
    // What a busy host takes to start it is not its own time; but it is not waited for for ever either.
    if (!this.#timedOut) this.#timeOut();
    // Whoever was to die before it was there, dies now.
    if (this.#timedOut || this.#killed) this.#signal('SIGKILL');
    whenEnded(pid, (end) => this.#ended(end));
  }

  #expire(): void {
    // An end that was not told is found here.
    reap();
    if (this.#gone) return;
    this.#timedOut = true;
    this.#signal('SIGTERM');
    this.#timer = setTimeout(() => {
      this.#signal('SIGKILL');
      // A process that hangs inside the kernel dies when the kernel lets it, maybe never.
      this.#timer = setTimeout(() => this.#finish({ kind: 'timeout' }), graceMs);
    }, graceMs);
  }

  #ended(end: ChildEnd): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    // Whatever is left of the group gets no grace of its own: its program is gone.
    if (this.#timedOut || this.#order.leftBehind === 'kill') this.#signal('SIGKILL');
    // What it printed last waits in the pipe: the loop reads it before the second turn begins.
    setImmediate(() => setImmediate(() => this.#finish(this.#timedOut ? { kind: 'timeout' } : end)));
  }

  #fail(error: string): void {
    this.#gone = true;
    this.#finish({ kind: 'cannot-run', error });
  }

  #finish(outcome: CheckOutcome): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    const output = this.#output?.close() ?? '';
    const ms = performance.now() - this.#startedAt;
    const refusal = launcherRefusal(outcome, output, this.#order.user, this.#order.command);
    this.#settle(refusal === null ? { outcome, ms, output } : { outcome: refusal, ms, output: '' });
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.#pid === null) return;
    try {
      process.kill(-this.#pid, signal);
    } catch {
      // ESRCH: nobody is left. EPERM: the result does not wait for it, and the next run says so.
    }
  }
}

/** The end to read from, with everything in it already: so writing can neither wait nor break. */
function inputPipe(text: string | undefined): number | string | null {
  if (text === undefined) return null;
  const pipe = openPipe();
  if (typeof pipe === 'string') return pipe;
  try {
    writeSync(pipe.write, text);
  } finally {
    closeSync(pipe.write);
  }
  return pipe.read;
}
