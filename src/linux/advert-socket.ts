// One open socket: a descriptor that was set up elsewhere, in the hands of `dgram-as-promised`.
// Nothing thrown gets out; what goes wrong comes back as words. When to open one anew is decided
// by the path that owns it.

import type { SocketOptions } from 'node:dgram';
import { DgramAsPromised, type SocketAsPromised } from 'dgram-as-promised';
import { CAPACITY_DATAGRAMS } from './advert-socket-descriptor.ts';
import { closeDescriptor, datagramAddress, sendDatagram, somethingWaits } from './ffi-socket.ts';
import type { Soon } from './soon.ts';

/** BOUNDED: datagrams that wait because the kernel's send buffer is full. */
const MOST_QUEUED = 64;
/** How often in a row the loop may pass by a datagram that waits before the socket counts as broken. */
const PATIENCE_ROUNDS = 64;

export interface SocketListener {
  packet(from: string, bytes: Uint8Array): void;
  /** The socket broke by itself; it is closed already. */
  broken(words: string): void;
}

/** True once everything that waited when it was made has been offered. */
export type Drain = () => boolean;

export class AdvertSocket {
  readonly #fd: number;
  readonly #socket: SocketAsPromised;
  readonly #listener: SocketListener;
  readonly #port: number;
  /** BOUNDED: by the multicast group, or the configured peers. */
  readonly #targets = new Map<string, Uint8Array | null>();
  #delivered = 0;
  #closed: Promise<void> | null = null;

  /** Takes the descriptor over: it is closed with the socket, and when this throws. */
  constructor(fd: number, family: 4 | 6, port: number, listener: SocketListener) {
    this.#fd = fd;
    this.#port = port;
    this.#listener = listener;
    this.#socket = DgramAsPromised.createSocket({ type: `udp${family}`, lookup: asWritten });
    // The event and not `recv()`, which misses what comes between two calls.
    this.#socket.socket.on('message', (bytes, sender) => this.#receive(sender.address, bytes));
    this.#socket.socket.on('error', (error) => this.#break(error.message));
    this.#bind(fd);
  }

  /** Changes an option of the open socket; one that cannot be changed breaks it. */
  setUp(change: (fd: number) => void): void {
    if (this.#closed !== null) return;
    try {
      change(this.#fd);
    } catch (error) {
      this.#break(error instanceof Error ? error.message : String(error));
    }
  }

  /** In the kernel's hands when this returns, unless its buffer is full; null when it took it. */
  send(bytes: Uint8Array, address: string): Soon<string | null> {
    if (this.#closed !== null) return 'the socket is closed';
    const { socket } = this.#socket;
    if (socket.getSendQueueCount() >= MOST_QUEUED) {
      return `${MOST_QUEUED} datagrams wait to leave already: the send buffer is full`;
    }
    try {
      // The event loop would send the first one now and the others in its next turn: words may not wait for each other.
      const to = socket.getSendQueueCount() > 0 ? null : this.#target(address);
      if (to !== null && sendDatagram(this.#fd, bytes, to)) return null;
    } catch (error) {
      return sendingWords(error);
    }
    return this.#sendLater(bytes, address);
  }

  async #sendLater(bytes: Uint8Array, address: string): Promise<string | null> {
    try {
      await this.#socket.send(bytes, 0, bytes.length, this.#port, address);
      return null;
    } catch (error) {
      return sendingWords(error);
    }
  }

  #target(address: string): Uint8Array | null {
    const known = this.#targets.get(address);
    if (known !== undefined) return known;
    const target = datagramAddress(address, this.#port);
    this.#targets.set(address, target);
    return target;
  }

  drain(): Drain {
    // First in, first out, and no more than this fits: by then what waits came later.
    const enough = this.#delivered + CAPACITY_DATAGRAMS;
    let before = this.#delivered;
    let rounds = 0;
    return () => {
      if (this.#closed !== null || this.#delivered >= enough || !somethingWaits(this.#fd)) return true;
      rounds = this.#delivered === before ? rounds + 1 : 0;
      before = this.#delivered;
      if (rounds > PATIENCE_ROUNDS) this.#break('datagrams wait in it, but are not delivered');
      return false;
    };
  }

  /** Hears nothing more once this returns. */
  close(): Promise<void> {
    this.#closed ??= this.#socket.close().catch(() => undefined);
    return this.#closed;
  }

  /** With a descriptor it ends within the call, and what it throws comes as a rejection later. */
  #bind(fd: number): void {
    let bound = false;
    this.#socket.socket.once('listening', () => {
      bound = true;
    });
    this.#socket.bind({ fd }).catch(() => undefined);
    if (bound) return;
    void this.close();
    closeDescriptor(fd);
    throw new Error('the event loop did not take the socket');
  }

  #receive(address: string, bytes: Uint8Array): void {
    this.#delivered += 1;
    if (this.#closed !== null) return;
    const zone = address.indexOf('%');
    this.#listener.packet(zone < 0 ? address : address.slice(0, zone), bytes);
  }

  #break(words: string): void {
    if (this.#closed !== null) return;
    void this.close();
    this.#listener.broken(words);
  }
}

/** Addresses are numbers here; an answer within the call makes `send` send within the call. */
const asWritten: NonNullable<SocketOptions['lookup']> = (address, _options, callback) => {
  callback(null, address, address.includes(':') ? 6 : 4);
};

const hints = new Map([
  ['EPERM', 'a firewall rule of this host drops it'],
  ['EACCES', 'a firewall rule or a route of this host forbids it'],
  ['ENETUNREACH', 'the link is down, its address is gone, or no route leads there'],
  ['ENETDOWN', 'the link is down'],
  ['ENODEV', 'the interface is gone'],
  ['EADDRNOTAVAIL', 'the interface has no address that is ready to send from'],
  ['EINVAL', 'the address that it should come from is gone'],
  ['EMSGSIZE', 'the datagram is larger than the path takes'],
  ['ENOBUFS', 'the send queue of the interface is full'],
]);

function sendingWords(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const hint = hints.get(code);
  return hint === undefined ? (error instanceof Error ? error.message : String(error)) : `${code}: ${hint}`;
}
