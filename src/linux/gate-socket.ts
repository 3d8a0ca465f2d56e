// Transactions of nf_tables, all or nothing, with the kernel's word when the call returns.

import { datagramOf, lastAcknowledged } from './netlink-bytes.ts';
import type { Request } from './netlink-bytes.ts';
import { EIO } from './netlink-errno.ts';
import { type Answer, NetlinkSocket } from './netlink-socket.ts';
import { beginBatch, endBatch } from './nft-message.ts';

const NETLINK_NETFILTER = 12;

export class GateSocket {
  readonly #socket = new NetlinkSocket(NETLINK_NETFILTER, 'netfilter');

  get port(): number {
    return this.#socket.port;
  }

  /**
   * 0 when all of it is done; otherwise the first errno, and nothing is. One that fails makes the kernel wait until every
   * processor was idle once: some 20 ms in which nothing else is done here.
   */
  transact(requests: readonly Request[]): number {
    const first = this.#socket.take(requests.length + 2);
    const bytes = datagramOf([beginBatch, ...lastAcknowledged(requests), endBatch], first);
    return firstErrno(this.#socket.send(bytes, first, first + requests.length));
  }

  /** One question outside of a transaction; 0 when there is an answer. */
  ask(request: Request): number {
    const first = this.#socket.take(1);
    return firstErrno(this.#socket.send(datagramOf(lastAcknowledged([request]), first), first, first));
  }

  close(): void {
    this.#socket.close();
  }
}

/** No answer at all is none that could be relied on. */
function firstErrno(answers: readonly Answer[] | number): number {
  if (typeof answers === 'number') return answers;
  return answers.find(({ errno }) => errno !== 0)?.errno ?? answers[0]?.errno ?? EIO;
}
