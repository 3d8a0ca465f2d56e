// Keeps the mirror of the host true: subscribes to the kernel's events, asks for everything at the
// start, and asks again whenever events were lost or a dump was disturbed. Dumps and events come
// through one socket, so they arrive in the order of what happened.

import { RawNetlinkSocket } from 'netlink/dist/raw.js';
import { HostMirror } from './address-mirror.ts';
import type { HostChange, HostState } from './address-mirror.ts';
import { RTM_GETADDR } from './address-message.ts';
import { RTM_GETLINK } from './link-message.ts';
import { datagramOf, errnoOf, messagesOf, NLM_F_DUMP, NLM_F_DUMP_INTR } from './netlink-bytes.ts';
import { NLMSG_DONE, NLMSG_ERROR, request } from './netlink-bytes.ts';
import { countOverflows, descriptorOf, overflowsOf } from './netlink-ffi.ts';
import type { NetlinkMessage } from './netlink-bytes.ts';
import { guarded } from './netlink-guard.ts';

const ROUTE = 0;
const RTNLGRP_LINK = 1;
const RTNLGRP_IPV4_IFADDR = 5;
const RTNLGRP_IPV6_IFADDR = 9;
/** Room for some thousands of events; a renewal of many addresses makes one for each. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;
/** A storm of lost events must not become a storm of dumps. */
const RESYNC_GAP_MS = 100;
/** A dump takes milliseconds; an answer that never comes must not leave us blind. */
const DUMP_TIMEOUT_MS = 2000;
/** The kernel may fail to make an event at all, for want of memory, and nothing counts those. */
const RESYNC_EVERY_MS = 60_000;

export interface HostListener {
  readonly changed?: (change: HostChange) => void;
  /** Everything was asked anew: what was expected and did not come will not come. */
  readonly resynced?: () => void;
}

type Phase = 'links' | 'addresses';

export class HostWatch {
  readonly #socket = new RawNetlinkSocket(ROUTE);
  readonly #fd: number;
  readonly #mirror = new HostMirror();
  readonly #listeners: HostListener[] = [];
  #waiting: (() => void)[] = [];
  #phase: Phase | null = null;
  #sequence = 0;
  #again = false;
  #timer: NodeJS.Timeout | null = null;
  #overflows = 0;
  #looking: NodeJS.Immediate | null = null;
  #closed = false;
  /** How often events were lost and everything was asked again. */
  resyncs = 0;

  constructor(receiveBuffer: number) {
    const received = guarded((datagram: Buffer) => this.#received(datagram));
    this.#socket.on('message', received);
    this.#socket.on('error', () => this.#lost());
    this.#fd = descriptorOf(this.#socket.address().port);
    countOverflows(this.#fd, receiveBuffer);
    for (const group of [RTNLGRP_LINK, RTNLGRP_IPV4_IFADDR, RTNLGRP_IPV6_IFADDR]) this.#socket.addMembership(group);
  }

  get state(): HostState {
    return this.#mirror;
  }

  listen(listener: HostListener): void {
    this.#listeners.push(listener);
  }

  /** Resolves when the mirror shows everything that the host had at the time of this call. */
  async resync(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      if (this.#phase === null) this.#dump('links');
      else this.#again = true;
    });
  }

  close(): void {
    this.#closed = true;
    if (this.#looking !== null) clearImmediate(this.#looking);
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#socket.close();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #dump(phase: Phase): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dump('links'), DUMP_TIMEOUT_MS);
    if (phase === 'links') this.#again = false;
    this.#phase = phase;
    this.#sequence += 1;
    this.#mirror.beginDump(phase);
    const type = phase === 'links' ? RTM_GETLINK : RTM_GETADDR;
    // A general message with every field zero: all families, all interfaces.
    const asked = request(type, NLM_F_DUMP, [Buffer.alloc(phase === 'links' ? 16 : 8)]);
    this.#socket.send(datagramOf([asked], this.#sequence), undefined, (error) => {
      if (error !== undefined) this.#later();
    });
  }

  #received(datagram: Buffer): void {
    for (const found of messagesOf(datagram)) {
      if (this.#closed) return;
      const answersDump = this.#phase !== null && found.sequence === this.#sequence;
      if (answersDump && (found.flags & NLM_F_DUMP_INTR) !== 0) this.#again = true;
      if (found.type === NLMSG_DONE && answersDump) this.#dumped();
      else if (found.type === NLMSG_ERROR && answersDump) this.#refused(found);
      else for (const change of this.#mirror.apply(found.type, found.payload)) this.#tell(change);
    }
    // A socket that overflowed has something to read: so this is the place to look.
    this.#looking ??= setImmediate(() => this.#lookForOverflow());
  }

  #lookForOverflow(): void {
    this.#looking = null;
    if (this.#closed) return;
    const overflows = overflowsOf(this.#fd);
    if (overflows !== this.#overflows) this.#lost();
    this.#overflows = overflows;
  }

  #dumped(): void {
    const phase = this.#phase;
    if (phase === null) return;
    for (const change of this.#again ? [] : this.#mirror.endDump(phase)) this.#tell(change);
    if (phase === 'links') {
      this.#dump('addresses');
      return;
    }
    this.#phase = null;
    this.#later(RESYNC_EVERY_MS);
    if (this.#again) {
      this.#later();
      return;
    }
    for (const listener of this.#listeners) listener.resynced?.();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #refused(found: NetlinkMessage): void {
    if (errnoOf(found) !== 0) this.#later();
  }

  /** The kernel dropped events, and nobody knows which. */
  #lost(): void {
    this.resyncs += 1;
    if (this.#phase === null) this.#later();
    else this.#again = true;
  }

  #later(afterMs = RESYNC_GAP_MS): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#dump('links'), afterMs);
  }

  #tell(change: HostChange): void {
    for (const listener of this.#listeners) listener.changed?.(change);
  }
}

/** A watch whose mirror is complete. */
export async function openHostWatch(receiveBuffer = RECEIVE_BUFFER): Promise<HostWatch> {
  const watch = new HostWatch(receiveBuffer);
  await watch.resync();
  return watch;
}
