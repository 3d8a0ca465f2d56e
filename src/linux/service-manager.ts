// Tells systemd how the daemon does. Readiness and the sentence for `systemctl status` go through
// the systemd-notify program, the watchdog's beat and the stop in-process: those must not depend on
// a fork. Never blocks; without a service manager it does nothing. Bounded: one program at a time,
// one sentence waiting, the newest.

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
  /** Tells readiness and status; the systemd-notify program unless a test says otherwise. */
  readonly tell?: (message: Message) => Promise<unknown>;
}

export interface Message {
  readonly ready?: boolean;
  readonly status?: string;
}

/** Sentences follow each other no faster than this. */
export const statusEveryMs = 1000;
/** A systemd-notify that takes longer than this is not waited for. */
const tellWithinMs = 5000;

export class ServiceManager implements ServicePort {
  /** How often `beat` must be called at least; null where no watchdog waits for this process. */
  readonly watchdogIntervalMs: number | null;
  readonly #socket: DatagramSender | null;
  readonly #log: (sentence: string) => void;
  readonly #now: () => number;
  readonly #tell: (message: Message) => Promise<unknown>;
  #beatAt = Number.NEGATIVE_INFINITY;
  #toldAt = Number.NEGATIVE_INFINITY;
  #readyDue = false;
  #status: string | null = null;
  #telling = false;
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
    this.#readyDue = true;
    this.#next();
  }

  /** A sentence for `systemctl status`; one that is overtaken before its turn is never shown. */
  status(sentence: string): void {
    if (this.#socket === null) return;
    this.#status = sentence.replaceAll(/\s+/g, ' ');
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

  #next(): void {
    if (this.#telling) return;
    const waitMs = this.#toldAt + statusEveryMs - this.#now();
    if (this.#readyDue || (this.#status !== null && waitMs <= 0)) {
      void this.#tellNow();
    } else if (this.#status !== null) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#next(), waitMs);
      this.#timer.unref();
    }
  }

  async #tellNow(): Promise<void> {
    const ready = this.#readyDue;
    const status = this.#status;
    this.#readyDue = false;
    this.#status = null;
    this.#telling = true;
    this.#toldAt = this.#now();
    try {
      await within(tellWithinMs, this.#tell({ ...(ready ? { ready } : {}), ...(status === null ? {} : { status }) }));
    } catch (error) {
      this.#log(`systemd-notify failed: ${wordsOf(error)}${ready ? '; readiness was said without it' : ''}`);
      // A unit that never becomes ready is killed: that must not hang on a missing program.
      if (ready) this.#send('READY=1');
    }
    this.#telling = false;
    this.#next();
  }

  #send(text: string): void {
    if (this.#socket === null) return;
    const trouble = this.#socket.send(text) ?? '';
    // Once for each kind of trouble, not once for each beat.
    if (trouble !== '' && trouble !== this.#trouble)
      this.#log(`cannot send ${text} to the service manager: ${trouble}`);
    this.#trouble = trouble;
  }
}

/** A quarter of what systemd waits: three beats may be lost or late. */
function watchdogInterval(environment: ServiceManagerOptions['environment'], pid: number): number | null {
  const usec = Number(environment['WATCHDOG_USEC']);
  const meant = environment['WATCHDOG_PID'] ?? String(pid);
  if (!Number.isFinite(usec) || usec <= 0 || meant !== String(pid)) return null;
  return usec / 1000 / 4;
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
