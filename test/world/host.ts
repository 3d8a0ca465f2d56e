// One virtual host: the real daemon (runtime, core, wire) on fake ports. Its process can be frozen,
// killed and started again; its kernel goes on meanwhile.

import { instant } from '#lib/time';
import type { DaemonEvent } from '#model/event';
import type { CheckOutcome, LinkFacts } from '#model/input';
import type { Settings } from '#model/settings';
import { Daemon } from '#runtime/daemon';
import type { Message } from '#ports/speaker';
import type { Events } from './events.ts';
import { FakeKernel } from './kernel.ts';

export interface Surroundings {
  readonly events: Events;
  send(from: Host, messages: readonly Message[]): void;
  told(host: Host, event: DaemonEvent): void;
  announced(host: Host): void;
}

const noAuth = {
  keyId: 0,
  sign: () => new Uint8Array(16),
  verify: () => 'good' as const,
};

export class Host {
  readonly name: string;
  readonly settings: Settings;
  readonly kernel: FakeKernel;
  readonly down = new Set<string>();
  readonly checkOutcomes = new Map<string, CheckOutcome>();
  readonly address: string;
  announced = 0;
  frozen = false;
  /** Every packet and alarm that a frozen process will find when it goes on. */
  #backlog: (() => void)[] = [];
  #daemon: Daemon | null = null;
  #life = 0;
  #alarm = 0;
  #beat: { at: number; peers: number } | null = null;
  readonly #world: Surroundings;

  constructor(settings: Settings, index: number, world: Surroundings, name = settings.node) {
    this.settings = settings;
    this.name = name;
    this.address = `192.0.2.${index + 1}`;
    this.#world = world;
    this.kernel = new FakeKernel(world.events, (key, present) => {
      this.later(() => this.#daemon?.offer({ kind: 'address-changed', key, present }));
    });
  }

  get running(): boolean {
    return this.#daemon !== null;
  }

  get daemon(): Daemon | null {
    return this.#daemon;
  }

  start(): void {
    this.#life += 1;
    const life = this.#life;
    this.frozen = false;
    this.#backlog = [];
    const { events } = this.#world;
    const boot = `${this.address.split('.')[3]?.padStart(8, '0')}${String(life).padStart(8, '0')}`;
    const identity = { boot, configHash: '0'.repeat(16), release: 'test' };
    const offer = (input: Parameters<Daemon['offer']>[0], afterMs = 0.05) => {
      events.after(afterMs, () => this.later(() => life === this.#life && this.#daemon?.offer(input)));
    };
    const daemon = new Daemon(this.settings, identity, {
      clock: { now: () => instant(events.now), wall: () => events.now },
      timer: {
        wakeAt: (at) => this.#setAlarm(at, life),
        poll: () => offer({ kind: 'polled', begun: instant(events.now) }, 0.01),
        close: () => {},
      },
      speaker: {
        speak: (id, at, last, messages) => {
          this.#world.send(this, messages);
          const paths = messages.map(({ path }) => ({ path, error: this.down.has(path) ? 'ENETDOWN' : null }));
          offer({ kind: 'sent', id, at, last, paths }, 0.02);
        },
      },
      hash: noAuth,
      kernel: {
        hold: (id, addresses, until) =>
          offer({ kind: 'kernel', id, outcomes: this.kernel.hold(addresses, until ?? Infinity) }),
        silence: () => {},
        release: (id, addresses) => offer({ kind: 'kernel', id, outcomes: this.kernel.release(addresses) }),
        renew: (id, advertAt, until, peers) => {
          this.#beat = { at: advertAt, peers };
          const outcomes = this.kernel.renew(until ?? Infinity);
          if (outcomes.length > 0) offer({ kind: 'kernel', id, outcomes });
        },
      },
      announcer: {
        announce: (addresses) => {
          this.announced += addresses.length;
          this.#world.announced(this);
        },
      },
      wire: { ask: () => {}, askGateways: () => {} },
      checks: {
        run: (id, check) => {
          const outcome = this.checkOutcomes.get(check) ?? { kind: 'exit', code: 0 };
          const ms = outcome.kind === 'timeout' ? this.#timeoutOf(check) : 3;
          offer({ kind: 'checked', id, check, outcome, ms, output: '' }, ms);
        },
      },
      hooks: { run: () => {}, finish: async () => 0 },
      journal: { write: (event) => this.#world.told(this, event) },
      service: { ready: () => {}, beat: () => {}, stopping: () => {} },
      exit: () => this.#end(),
    });
    this.#daemon = daemon;
    daemon.start({
      links: this.links(),
      left: this.kernel.left(),
      lastAdvertAt: this.#beat === null ? null : instant(this.#beat.at),
      lastDownMs: this.settings.intervalMs * this.settings.downAfter,
      lastLivePeers: this.#beat?.peers ?? 0,
    });
    this.#tellForeign();
  }

  /** An administrator adds the address, or takes it away; the daemon watches. */
  setForeign(key: string, there: boolean): void {
    if (there) this.kernel.foreign.add(key);
    else this.kernel.foreign.delete(key);
    this.#tellForeign();
  }

  stop(): void {
    this.later(() => this.#daemon?.offer({ kind: 'stop' }));
  }

  kill(): void {
    this.#end();
  }

  powerCut(): void {
    this.#end();
    this.kernel.powerCut();
    this.#beat = null;
  }

  freeze(): void {
    this.frozen = true;
  }

  /** As in libuv: the alarm first, then the packets that wait. */
  thaw(): void {
    this.frozen = false;
    const backlog = this.#backlog;
    this.#backlog = [];
    this.#daemon?.offer({ kind: 'wake' });
    for (const run of backlog) run();
  }

  setLink(name: string, up: boolean): void {
    if (up) this.down.delete(name);
    else this.down.add(name);
    this.later(() => this.#daemon?.offer({ kind: 'links', links: this.links() }));
  }

  receive(path: string, from: string, bytes: Uint8Array): void {
    this.later(() => this.#daemon?.packet(path, from, bytes));
  }

  links(): LinkFacts[] {
    return this.settings.transport.paths.map(({ name }, index) => ({
      name,
      index: index + 2,
      up: !this.down.has(name),
      mac: `02:00:00:00:00:${this.address.split('.')[3]?.padStart(2, '0')}`,
      primary4: this.address,
      linkLocal6: null,
    }));
  }

  later(run: () => void): void {
    if (!this.running) return;
    if (this.frozen) {
      if (this.#backlog.length < 1000) this.#backlog.push(run);
    } else run();
  }

  #tellForeign(): void {
    const keys = [...this.kernel.foreign];
    this.later(() => this.#daemon?.offer({ kind: 'foreign', keys }));
  }

  #timeoutOf(check: string): number {
    return this.settings.checks.find(({ name }) => name === check)?.timeoutMs ?? 0;
  }

  #end(): void {
    this.#daemon = null;
    this.#life += 1;
    this.frozen = false;
    this.#backlog = [];
  }

  #setAlarm(at: number, life: number): void {
    this.#alarm += 1;
    const alarm = this.#alarm;
    if (!Number.isFinite(at)) return;
    this.#world.events.at(at, () => {
      if (life !== this.#life || alarm !== this.#alarm || this.frozen) return;
      this.#daemon?.offer({ kind: 'wake' });
    });
  }
}
