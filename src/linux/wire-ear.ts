// Listens on one interface to who speaks for some addresses: a socket for ARP and one for IPv6, each with a filter
// in the kernel. Node cannot watch such a socket: it is read when somebody asks, and sends a signal for what comes
// while nobody does. Frames of our own never come: a socket bound to one protocol is not shown what leaves.

import { readArpVoice, readNeighbourVoice } from '#wire/voice';
import type { Voice } from '#wire/voice';
import { closePacketSocket, openHearing, receiveFrame, signalFrames } from './ffi-packet.ts';
import { advertisementFilter, arpFilter } from './packet-filter.ts';

const ETHERTYPE_ARP = 0x0806;
const ETHERTYPE_IPV6 = 0x86dd;
/** Room for some thousand frames: as many answers as a thousand questions get at once. */
const ROOM = 4 * 1024 * 1024;
/** An advertisement with its option takes 86 bytes; what is longer and cut off is none for us. */
const FRAME = 256;

interface Socket {
  readonly fd: number;
  readonly read: (frame: Uint8Array) => Voice | null;
}

export class WireEar {
  readonly index: number;
  readonly #sockets: Socket[] = [];
  readonly #frame = new Uint8Array(FRAME);

  /** Throws what the kernel says against it. */
  constructor(index: number, addresses: readonly string[]) {
    this.index = index;
    const arp = addresses.filter((address) => !address.includes(':'));
    const neighbours = addresses.filter((address) => address.includes(':'));
    try {
      if (arp.length > 0) this.#open(ETHERTYPE_ARP, arpFilter(arp), readArpVoice);
      if (neighbours.length > 0) this.#open(ETHERTYPE_IPV6, advertisementFilter(neighbours), readNeighbourVoice);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Hands over what waits, until nothing does or `enough` says so. True when nothing waits any more. */
  read(heard: (voice: Voice) => void, enough: () => boolean): boolean {
    return this.#sockets.every((socket) => this.#drain(socket, heard, enough));
  }

  /** Whether what comes from now on signals this process. */
  signal(on: boolean): void {
    for (const { fd } of this.#sockets) signalFrames(fd, on);
  }

  close(): void {
    for (const { fd } of this.#sockets.splice(0)) closePacketSocket(fd);
  }

  #drain({ fd, read }: Socket, heard: (voice: Voice) => void, enough: () => boolean): boolean {
    while (!enough()) {
      const length = receiveFrame(fd, this.#frame);
      if (length === 0) return true;
      const voice = read(this.#frame.subarray(0, length));
      if (voice !== null) heard(voice);
    }
    return false;
  }

  #open(etherType: number, filter: Uint8Array, read: Socket['read']): void {
    this.#sockets.push({ fd: openHearing({ index: this.index, etherType, filter, room: ROOM }), read });
  }
}
