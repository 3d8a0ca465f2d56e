// One virtual host: the real daemon (runtime, core, wire) on fake ports. Its process can be frozen, stalled,
// killed and started again; its kernel goes on meanwhile. All that it does goes by the clock of the host.

import { authorityMs } from '#core/timing';
import { instant } from '#lib/time';
import type { DaemonEvent } from '#model/event';
import type { CheckOutcome, Input, LinkFacts, StartFacts } from '#model/input';
import type { Settings, VirtualAddress } from '#model/settings';
import { Daemon, type Ports } from '#runtime/daemon';
import { decodeDatagram } from '#wire/decode-datagram';
import { guardSleep } from '#runtime/sleep-guard';
import type { HookEffect } from '#ports/programs';
import type { KernelPort } from '#ports/kernel';
import type { KeyedHash } from '#ports/keyed-hash';
import type { Message } from '#ports/speaker';
import { HostClock } from './clock.ts';
import type { Events } from './events.ts';
import { FakeFencer } from './fencer.ts';
import { FakeKernel } from './kernel.ts';
import { Process } from './process.ts';

export interface Surroundings {
  readonly events: Events;
  send(from: Host, messages: readonly Message[]): void;
  told(host: Host, event: DaemonEvent): void;
  announced(host: Host, addresses: readonly VirtualAddress[]): void;
  /** Something may answer otherwise from now on. */
  moved(): void;
  /** A datagram was given to the daemon of `host`. */
  took(host: Host, parcel: Parcel): void;
  /** Frames that ask who has these addresses, and what comes back. */
  ask(host: Host, addresses: readonly VirtualAddress[]): void;
  askGateways(host: Host): void;
  /** A fence agent did its work on the host of that name. */
  turnOff(target: string): void;
}

/** A datagram on its way, and which life of which host sent it when. */
export interface Parcel {
  readonly from: Host;
  readonly life: number;
  readonly sentAt: number;
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface Making {
  readonly name?: string;
  readonly rate?: number;
  readonly offset?: number;
  readonly hash?: KeyedHash;
  /** An alarm that is set again for the same instant stays as it is: half as many events, in another order within an instant. */
  readonly fewAlarms?: boolean;
  readonly decode?: typeof decodeDatagram;
}

/** From the moment a host runs again until a process of it does that an alarm wakes. */
export const wakeMs = 2;

const noAuth: KeyedHash = {
  keyId: 0,
  sign: () => new Uint8Array(16),
  verify: () => 'good',
};

export class Host {
  readonly name: string;
  /** Its place among the hosts of its world. */
  readonly index: number;
  /** Another one takes effect at the next start. */
  settings: Settings;
  readonly clock: HostClock;
  readonly kernel: FakeKernel;
  readonly fencer: FakeFencer;
  readonly down = new Set<string>();
  readonly checkOutcomes = new Map<string, CheckOutcome>();
  /** Gets each run of a check instead, to end it some time. */
  checkKept: ((end: () => void) => void) | null = null;
  /** What its hooks were told, where it has one. BOUNDED by the length of a test. */
  readonly hooked: HookEffect[] = [];
  readonly address: string;
  readonly mac: string;
  announced = 0;
  /** How many daemons ran here so far. */
  life = 0;
  /** How long the kernel's answer to a hold, release or renewal takes. */
  answerMs: () => number = () => 0.05;
  /** How much later than asked an alarm comes. */
  timerLateMs: () => number = () => 0;
  /** How long each call of the daemon blocks; it may be killed in one. */
  slowness: () => number = () => 0;
  /** How long a renewal stands still on its way, besides. */
  renewalMs: () => number = () => 0;
  #process: Process | null = null;
  #daemon: Daemon | null = null;
  #alarm = 0;
  /** For when the alarm is set that has not come yet. */
  #alarmAt = Number.NaN;
  #deaf = false;
  /** What outlives a reboot. */
  memory: StartFacts['remembered'] = null;
  #reserved = 0;
  #answeredAt = Number.NEGATIVE_INFINITY;
  /** Of boot time: as far as it may come before somebody looks whether the host slept. */
  #lookAt = Number.POSITIVE_INFINITY;
  #beat: {
    at: number;
    peers: number;
    suspendedMs: number;
    until: number | null;
    boot: string;
    lease: StartFacts['lastLease'];
  } | null = null;
  readonly #hash: KeyedHash;
  readonly #fewAlarms: boolean;
  readonly #decode: typeof decodeDatagram;
  readonly #world: Surroundings;

