// Runs one program of somebody else: an argument list, never a shell line; its own process group;
// nothing on stdin unless its caller has a few lines for it; a bare environment; as the user asked for,
// with that user's groups and no others. Owns its time and its end. When to run what is absent: checks and hooks decide that.

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, writeSync } from 'node:fs';
import type { CheckOutcome } from '#model/input';
import { launchAs, launcherRefusal, searchPath, spawnError } from './program-launch.ts';
import { ProgramOutput } from './program-output.ts';
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
  #child: ChildProcess | null = null;
  #output: ProgramOutput | null = null;
  #timer: NodeJS.Timeout | undefined;
  #timedOut = false;
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

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  /** The whole process group dies now. */
  kill(): void {
    if (!this.#gone) this.#signal('SIGKILL');
  }

  #start(): string | null {
    const launch = launchAs(this.#order.user, this.#order.command, this.#order.outlives === true);
    if (typeof launch === 'string') return launch;
    const pipe = openPipe();
    if (typeof pipe === 'string') return `no pipe for its output: ${pipe}`;
    const input = inputPipe(this.#order.input);
    if (typeof input === 'string') {
      closeSync(pipe.read);
      closeSync(pipe.write);
      return `no pipe for its input: ${input}`;
    }
    try {
      // From here on it owns the read end, and closes it.
      this.#output = new ProgramOutput(pipe.read);
      keepDescriptors();
      const child = spawn('setpriv', launch, {
        cwd: '/',
        env: { PATH: searchPath, LANG: 'C.UTF-8', ...this.#order.environment },
        stdio: [input ?? 'ignore', pipe.write, pipe.write],
        detached: true,
      });
      this.#child = child;
      child.on('error', (error) => this.#fail(spawnError(error)));
      child.on('exit', (code, signal) => this.#ended(code, signal));
      this.#timer = setTimeout(() => this.#expire(), this.#order.timeoutMs);
      return null;
    } catch (error) {
      return spawnError(error);
    } finally {
      closeSync(pipe.write);
      if (input !== null) closeSync(input);
    }
  }

  #expire(): void {
    this.#timedOut = true;
    this.#signal('SIGTERM');
    this.#timer = setTimeout(() => {
      this.#signal('SIGKILL');
      // A process that hangs inside the kernel dies when the kernel lets it, maybe never.
      this.#timer = setTimeout(() => this.#finish({ kind: 'timeout' }), graceMs);
    }, graceMs);
  }

  #ended(code: number | null, signal: string | null): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    // Whatever is left of the group gets no grace of its own: its program is gone.
    if (this.#timedOut || this.#order.leftBehind === 'kill') this.#signal('SIGKILL');
    // What it printed last waits in the pipe: the loop reads it before the second turn begins.
    setImmediate(() => setImmediate(() => this.#finish(this.#outcome(code, signal))));
  }

  /** Node cannot name a real-time signal and calls a death by one exit 0; nothing here can tell. */
  #outcome(code: number | null, signal: string | null): CheckOutcome {
    if (this.#timedOut) return { kind: 'timeout' };
    if (code !== null) return { kind: 'exit', code };
    return { kind: 'signal', signal: signal === null || signal === '' ? 'an unnamed signal' : signal };
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
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
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
