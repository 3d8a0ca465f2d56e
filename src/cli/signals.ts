// What the signals of an operator or of systemd mean to a running daemon. Heard from the first moment
// on: one that comes during the start is obeyed once there is a daemon to obey it.

import type { Instant } from '#lib/time';
import type { Clock } from '#ports/clock';

export class Signals {
  readonly #clock: Clock;
  #asked: { readonly signal: string; readonly at: Instant } | null = null;
  #stop: ((signal: string) => void) | null = null;

  constructor(clock: Clock, reload: () => void) {
    this.#clock = clock;
    const stop = (signal: string): void => this.#ask(signal);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('SIGHUP', reload);
  }

  /** Resolves, when the daemon has let go of everything, to the instant at which it was told to. */
  async untilStopped(ended: Promise<void>, stop: (signal: string) => void): Promise<Instant> {
    this.#stop = stop;
    if (this.#asked !== null) stop(this.#asked.signal);
    await ended;
    return this.#asked?.at ?? this.#clock.now();
  }

  /** Once: whoever asks again has been heard already. */
  #ask(signal: string): void {
    if (this.#asked !== null) return;
    this.#asked = { signal, at: this.#clock.now() };
    this.#stop?.(signal);
  }
}
