// Wakes the process when boot time has reached an instant of the monotonic clock. As long as the host does not sleep,
// whoever sets it anew in time never hears of it; after a suspend that outlasted it, it rings as soon as the process
// runs again. So nobody has to look for suspends. What to do about one is decided elsewhere.

import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { type Instant, instant } from '#lib/time';
import { onSignal } from './signals.ts';

/** From the kernel's generic ABI. */
const CLOCK_BOOTTIME = 7;
const TIMER_ABSTIME = 1;
const SIGALRM = 14;
/** A rehearsed alarm is never heard of: twenty years. */
const FAR_MS = 20 * 365 * 86_400_000;
/** Of `struct sigevent`: 64 bytes, the number of the signal behind a value as long as a pointer. */
const EVENT = 64;

const libc = koffi.load(null);
const timerCreate = libc.func('int timer_create(int clock, const void *event, _Out_ void **timer)');
const timerSettime = libc.func('int timer_settime(void *timer, int flags, const void *value, void *old)');
const timerDelete = libc.func('int timer_delete(void *timer)');
const isWide = koffi.sizeof('long') === 8;

export interface SleepAlarmOptions {
  /** How far boot time is ahead of the monotonic clock now, to what a suspend of a millisecond makes of it. */
  readonly aheadMs: () => number;
  readonly ring: () => void;
}

export class SleepAlarm {
  readonly #options: SleepAlarmOptions;
  readonly #timer: unknown;
  readonly #forget: () => void;
  #aheadMs: number;
  #closed = false;
  #isSet = false;

  /** Throws what the kernel says against it. */
  constructor(options: SleepAlarmOptions) {
    this.#options = options;
    this.#aheadMs = options.aheadMs();
    const event = Buffer.alloc(EVENT);
    // SIGEV_SIGNAL is 0, as is the value that comes along.
    event.writeInt32LE(SIGALRM, koffi.sizeof('void *'));
    const out: unknown[] = [null];
    this.#forget = onSignal('SIGALRM', () => this.#ring());
    if (timerCreate(CLOCK_BOOTTIME, event, out) !== 0)
      throw new Error(`no timer on boot time: ${getSystemErrorName(-koffi.errno())}`);
    this.#timer = out[0];
  }

  /** In place of what was set before. An instant that is over rings at once. */
  set(at: Instant): void {
    if (this.#closed) return;
    this.#isSet = true;
    const aheadMs = this.#options.aheadMs();
    timerSettime(this.#timer, TIMER_ABSTIME, timeOf(Math.max(1, at + aheadMs)), null);
    // It slept since the last time, perhaps in the middle of what led to this call: nobody may have looked.
    if (aheadMs > this.#aheadMs) setImmediate(() => this.#ring());
    this.#aheadMs = aheadMs;
  }

  /** Runs the code of a first alarm, unless that was run. */
  rehearse(): void {
    if (this.#isSet) return;
    this.set(instant(FAR_MS));
    this.#isSet = false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    timerDelete(this.#timer);
    this.#forget();
  }

  #ring(): void {
    if (!this.#closed) this.#options.ring();
  }
}

/** `struct itimerspec`: no repetition, then seconds and nanoseconds. */
function timeOf(ms: number): BigInt64Array | Int32Array {
  const seconds = Math.floor(ms / 1e3);
  const nanoseconds = Math.floor((ms - seconds * 1e3) * 1e6);
  return isWide
    ? BigInt64Array.of(0n, 0n, BigInt(seconds), BigInt(nanoseconds))
    : Int32Array.of(0, 0, seconds, nanoseconds);
}
