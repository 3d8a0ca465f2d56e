// What a virtual host has for fencing: a disk with the latch, a program for itself, an agent for others that
// works as told (turns the other host off, fails, hangs until its time is up, or lies), and operators' answers.

import type { Answer, Latch } from '#model/fence';
import type { CheckOutcome, Input } from '#model/input';
import type { FencePort } from '#ports/fence';
import type { Events } from './events.ts';

export interface Agent {
  readonly outcome: CheckOutcome;
  readonly ms: number;
  /** Whether the other host is off afterwards, whatever the outcome says. */
  readonly works: boolean;
}

/** What the program of this host's own fence does. */
interface OwnProgram {
  readonly outcome: CheckOutcome;
  readonly ms: number;
  readonly works: boolean;
}

interface Order {
  readonly at: number;
  readonly target: string;
  readonly endsAt: number;
  /** What the agent says then. */
  readonly saysOff: boolean;
  readonly lies: boolean;
}

export class FakeFencer {
  agent: Agent = { outcome: { kind: 'exit', code: 0 }, ms: 100, works: true };
  /** By what part of its time the other host is off before that is said, whatever the clocks of those who wait. */
  leadPart = 0;
  diskError: string | null = null;
  own: OwnProgram = { outcome: { kind: 'exit', code: 0 }, ms: 1, works: true };
  /** Called instead of running the program of this host's own fence, where that works. */
  onSelf: () => void = () => {};
  selfRuns = 0;
  /** Whom the agent was told to turn off, and when. */
  readonly orders: Order[] = [];
  readonly answers = new Map<number, Answer>();
  /** What a disk that hangs has still to do; null while it does not hang. */
  #waiting: (() => void)[] | null = null;
  #latch: { readonly latch: Latch; readonly at: number } | null = null;
  #requests = 0;
  readonly #events: Events;
  readonly #turnOff: (target: string) => void;

  constructor(events: Events, turnOff: (target: string) => void) {
    this.#events = events;
    this.#turnOff = turnOff;
  }

  nextRequest(): number {
    this.#requests += 1;
    return this.#requests;
  }

  /** Another disk. */
  lose(): void {
    this.#latch = null;
  }

  hang(): void {
    this.#waiting ??= [];
  }

  /** What waits for the disk is done, in the order in which it was asked for. */
  goOn(): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const work of waiting) work();
  }

  get latched(): boolean {
    return this.#latch !== null;
  }

  read(): Latch | null {
    if (this.#latch === null) return null;
    const { latch, at } = this.#latch;
    const passedMs = this.#events.now - at;
    const remainingMs = latch.remainingMs === null ? null : Math.max(0, latch.remainingMs - passedMs);
    return { ...latch, heldMs: latch.heldMs + passedMs, remainingMs };
  }

  /** `lives`: what a daemon asked for that is gone since is not done any more. */
  port(offer: (input: Input, afterMs: number) => void, lives: () => boolean): FencePort {
    return {
      latch: (id, latch) => {
        const at = this.#events.now;
        const write = () => {
          if (!lives()) return;
          if (this.diskError === null) this.#latch = latch === null ? null : { latch, at };
          offer({ kind: 'latched', id, error: this.diskError }, 1);
        };
        if (this.#waiting === null) write();
        else this.#waiting.push(write);
      },
      fenceSelf: (id) => {
        this.selfRuns += 1;
        const { outcome, ms, works } = this.own;
        if (works) this.onSelf();
        offer({ kind: 'fence-ran', id, outcome, ms, output: '' }, ms);
      },
      fencePeer: (id, target) => {
        const { outcome, ms, works } = this.agent;
        const saysOff = outcome.kind === 'exit' && outcome.code === 0;
        const { now } = this.#events;
        this.orders.push({ at: now, target, endsAt: now + ms, saysOff, lies: saysOff && !works });
        if (works) this.#events.after((1 - this.leadPart) * ms, () => this.#turnOff(target));
        offer({ kind: 'fence-ran', id, outcome, ms, output: '' }, ms);
      },
    };
  }
}
