// The loop: one input at a time through the core, then every effect in order, then one alarm. It
// decides nothing and awaits nothing. An error in here is ours: it is not caught, the process dies,
// the kernel lease takes the addresses away and a peer takes over.

import { begin } from '#core/begin';
import type { State } from '#core/state';
import { step, type StepResult } from '#core/step';
import { viewOf } from '#core/view';
import type { Instant } from '#lib/time';
import type { Effect } from '#model/effect';
import type { HeardAdvert, Input, StartFacts } from '#model/input';
import type { GroupName } from '#model/names';
import type { Settings } from '#model/settings';
import type { Takeover } from '#model/takeover';
import type { View } from '#model/view';
import type { Packet } from '#ports/adverts';
import type { Clock } from '#ports/clock';
import type { FencePort, OperatorPort } from '#ports/fence';
import type { Journal, ServicePort } from '#ports/journal';
import type { AnnouncePort, KernelPort } from '#ports/kernel';
import type { MemoryPort } from '#ports/memory';
import type { KeyedHash } from '#ports/keyed-hash';
import type { CheckPort, HookPort } from '#ports/programs';
import type { Speaker } from '#ports/speaker';
import type { Timer } from '#ports/timer';
import type { WirePort } from '#ports/wire';
import { decodeDatagram } from '#wire/decode-datagram';
import { Counters } from './counters.ts';
import type { Identity } from './identity.ts';
import { Mouth } from './mouth.ts';
import { Timeline } from './timeline.ts';

export interface Ports {
  readonly clock: Clock;
  readonly timer: Timer;
  readonly speaker: Speaker;
  readonly hash: KeyedHash;
  readonly kernel: KernelPort;
  readonly announcer: AnnouncePort;
  readonly wire: WirePort;
  readonly checks: CheckPort;
  readonly hooks: HookPort;
  readonly fence: FencePort;
  readonly operators: OperatorPort;
  readonly journal: Journal;
  readonly service: ServicePort;
  readonly memory: MemoryPort;
  /** Everything is released and said. */
  exit(): void;
}

export class Daemon {
  readonly counters = new Counters();
  readonly #settings: Settings;
  readonly #ports: Ports;
  readonly #identity: Identity;
  readonly #mouth: Mouth;
  readonly #decode: typeof decodeDatagram;
  readonly #timeline: Timeline;
  readonly #queue: Input[] = [];
  #state: State | null = null;
  #suspendedMs = 0;
  #busy = false;
  #over = false;

  /** Where many daemons in one process hear the same datagram, it may be decoded once for all of them. */
  constructor(settings: Settings, identity: Identity, ports: Ports, decode: typeof decodeDatagram = decodeDatagram) {
    this.#settings = settings;
    this.#identity = identity;
    this.#ports = ports;
    this.#decode = decode;
    this.#mouth = new Mouth(settings, identity, ports.speaker, ports.hash, this.counters);
    this.#timeline = new Timeline(ports.clock);
  }

  /** `asleepMs`: how long the host had been suspended when the facts were read. */
  start(facts: StartFacts, asleepMs: number): void {
    this.#busy = true;
    this.#suspendedMs = this.#ports.clock.suspendedMs();
    const known = this.#suspendedMs > asleepMs ? withoutLastWord(facts) : facts;
    const now = this.#ports.clock.now();
    this.#apply(null, begin(this.#settings, known, this.#identity, now), now);
    this.#drain();
  }

  /** Datagrams that waited together. What is no advert of this cluster is counted and ends here. */
  packets(packets: readonly Packet[]): void {
    const adverts: HeardAdvert[] = [];
    for (const { path, from, bytes } of packets) {
      const decoded = this.#decode(bytes, { cluster: this.#settings.cluster, hash: this.#ports.hash });
      if (decoded.kind === 'advert') adverts.push({ path, from, advert: decoded.advert });
      else this.counters.refuse(decoded.reason);
    }
    const [first, second] = adverts;
    if (first === undefined) return;
    if (second === undefined) this.offer({ kind: 'advert', path: first.path, from: first.from, advert: first.advert });
    else this.offer({ kind: 'adverts', adverts });
  }