  constructor(settings: Settings, index: number, world: Surroundings, making: Making = {}) {
    this.settings = settings;
    this.index = index;
    this.name = making.name ?? settings.node;
    this.address = `192.0.2.${index + 1}`;
    this.mac = `02:00:00:00:00:${String(index + 1).padStart(2, '0')}`;
    this.#world = world;
    this.#hash = making.hash ?? noAuth;
    this.#fewAlarms = making.fewAlarms === true;
    this.#decode = making.decode ?? decodeDatagram;
    this.clock = new HostClock(world.events, making.rate, making.offset);
    this.fencer = new FakeFencer(world.events, (target) => world.turnOff(target));
    this.kernel = new FakeKernel(settings.lease, this.clock, {
      changed: (key, present) => this.offer({ kind: 'address-changed', key, present }),
      lapsed: () => this.#answer({ kind: 'lapsed' }, 0.05),
      moved: () => world.moved(),
    });
  }

  get running(): boolean {
    return this.#daemon !== null;
  }

  get daemon(): Daemon | null {
    return this.#daemon;
  }

  get process(): Process | null {
    return this.#process;
  }

  get frozen(): boolean {
    return this.#process?.frozen === true;
  }

  start(): void {
    this.#process?.end();
    this.life += 1;
    this.#lookAt = Number.POSITIVE_INFINITY;
    const process: Process = new Process(this.clock, {
      wake: () => this.#daemon?.offer({ kind: 'wake' }),
      hear: (packets) => this.#daemon?.packets(packets),
      ended: () => {
        if (this.#process !== process) return;
        this.#process = null;
        this.#daemon = null;
      },
    });
    process.slowness = () => this.slowness();
    this.#process = process;
    this.#alarmAt = Number.NaN;
    const boot = `${this.address.split('.')[3]?.padStart(8, '0')}${String(this.life).padStart(8, '0')}`;
    const identity = { boot, configHash: '0'.repeat(16), release: 'test' };
    const daemon = new Daemon(this.settings, identity, this.#ports(process, boot), this.#decode);
    this.#daemon = daemon;
    // The age of an advert from before a suspend is not known.
    const asleepMs = this.clock.suspendedMs;
    const beat = this.#beat?.suspendedMs === asleepMs ? this.#beat : null;
    process.enter(() => {
      this.kernel.gate?.keep(this.kernel.left());
      const facts = {
        links: this.links(),
        left: this.kernel.left(),
        lastAdvertAt: beat === null ? null : instant(beat.at),
        lastDownMs: this.settings.intervalMs * this.settings.downAfter,
        lastLivePeers: beat?.peers ?? 0,
        lastBoot: beat?.boot ?? null,
        lastUntil: beat === null || beat.until === null ? null : instant(beat.until),
        lastLease: beat?.lease ?? null,
        epochFloor: this.#reserve(),
        remembered: this.#remembered(),
        latch: this.fencer.read(),
      };
      daemon.start(facts, asleepMs);
    });
    this.#tellForeign();
  }

  /** Nothing is gone on with from while something is being let go of. */
  #forget(): void {
    this.#beat = null;
  }

  /** How long it may promise from now on is taken down at once where that is longer. */
  #remembered(): StartFacts['remembered'] {
    const { memory } = this;
    const longestHoldMs = Math.max(memory?.longestHoldMs ?? 0, this.settings.quorum?.longestHoldMs ?? 0);
    if (memory !== null) this.memory = { ...memory, longestHoldMs };
    return memory;
  }

  /** Epochs of this start: above the wall clock, and above those of the start before. */
  #reserve(): number {
    const floor = Math.max(this.#reserved, Math.floor(this.clock.wall));
    this.#reserved = floor + 1_000_000;
    return floor;
  }

  /** An operator's word; the number under which its answer will be. */
  fence(text: string): number {
    const request = this.fencer.nextRequest();
    this.offer({ kind: 'fence', request, text });
    return request;
  }

  unfence(): number {
    const request = this.fencer.nextRequest();
    this.offer({ kind: 'unfence', request });
    return request;
  }

  /** An administrator adds the address, or takes it away; the daemon watches. */
  setForeign(key: string, there: boolean): void {
    if (there) this.kernel.foreign.add(key);
    else this.kernel.foreign.delete(key);
    this.#world.moved();
    this.#tellForeign();
  }

