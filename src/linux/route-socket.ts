// Requests to rtnetlink, each with an outcome of its own, carried out and answered when `execute` returns. Only failures
// are answered, and the last message of a batch, so that a batch cannot overflow the socket's buffer.

import { datagramOf, lastAcknowledged } from './netlink-bytes.ts';
import type { Request } from './netlink-bytes.ts';
import { EIO } from './netlink-errno.ts';
import { NetlinkSocket } from './netlink-socket.ts';

const NETLINK_ROUTE = 0;
/** The answers of this many failures fit the receive buffer several times over. */
const BATCH = 1024;

export class RouteSocket {
  readonly #socket = new NetlinkSocket(NETLINK_ROUTE, 'routing');

  /** One errno for each request, 0 for success. */
  execute(requests: readonly Request[]): number[] {
    const errnos: number[] = [];
    for (let from = 0; from < requests.length; from += BATCH) {
      errnos.push(...this.#batch(requests.slice(from, from + BATCH)));
    }
    return errnos;
  }

  close(): void {
    this.#socket.close();
  }

  #batch(requests: readonly Request[]): number[] {
    const first = this.#socket.take(requests.length);
    const last = requests.length - 1;
    const answers = this.#socket.send(datagramOf(lastAcknowledged(requests), first), first, first + last);
    // Nothing is known of what has not been answered: all of it counts as failed.
    if (typeof answers === 'number') return requests.map(() => answers);
    const errnos = requests.map(() => 0);
    let whole = false;
    for (const { sequence, errno } of answers) {
      errnos[sequence - first] = errno;
      if (sequence === first + last) whole = true;
    }
    return whole ? errnos : errnos.map((errno) => (errno === 0 ? EIO : errno));
  }
}
