// Datagrams to the other nodes. What comes in is offered through a `PacketSink`.

import type { PathName } from '#model/names';

export interface AdvertPort {
  /**
   * Sends in order, without waiting for anything else. Null when every datagram left for at least one destination,
   * otherwise what went wrong, as words: at once where the kernel took them all within the call. Never rejects.
   */
  send(path: PathName, datagrams: readonly Uint8Array[]): string | null | Promise<string | null>;
  close(): Promise<void>;
}

/** A datagram as it came: on which path, from whom. */
export interface Packet {
  readonly path: PathName;
  readonly from: string;
  readonly bytes: Uint8Array;
}

export type PacketSink = (path: PathName, from: string, bytes: Uint8Array) => void;