  get stopAsked(): boolean {
    return this.#process?.stopAsked === true;
  }

  stop(): void {
    if (this.#process !== null) this.#process.stopAsked = true;
    this.offer({ kind: 'stop' });
  }

  kill(): void {
    this.#process?.end();
  }

  powerCut(): void {
    this.kill();
    this.kernel.powerCut();
    this.#forget();
  }

  /** Its state directory is gone, with what its voter remembers and its latch. */
  loseState(): void {
    this.memory = null;
    this.#reserved = 0;
    this.fencer.lose();
  }

  freeze(): void {
    if (this.#process !== null) this.#process.frozen = true;
  }

  thaw(): void {
    if (this.#process === null) return;
    this.#process.frozen = false;
    this.#process.goOn();
  }

  /** The whole host stands still, and its clock with it. */
  pause(): void {
    this.clock.pause();
    this.#world.moved();
  }

  resume(): void {
    this.clock.resume();
    this.#world.moved();
    this.#process?.goOn();
  }

  /** It sleeps, its network card too, and knows afterwards for how long. */
  suspend(ms: number): void {
    this.#standStill(ms, true);
  }

  /** A hypervisor stops every clock of it together: it cannot know. What came meanwhile is lost as well. */
  pauseVm(ms: number): void {
    this.#standStill(ms, false);
  }

  setLink(name: string, up: boolean): void {
    if (up) this.down.delete(name);
    else this.down.add(name);
    this.#world.moved();
    this.offer({ kind: 'links', links: this.links() });
  }

  receive(parcel: Parcel): void {
    if (this.#deaf) return;
    const packet = { path: parcel.path, from: parcel.from.address, bytes: parcel.bytes };
    this.#process?.hear({ packet, read: () => this.#world.took(this, parcel) });
  }

  /** A frame on the wire: gone for a host that stands still. */
  overhear(input: Input): void {
    if (!this.#deaf) this.offer(input);
  }

  /** A datagram that somebody recorded, from nobody who counts. */
  offerBytes({ path, from, bytes }: Parcel): void {
    if (this.#deaf) return;
    this.#process?.hear({ packet: { path, from: from.address, bytes }, read: () => {} });
  }

  /** Something happened that the daemon is told of, now or when it runs again. */
  offer(input: Input): void {
    this.#process?.enter(() => this.#daemon?.offer(input));
  }

  listensOn(path: string): boolean {
    for (const { name } of this.settings.transport.paths) if (name === path) return true;
    return false;
  }

  links(): LinkFacts[] {
    return this.settings.transport.paths.map(({ name }, index) => ({
      name,
      index: index + 2,
      up: !this.down.has(name),
      mac: this.mac,
      primary4: this.address,
      linkLocal6: null,
    }));
  }

  #standStill(ms: number, noticed: boolean): void {
    const { events } = this.#world;
    const at = events.now;
    this.#deaf = true;
    this.pause();
    events.after(ms, () => {
      this.#deaf = false;
      if (noticed) this.clock.suspendedMs += events.now - at;
      this.clock.resume();
      this.#world.moved();
      // Nothing wakes a process because its host went on: its alarms slept too, but for the one on boot time.
      if (this.#process?.isRunnable === true) this.#process.goOn();
      this.#lookForSleep();
    });
  }

  /** When boot time has come as far as the alarm was set to; a process that was asleep takes a moment. */
  #lookForSleep(): void {
    const leftMs = this.#lookAt - this.clock.now() - this.clock.suspendedMs;
    if (leftMs === Number.POSITIVE_INFINITY) return;
    const look = (): void => this.#process?.enter(() => this.#daemon?.lookForSleep());
    this.clock.after(Math.max(leftMs, 0) + wakeMs, look);
  }

  /** The kernel answers in the order in which it was asked. */
  #answerKernel(input: Input): void {
    this.#answeredAt = Math.max(this.#answeredAt, this.clock.now() + this.answerMs());
    this.#answer(input, this.#answeredAt - this.clock.now());
  }

  /** What comes back from a port, a moment later. */
  #answer(input: Input, afterMs: number): void {
    const process = this.#process;
    if (process === null) return;
    this.clock.after(afterMs, () => process.enter(() => this.#daemon?.offer(input)));
  }

  #guarded(process: Process, port: KernelPort): KernelPort {
    const set = (at: number): void => process.act(() => (this.#lookAt = at + this.clock.suspendedMs));
    return guardSleep(port, {
      authorityMs: authorityMs(this.settings),
      now: () => instant(process.now()),
      alarm: { set },
    });
  }

  #ports(process: Process, boot: string): Ports {
    const { clock, kernel } = this;
    return {
      clock: { now: () => instant(process.now()), suspendedMs: () => clock.suspendedMs, wall: () => clock.wall },
      timer: {
        wakeAt: (at) => this.#setAlarm(at, process),
        poll: () => process.afterCalls(() => this.#answer({ kind: 'polled', begun: instant(process.now()) }, 0.01)),
        close: () => {},
      },
      speaker: {
        speak: (id, at, last, messages) =>
          process.act(() => {
            this.#world.send(this, messages);
            const paths = messages.map(({ path }) => ({ path, error: this.down.has(path) ? 'ENETDOWN' : null }));
            this.#answer({ kind: 'sent', id, at, last, paths }, 0.02);
          }),
      },
      hash: this.#hash,
      kernel: this.#guarded(process, {
        hold: (id, addresses, until, by) =>
          process.act(() => {
            const outcomes = kernel.hold(addresses, until ?? Infinity, by);
            this.#answerKernel({ kind: 'kernel', id, outcomes });
          }),
        silence: (addresses) =>
          process.act(() => {
            kernel.silence(addresses);
            this.#forget();
          }),
        release: (id, addresses) =>
          process.act(() => {
            this.#forget();
            const outcomes = kernel.release(addresses);
            this.#answerKernel({ kind: 'kernel', id, outcomes });
          }),
        renew: (id, advertAt, until, peers) =>
          process.actAfter(this.renewalMs(), () => {
            // The record says of no lease that it runs while something that was let go of is still there.
            const { suspendedMs } = clock;
            this.#beat = kernel.isLeaving
              ? null
              : { at: advertAt, peers, suspendedMs, until, boot, lease: this.settings.lease.kind };
            const outcomes = kernel.renew(until ?? Infinity);
            if (outcomes.length > 0) this.#answerKernel({ kind: 'kernel', id, outcomes });
          }),
      }),
      announcer: {
        announce: (addresses) =>
          process.act(() => {
            this.announced += addresses.length;
            this.#world.announced(this, addresses);
          }),
      },
      wire: {
        ask: (addresses) => process.act(() => this.#world.ask(this, addresses)),
        askGateways: () => process.act(() => this.#world.askGateways(this)),
      },
      checks: {
        run: (id, check) => {
          const outcome = this.checkOutcomes.get(check) ?? { kind: 'exit', code: 0 };
          const ms = outcome.kind === 'timeout' ? this.#timeoutOf(check) : 3;
          const end = () => {
            if (process.alive) this.#answer({ kind: 'checked', id, check, outcome, ms, output: '' }, ms);
          };
          if (this.checkKept === null) end();
          else this.checkKept(end);
        },
      },
      hooks: { run: (hook) => void this.hooked.push(hook), finish: async () => 0 },
      fence: this.fencer.port(
        (input, afterMs) => this.#answer(input, afterMs),
        () => process.alive,
      ),
      operators: { answer: (request, answer) => this.fencer.answers.set(request, answer) },
      journal: { write: (event) => this.#world.told(this, event) },
      service: { ready: () => {}, beat: () => {}, stopping: () => {} },
      memory: {
        remember: (voters, longestHoldMs) => (this.memory = { voters, longestHoldMs }),
        reserve: (epochsBelow) => (this.#reserved = Math.max(this.#reserved, epochsBelow)),
      },
      exit: () => process.end(),
    };
  }

  #tellForeign(): void {
    this.offer({ kind: 'foreign', keys: [...this.kernel.foreign] });
  }

  #timeoutOf(check: string): number {
    return this.settings.checks.find(({ name }) => name === check)?.timeoutMs ?? 0;
  }

  #setAlarm(at: number, process: Process): void {
    if (this.#fewAlarms && at === this.#alarmAt) return;
    this.#alarmAt = at;
    this.#alarm += 1;
    const alarm = this.#alarm;
    if (!Number.isFinite(at)) return;
    this.clock.at(at + this.timerLateMs(), () => {
      if (alarm !== this.#alarm) return;
      this.#alarmAt = Number.NaN;
      if (!process.alive || process.blocked) return;
      process.enter(() => this.#daemon?.offer({ kind: 'wake' }));
    });
  }
}
