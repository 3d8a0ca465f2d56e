// Requests that the kernel has carried out when `execute` returns. rtnetlink works inside the
// system call, but a socket of the `netlink` package sends at once only while nothing it sent before
// waits for its callback: so each batch takes an idle socket out of a small pool. Only failures are
// answered, and the last message of a batch, so that a batch cannot overflow its socket's buffer.

import { RawNetlinkSocket } from 'netlink';
import type { ErrnoException } from 'netlink';
import { guarded } from './netlink-guard.ts';
import { ENOBUFS } from './netlink-errno.ts';
import { errnoOf, messagesOf, NLM_F_ACK, NLMSG_ERROR } from './netlink-bytes.ts';

const ROUTE = 0;
/** The answers of this many failures fit the receive buffer that the oldest kernels allow. */
const BATCH = 128;
const RECEIVE_BUFFER = 1024 * 1024;
/** BOUNDED: as many batches as can be under way at once; more than these wait for a socket. */
const SOCKETS = 16;

/** Makes the bytes of one request; `extraFlags` and the sequence number are the batch's business. */
export type Request = (sequence: number, extraFlags: number) => Buffer;

interface Batch {
  readonly requests: readonly Request[];
  readonly errnos: number[];
  readonly done: (errnos: readonly number[]) => void;
  firstSequence: number;
  sent: boolean;
  answered: boolean;
}

interface Lane {
  readonly socket: RawNetlinkSocket;
  batch: Batch | null;
}

export class NetlinkBatches {
  readonly #lanes: Lane[] = [];
  readonly #waiting: Batch[] = [];
  #sequence = 1;
  #closed = false;

  /** `done` gets one errno for each request, 0 for success, in a later turn of the event loop. */
  execute(requests: readonly Request[], done: (errnos: readonly number[]) => void): void {
    if (this.#closed || requests.length === 0) {
      setImmediate(() => done(requests.map(() => ENOBUFS)));
      return;
    }
    const results: (readonly number[])[] = [];
    let open = Math.ceil(requests.length / BATCH);
    for (let from = 0, part = 0; from < requests.length; from += BATCH, part += 1) {
      const slice = requests.slice(from, from + BATCH);
      this.#run({
        requests: slice,
        errnos: slice.map(() => 0),
        firstSequence: 0,
        sent: false,
        answered: false,
        done: (errnos) => {
          results[part] = errnos;
          open -= 1;
          if (open === 0) done(results.flat());
        },
      });
    }
  }

  close(): void {
    this.#closed = true;
    this.#waiting.length = 0;
    for (const lane of this.#lanes) lane.socket.close();
    this.#lanes.length = 0;
  }

  #run(batch: Batch): void {
    const lane = this.#lanes.find((candidate) => candidate.batch === null) ?? this.#grow();
    if (lane === null) {
      this.#waiting.push(batch);
      return;
    }
    lane.batch = batch;
    batch.firstSequence = this.#sequence;
    this.#sequence = (this.#sequence + batch.requests.length) % 0x7fffffff;
    const last = batch.requests.length - 1;
    const bytes = batch.requests.map((make, i) => make(batch.firstSequence + i, i === last ? NLM_F_ACK : 0));
    const sent = guarded((error?: ErrnoException) => {
      if (error !== undefined) this.#failed(lane, batch, Math.abs(error.errno));
      batch.sent = true;
      this.#settle(lane, batch);
    });
    lane.socket.send(Buffer.concat(bytes), undefined, sent);
  }

  #grow(): Lane | null {
    if (this.#lanes.length >= SOCKETS) return null;
    const socket = new RawNetlinkSocket(ROUTE);
    socket.setRecvBufferSize(RECEIVE_BUFFER);
    const lane: Lane = { socket, batch: null };
    const received = guarded((datagram: Buffer) => this.#received(lane, datagram));
    const broken = guarded((error: ErrnoException) => {
      if (lane.batch !== null) this.#failed(lane, lane.batch, Math.abs(error.errno));
    });
    socket.on('message', received);
    socket.on('error', broken);
    this.#lanes.push(lane);
    return lane;
  }

  #received(lane: Lane, datagram: Buffer): void {
    const batch = lane.batch;
    if (batch === null) return;
    for (const found of messagesOf(datagram)) {
      const i = found.sequence - batch.firstSequence;
      if (found.type !== NLMSG_ERROR || i < 0 || i >= batch.errnos.length) continue;
      batch.errnos[i] = errnoOf(found);
      if (i === batch.errnos.length - 1) batch.answered = true;
    }
    this.#settle(lane, batch);
  }

  /** Nothing is known of what has not been answered: all of it counts as failed. */
  #failed(lane: Lane, batch: Batch, errno: number): void {
    for (const [i, known] of batch.errnos.entries()) if (known === 0) batch.errnos[i] = errno;
    batch.answered = true;
    this.#settle(lane, batch);
  }

  #settle(lane: Lane, batch: Batch): void {
    if (!batch.sent || !batch.answered || lane.batch !== batch) return;
    lane.batch = null;
    const next = this.#waiting.shift();
    if (next !== undefined) this.#run(next);
    batch.done(batch.errnos);
  }
}