  /**
   * Inputs that come while one is worked on wait their turn; before the start they are dropped. So are those after the
   * end, such as the outcome of a hook that ran on: acting on one would speak again, on sockets that were closed.
   */
  offer(input: Input): void {
    if (this.#state === null || this.#over) return;
    this.#queue.push(input);
    if (!this.#busy) this.#drain();
  }

  /** For whoever looks more often than inputs come. */
  lookForSleep(): void {
    if (this.#ports.clock.suspendedMs() > this.#suspendedMs) this.offer({ kind: 'wake' });
  }

  /** For whoever checks the daemon from inside the process; it is never written into. */
  get state(): State | null {
    return this.#state;
  }

  /** How the last takeover of that group by this daemon went; null when there was none. */
  takeover(group: GroupName): Takeover | null {
    return this.#timeline.of(group);
  }

  view(): View | null {
    return this.#state === null ? null : viewOf(this.#settings, this.#state);
  }

  #drain(): void {
    this.#busy = true;
    for (let input = this.#queue.shift(); input !== undefined; input = this.#queue.shift()) {
      this.#noticeSleep();
      this.#step(input);
    }
    this.#busy = false;
    this.#ports.service.beat();
  }

  /** Before each input: what it asks for may be what nobody may do after a suspend. */
  #noticeSleep(): void {
    const suspendedMs = this.#ports.clock.suspendedMs();
    const ms = suspendedMs - this.#suspendedMs;
    if (ms <= 0) return;
    this.#suspendedMs = suspendedMs;
    this.#step({ kind: 'slept', ms });
  }

  #step(input: Input): void {
    if (this.#state === null) return;
    const now = this.#ports.clock.now();
    this.#apply(input, step(this.#settings, this.#state, input, now), now);
  }

  #apply(input: Input | null, { state, effects, wakeAt }: StepResult, now: Instant): void {
    this.#state = state;
    const timed = this.#timeline.begin(input, effects, now);
    for (const effect of effects) {
      if (timed) this.#timeline.does(effect);
      this.#perform(effect);
      if (timed) this.#timeline.did(effect);
    }
    this.#ports.timer.wakeAt(wakeAt);
  }

  #perform(effect: Effect): void {
    const { kernel, announcer, wire, checks, hooks, journal, timer, service, memory, clock, fence } = this.#ports;
    switch (effect.kind) {
      case 'advert':
        return this.#mouth.say(effect, clock.now());
      case 'hold':
        return kernel.hold(effect.id, effect.addresses, effect.until, effect.by);
      case 'silence':
        return kernel.silence(effect.addresses);
      case 'release':
        return kernel.release(effect.id, effect.addresses);
      case 'renew':
        return kernel.renew(effect.id, effect.advertAt, effect.until, effect.livePeers);
      case 'announce':
        return announcer.announce(effect.addresses, this.#timeline.announcing(effect.addresses));
      case 'ask':
        return wire.ask(effect.addresses);
      case 'ask-gateways':
        return wire.askGateways();
      case 'check':
        return checks.run(effect.id, effect.check);
      case 'hook':
        return hooks.run(effect);
      case 'remember':
        return memory.remember(effect.voters, effect.longestHoldMs);
      case 'reserve':
        return memory.reserve(effect.epochsBelow);
      case 'latch':
        return fence.latch(effect.id, effect.latch);
      case 'fence-self':
        return fence.fenceSelf(effect.id, effect.cause);
      case 'fence-peer':
        return fence.fencePeer(effect.id, effect.node, effect.silentMs);
      case 'answer':
        return this.#ports.operators.answer(effect.request, effect.answer);
      case 'poll':
        return timer.poll();
      case 'event':
        return journal.write(effect.event);
      case 'ready':
        return service.ready();
      case 'exit':
        this.#over = true;
        return this.#ports.exit();
    }
  }
}

/** How old the last advert of the daemon before is, nobody knows after a suspend. */
function withoutLastWord(facts: StartFacts): StartFacts {
  return { ...facts, lastAdvertAt: null, lastLivePeers: 0, lastBoot: null, lastUntil: null };
}
