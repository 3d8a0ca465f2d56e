// Hears of every change of nf_tables on this host and tells when somebody else's touched our tables: a flush of all
// rules, for one. Our own changes are filtered out in the kernel. What is to be done about it is decided elsewhere.

import { RawNetlinkSocket } from 'netlink/dist/raw.js';
import { attributesOf, messagesOf } from './netlink-bytes.ts';
import type { NetlinkMessage } from './netlink-bytes.ts';
import { countOverflows, descriptorOf, ignoreChangesBy, overflowsOf } from './netlink-ffi.ts';
import { guarded } from './netlink-guard.ts';

const NETFILTER = 12;
const NFNLGRP_NFTABLES = 7;
const SUBSYSTEM = 10;
const NEW_GENERATION = 15;
/** The table's name in every message but that of a generation, which has who changed something here instead. */
const TABLE_NAME = 1;
const PROCESS_ID = 2;
const PROCESS_NAME = 3;
const GENERIC_HEADER = 4;
/** A rule set of some thousand rules that is replaced makes an event for each. */
const RECEIVE_BUFFER = 4 * 1024 * 1024;

export class GateWatch {
  readonly #socket = new RawNetlinkSocket(NETFILTER);
  readonly #fd: number;
  readonly #tables: readonly string[];
  readonly #port: number;
  readonly #touched: (by: string) => void;
  #by = '';
  #overflows = 0;
  #telling: NodeJS.Immediate | null = null;
  #closed = false;

  /** `touched` is called once for all that was heard of in one turn of the event loop. */
  constructor(tables: readonly string[], port: number, touched: (by: string) => void) {
    this.#tables = tables;
    this.#port = port;
    this.#touched = touched;
    const received = guarded((datagram: Buffer) => this.#received(datagram));
    this.#socket.on('message', received);
    this.#socket.on('error', () => this.#mark());
    this.#fd = descriptorOf(this.#socket.address().port, NETFILTER);
    countOverflows(this.#fd, RECEIVE_BUFFER);
    ignoreChangesBy(this.#fd, port);
    this.#socket.addMembership(NFNLGRP_NFTABLES);
  }

  close(): void {
    this.#closed = true;
    if (this.#telling !== null) clearImmediate(this.#telling);
    this.#socket.close();
  }

  #received(datagram: Buffer): void {
    const [first] = messagesOf(datagram);
    if (this.#closed || first === undefined || datagram.readUInt32LE(12) === this.#port) return;
    for (const found of messagesOf(datagram)) this.#look(found);
    const overflows = overflowsOf(this.#fd);
    // Nobody knows what was in the events that found no room.
    if (overflows !== this.#overflows) this.#mark();
    this.#overflows = overflows;
  }

  #look(found: NetlinkMessage): void {
    if (found.type >> 8 !== SUBSYSTEM) return;
    const attributes = attributesOf(found.payload, GENERIC_HEADER);
    if ((found.type & 0xff) === NEW_GENERATION) {
      this.#by = `${words(attributes.get(PROCESS_NAME))}, pid ${attributes.get(PROCESS_ID)?.readUInt32BE(0) ?? '?'}`;
    } else if (this.#tables.includes(words(attributes.get(TABLE_NAME)))) this.#mark();
  }

  #mark(): void {
    this.#telling ??= setImmediate(() => {
      this.#telling = null;
      if (!this.#closed) this.#touched(this.#by === '' ? 'somebody' : this.#by);
    });
  }
}

function words(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : bytes.toString('utf8').replace(/\0.*$/s, '');
}
