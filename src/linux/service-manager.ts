// Tells systemd how the daemon does, as sd_notify(3) has it. Readiness goes through the systemd-notify program, once in
// a start. All that comes later is sent in-process: a program that is spawned keeps the main loop for milliseconds.
// Never blocks; without a service manager it does nothing. Bounded: one sentence waits, the newest.

import notify from 'systemd-notify';
import type { ServicePort } from '#ports/journal';
import { type DatagramSender, openDatagramSender } from './unix-calls.ts';

export interface ServiceManagerOptions {
  /** NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID, as systemd sets them. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pid: number;
  readonly log: (sentence: string) => void;
  /** Milliseconds of a monotonic clock. */
  readonly now?: () => number;
  /** Tells readiness; the systemd-notify program unless a test says otherwise. */
  readonly tell?: (message: Readiness) => Promise<unknown>;
}

export interface Readiness {
  readonly ready: true;
  readonly status?: string;
}

/** Sentences follow each other no faster than this. */
export const statusEveryMs = 1000;
/** A queue that is full, or a socket that is not there, is tried again after this: a unit that never becomes ready is killed. */
const retryMs = 100;
/** A systemd-notify that takes longer than this is not waited for. */
const tellWithinMs = 5000;

export class ServiceManager implements ServicePort {
  /** How often `beat` must be called at least; null where no watchdog waits for this process. */
  readonly watchdogIntervalMs: number | null;
  readonly #socket: DatagramSender | null;
  readonly #log: (sentence: string) => void;
  readonly #now: () => number;
  readonly #tell: (message: Readiness) => Promise<unknown>;
  #beatAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #telling = false;
  #closed = false;
  #readyDue = false;
  #status: (() => string) | null = null;
  #timer: NodeJS.Timeout | undefined;
  #trouble = '';

  constructor({ environment, pid, log, now, tell }: ServiceManagerOptions) {
    this.#log = log;
    this.#now = now ?? (() => performance.now());
    this.#tell = tell ?? notify;
    this.#socket = this.#open(environment['NOTIFY_SOCKET']);
    this.watchdogIntervalMs = this.#socket === null ? null : watchdogInterval(environment, pid);
  }

  ready(): void {
    if (this.#socket === null) return;
    void this.#tellReady();
  }

  /** A sentence for `systemctl status`, made when its turn has come; one that is overtaken before is never made. */
  status(sentence: () => string): void {
    if (this.#socket === null) return;
    this.#status = sentence;
    this.#next();
  }

  beat(): void {
    if (this.watchdogIntervalMs === null) return;
    const now = this.#now();
    if (now - this.#beatAt < this.watchdogIntervalMs) return;
    this.#beatAt = now;
    this.#send('WATCHDOG=1');
  }

  stopping(): void {
    this.#send('STOPPING=1');
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed = true;
    this.#readyDue = false;
    this.#status = null;
    this.#socket?.close();
  }

  #open(target: string | undefined): DatagramSender | null {
    if (target === undefined || target === '') return null;
    const sender = openDatagramSender(target);
    if (typeof sender !== 'string') return sender;
    this.#log(`cannot talk to the service manager: NOTIFY_SOCKET: ${sender}`);
    return null;
  }

  async #tellReady(): Promise<void> {
    const sentence = this.#status;
    const status = sentence === null ? null : lineOf(sentence);
    this.#telling = true;
    this.#status = null;
    this.#toldAt = this.#now();
    try {
      await within(tellWithinMs, this.#tell({ ready: true, ...(status === null ? {} : { status }) }));
    } catch (error) {
      this.#log(`systemd-notify failed: ${wordsOf(error)}; readiness is said without it`);
      // A unit that never becomes ready is killed: that must not hang on a missing program.
      this.#readyDue = true;
      this.#status ??= sentence;
    }
    this.#telling = false;
    this.#next();
  }

  #next(): void {
    clearTimeout(this.#timer);
    if (this.#telling || this.#closed) return;
    const waitMs = this.#toldAt + statusEveryMs - this.#now();
    if (this.#readyDue || (this.#status !== null && waitMs <= 0)) this.#tellNow();
    else if (this.#status !== null) this.#again(waitMs);
  }

  #tellNow(): void {
    const sentence = this.#status === null ? [] : [`STATUS=${lineOf(this.#status)}`];
    if (!this.#send([...sentence, ...(this.#readyDue ? ['READY=1'] : [])].join('\n'))) {
      this.#again(retryMs);
      return;
    }
    this.#readyDue = false;
    this.#status = null;
    this.#toldAt = this.#now();
  }

  #again(afterMs: number): void {
    this.#timer = setTimeout(() => this.#next(), afterMs);
    this.#timer.unref();
  }

  #send(text: string): boolean {
    if (this.#socket === null) return true;
    const trouble = this.#socket.send(text) ?? '';
    // Once for each kind of trouble, not once for each beat.
    if (trouble !== '' && trouble !== this.#trouble) {
      this.#log(`cannot send ${text.replaceAll('\n', ' ')} to the service manager: ${trouble}`);
    }
    this.#trouble = trouble;
    return trouble === '';
  }
}

/** A quarter of what systemd waits: three beats may be lost or late. */
function watchdogInterval(environment: ServiceManagerOptions['environment'], pid: number): number | null {
  const usec = Number(environment['WATCHDOG_USEC']);
  const meant = environment['WATCHDOG_PID'] ?? String(pid);
  if (!Number.isFinite(usec) || usec <= 0 || meant !== String(pid)) return null;
  return usec / 1000 / 4;
}

function lineOf(sentence: () => string): string {
  return sentence().replaceAll(/\s+/g, ' ');
}

function within(ms: number, promise: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`it did not end within ${ms} ms`)), ms);
    timer.unref();
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
