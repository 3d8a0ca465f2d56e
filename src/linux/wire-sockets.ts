// The wire port: one ear for each interface with something to hear, opened and closed as interfaces come and go. While
// all is quiet a signal tells that something came; what follows it is read a little later, and while something was asked
// or more waits, ears are read every millisecond. So a flood costs no more than that. They are read besides whenever the core asks what
// waits. However much comes, a turn of reading ends soon, so that no advert waits for it.

import { later, latest, longAgo } from '#lib/time';
import type { Instant } from '#lib/time';
import type { Input } from '#model/input';
import type { InterfaceName } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import type { Clock } from '#ports/clock';
import type { WirePort } from '#ports/wire';
import type { Voice } from '#wire/voice';
import type { Drain } from './advert-socket.ts';
import type { HostWatch } from './netlink-watch.ts';
import { SaidOnce } from './said-once.ts';
import { onSignal } from './signals.ts';
import { WireAsker } from './wire-asker.ts';
import { WireEar } from './wire-ear.ts';
import { WireGateways } from './wire-gateways.ts';
import { WireVoices } from './wire-voices.ts';

/** The longest window in which an answer counts is 50 ms. */
const ASKED_MS = 60;
/** A look costs two microseconds for each interface. */
const LOOK_MS = 1;
/** What comes on the heels of a frame that signalled is read together: a thousand announcements are said five times. */
const GATHER_MS = 50;
/** What a turn of reading may take, the core's work on what was heard included. */
const TURN_MS = 1;
/** A flood must not keep the core from judging: what waited is read by then, or was lost in it. */
const MOST_ROUNDS = 8;

export interface WireSocketsOptions {
  readonly watch: HostWatch;
  readonly clock: Pick<Clock, 'now'>;
  /** Every address of the configuration. */
  readonly addresses: readonly VirtualAddress[];
  readonly gateways: readonly string[];
  /** Interfaces on whose segments gateways are looked for, beside those of the addresses. */
  readonly interfaces: readonly InterfaceName[];
  readonly offer: (input: Input) => void;
  readonly warn: (words: string) => void;
}

export class WireSockets implements WirePort {
  readonly #options: WireSocketsOptions;
  readonly #asker: WireAsker;
  readonly #gateways: WireGateways;
  readonly #voices: WireVoices;
  readonly #interfaces: readonly InterfaceName[];
  readonly #said: SaidOnce;
  /** BOUNDED by the interfaces of the configuration. */
  readonly #ears = new Map<InterfaceName, WireEar>();
  #own: ReadonlySet<string> = new Set();
  #askedUntil: Instant = longAgo;
  /** Nothing waited here then: what is read now spoke after it. */
  #emptyAt: Instant;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;
  #soon = false;
  /** A signal comes with the next frame, and nobody looks until then. */
  #quiet = false;
  readonly #forget: () => void;
  #closed = false;

