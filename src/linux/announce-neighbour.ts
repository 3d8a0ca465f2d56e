// Sends neighbour advertisements out of one interface: an ICMPv6 socket bound to it, hop limit 255 as
// RFC 4861 section 7.1.2 demands of every receiver. What comes in on it is turned away by the kernel.

import { AddressFamily, createSocket, Protocol } from 'raw-socket';
import type { RawSocket } from 'raw-socket';

const SOL_SOCKET = 1;
const SO_BINDTODEVICE = 25;
const IPPROTO_IPV6 = 41;
const IPV6_MULTICAST_HOPS = 18;
const IPV6_MULTICAST_LOOP = 19;
const IPPROTO_ICMPV6 = 58;
const ICMP6_FILTER = 1;
/** One bit for each ICMPv6 type; a set bit turns it away. */
const NOTHING = Buffer.alloc(32, 0xff);

export class NeighbourSender {
  readonly index: number;
  readonly #socket: RawSocket;
  readonly #to: string;
  #broken: string | null = null;

  constructor(name: string, index: number, to: string) {
    this.index = index;
    this.#to = to;
    this.#socket = createSocket({ protocol: Protocol.ICMPv6, addressFamily: AddressFamily.IPv6 });
    this.#socket.on('error', (error) => {
      this.#broken = error.message;
    });
    try {
      this.#socket.pauseRecv();
      const device = Buffer.from(`${name}\0`, 'latin1');
      this.#socket.setOption(IPPROTO_ICMPV6, ICMP6_FILTER, NOTHING, NOTHING.length);
      this.#socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, device, device.length);
      this.#socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 255);
      this.#socket.setOption(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
    } catch (error) {
      this.#socket.close();
      throw error;
    }
  }

  /** False once the socket failed: make another. */
  get works(): boolean {
    return this.#broken === null;
  }

  /** Has left when this returns null; otherwise what went wrong. */
  send(message: Uint8Array): string | null {
    if (this.#broken !== null) return this.#broken;
    let outcome: string | null = 'it was not sent';
    this.#socket.send(Buffer.from(message), 0, message.length, this.#to, (error) => {
      outcome = error === null ? null : error.message;
    });
    // By itself the library sends one message in a turn of the event loop: hundreds would take hundreds of turns.
    this.#socket.onSendReady();
    return outcome;
  }

  close(): void {
    this.#broken ??= 'closed';
    this.#socket.close();
  }
}