  /** Throws where the process may not open a packet socket. */
  constructor(options: WireSocketsOptions) {
    const { watch, clock, addresses, gateways, offer, warn } = options;
    this.#options = options;
    this.#emptyAt = clock.now();
    this.#said = new SaidOnce(warn);
    this.#voices = new WireVoices(addresses, clock, offer);
    const more = gateways.length > 0 ? options.interfaces : [];
    this.#interfaces = [...new Set([...this.#voices.interfaces, ...more])];
    this.#asker = new WireAsker(watch.state, warn);
    const interfaces = this.#interfaces;
    this.#gateways = new WireGateways({ gateways, interfaces, host: watch.state, asker: this.#asker, offer, warn });
    watch.listen({
      changed: (change) => {
        if (change.kind === 'link') this.#linksChanged();
      },
    });
    this.#forget = onSignal('SIGIO', () => {
      if (this.#quiet) this.#woken();
    });
    this.#linksChanged();
    this.#look(LOOK_MS);
  }

  ask(addresses: readonly VirtualAddress[]): void {
    if (this.#closed) return;
    this.#asked();
    this.#asker.ask(addresses);
  }

  askGateways(): void {
    if (this.#closed) return;
    this.#asked();
    this.#gateways.ask();
  }

  /** Runs the code of a first question and of looking for its answer. */
  rehearse(): void {
    this.#asker.rehearse(this.#options.addresses);
    this.#asked();
    this.drain()();
  }

  /** The result turns true once everything that waits in the sockets now has been offered. */
  drain(): Drain {
    const begun = this.#options.clock.now();
    let left = [...this.#ears];
    let rounds = 0;
    return () => {
      rounds += 1;
      const enough = this.#turn();
      left = left.filter(([name, ear]) => this.#ears.get(name) === ear && !this.#read(name, ear, enough));
      if (left.length === 0) this.#emptyAt = latest(this.#emptyAt, begun);
      return left.length === 0 || rounds >= MOST_ROUNDS;
    };
  }

  close(): void {
    this.#closed = true;
    this.#forget();
    this.#rest();
    for (const ear of this.#ears.values()) ear.close();
    this.#ears.clear();
    this.#gateways.close();
    this.#asker.close();
  }

  #asked(): void {
    this.#askedUntil = later(this.#options.clock.now(), ASKED_MS);
    if (!this.#soon) this.#look(LOOK_MS);
  }

  /** Null: as soon as the loop has served everything else once. */
  #look(afterMs: number | null): void {
    this.#rest();
    this.#soon = afterMs !== GATHER_MS;
    if (afterMs === null) this.#immediate = setImmediate(this.#tick);
    else this.#timer = setTimeout(this.#tick, afterMs);
  }

  #rest(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
    if (this.#quiet) this.#signal(false);
    this.#quiet = false;
    this.#soon = false;
  }

  /** What was heard may have made the core ask: then it is looked for soon already. */
  #woken(): void {
    // There was no signal until now.
    this.#emptyAt = latest(this.#emptyAt, later(this.#options.clock.now(), -GATHER_MS));
    const empty = this.#readAll();
    if (!this.#closed && this.#quiet) this.#look(empty ? GATHER_MS : LOOK_MS);
  }

  readonly #tick = (): void => {
    if (this.#closed) return;
    const empty = this.#readAll();
    // What is heard may end the daemon.
    if (this.#closed) return;
    const asked = this.#options.clock.now() < this.#askedUntil;
    if (asked || !empty) this.#look(asked && !empty ? null : LOOK_MS);
    else this.#beQuiet();
  };

  /** Reads once more: what came before there was a signal for it sends none. */
  #beQuiet(): void {
    this.#rest();
    this.#signal(true);
    this.#quiet = true;
    if (!this.#readAll() && !this.#closed) this.#look(LOOK_MS);
  }

  #signal(on: boolean): void {
    for (const ear of this.#ears.values()) ear.signal(on);
  }

  /** True when nothing waits any more. */
  #readAll(): boolean {
    const begun = this.#options.clock.now();
    const enough = this.#turn();
    const empty = [...this.#ears].map(([name, ear]) => this.#read(name, ear, enough)).every(Boolean);
    if (empty) this.#emptyAt = latest(this.#emptyAt, begun);
    return empty;
  }

  #turn(): () => boolean {
    const { clock } = this.#options;
    const end = later(clock.now(), TURN_MS);
    return () => this.#closed || clock.now() >= end;
  }

  #read(name: InterfaceName, ear: WireEar, enough: () => boolean): boolean {
    return ear.read((voice) => this.#heard(name, voice), enough);
  }

  #heard(name: InterfaceName, voice: Voice): void {
    // Two interfaces on one segment hear each other, and a bridge its own ports.
    if (this.#own.has(voice.mac)) return;
    this.#gateways.heard(voice, this.#own);
    this.#voices.heard(name, voice, this.#emptyAt);
  }

  /** An interface that was away and came back is another one, under another index. */
  #linksChanged(): void {
    if (this.#closed) return;
    const links = [...this.#options.watch.state.links.values()];
    this.#own = new Set(links.map(({ mac }) => mac));
    for (const name of this.#interfaces) {
      const link = links.find((candidate) => candidate.name === name);
      const ear = this.#ears.get(name);
      if (ear?.index === link?.index) continue;
      ear?.close();
      this.#ears.delete(name);
      if (link !== undefined) this.#open(name, link.index);
    }
  }

  #open(name: InterfaceName, index: number): void {
    const what = `${name} is not listened to, so a second holder there may go unseen`;
    try {
      const words = [...this.#voices.addressesOn(name), ...this.#options.gateways];
      const ear = new WireEar(index, words);
      this.#ears.set(name, ear);
      if (this.#quiet) this.#look(LOOK_MS);
      this.#said.told(what, null);
    } catch (error) {
      this.#said.told(what, error instanceof Error ? error.message : String(error));
    }
  }
}
