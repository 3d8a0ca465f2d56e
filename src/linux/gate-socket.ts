// Transactions of nf_tables, all or nothing, with the kernel's word when the call returns: it works inside the
// system call that sends, and its answer lies in the socket then. The `netlink` package tells answers in a later
// turn, which is too late for a lease that is checked against the clock; so these are calls of libc.

import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import type { Request } from './netlink-batch.ts';
import { errnoOf, messagesOf, NLM_F_ACK, NLMSG_ERROR } from './netlink-bytes.ts';
import { EIO, ENOBUFS } from './netlink-errno.ts';
import { beginBatch, endBatch } from './nft-message.ts';

const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
const NETLINK_NETFILTER = 12;
const SOL_SOCKET = 1;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const SOL_NETLINK = 270;
/** An error comes without the message that it is about, which may be long. */
const NETLINK_CAP_ACK = 10;
const MSG_DONTWAIT = 0x40;
const ADDRESS = 12;
/** One transaction has to fit: some ten thousand addresses. */
const SEND_BUFFER = 8 * 1024 * 1024;
const RECEIVE_BUFFER = 4 * 1024 * 1024;

type Call = (...args: readonly unknown[]) => number;

const libc = koffi.load(null);
const cSocket = libc.func('int socket(int domain, int type, int protocol)') as Call;
const cBind = libc.func('int bind(int fd, const void *address, uint32_t length)') as Call;
const cGetsockname = libc.func('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint32_t *length)') as Call;
const cSetsockopt = libc.func(
  'int setsockopt(int fd, int level, int option, const void *value, uint32_t length)',
) as Call;
const cSendto = libc.func(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toLength)',
) as Call;
const cRecv = libc.func('intptr_t recv(int fd, _Out_ uint8_t *bytes, size_t length, int flags)') as Call;
const cClose = libc.func('int close(int fd)') as Call;

export class GateSocket {
  readonly #fd: number;
  readonly #kernel = Buffer.alloc(ADDRESS);
  readonly #answer = Buffer.alloc(64 * 1024);
  #sequence = 1;
  /** Under which the kernel tells others, and us, of what was changed here. */
  readonly port: number;

  constructor() {
    this.#kernel.writeUInt16LE(AF_NETLINK, 0);
    this.#fd = cSocket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, NETLINK_NETFILTER);
    if (this.#fd < 0) throw failed('no netfilter socket');
    if (cBind(this.#fd, this.#kernel, ADDRESS) !== 0) throw failed('a netfilter socket has no port');
    const own = Buffer.alloc(ADDRESS);
    cGetsockname(this.#fd, own, [ADDRESS]);
    this.port = own.readUInt32LE(4);
    this.#option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    this.#option(SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER);
    this.#option(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
  }

  /**
   * As the socket itself, for transactions that are refused with their first message. One that fails later than that makes
   * the kernel wait until every processor was idle once: some 20 ms in which nothing else is done here.
   */
  readonly rehearsal: Pick<GateSocket, 'transact' | 'ask'> = {
    transact: (requests) => this.#transact(requests, false),
    ask: (request) => this.ask(request),
  };

  /** 0 when all of it is done; otherwise the first errno, and nothing is. */
  transact(requests: readonly Request[]): number {
    return this.#transact(requests, true);
  }

  #transact(requests: readonly Request[], meant: boolean): number {
    const first = this.#take(requests.length + 2);
    const last = requests.length - 1;
    const bytes = requests.map((make, i) => make(first + 1 + i, i === last ? NLM_F_ACK : 0));
    return this.#send(
      Buffer.concat([beginBatch(first, meant), ...bytes, endBatch(first + 1 + requests.length)]),
      first,
    );
  }

  /** One question outside of a transaction; 0 when there is an answer. */
  ask(request: Request): number {
    const first = this.#take(1);
    return this.#send(request(first, NLM_F_ACK), first);
  }

  close(): void {
    cClose(this.#fd);
  }

  #send(bytes: Buffer, first: number): number {
    this.#drain(Number.POSITIVE_INFINITY);
    const sent = cSendto(this.#fd, bytes, bytes.length, 0, this.#kernel, ADDRESS);
    return sent === bytes.length ? this.#drain(first) : koffi.errno() || EIO;
  }

  /** The first errno among the answers from `first` on. No answer at all is none that could be relied on. */
  #drain(first: number): number {
    let found: number | null = null;
    for (;;) {
      const length = cRecv(this.#fd, this.#answer, this.#answer.length, MSG_DONTWAIT);
      if (length < 0 && koffi.errno() === ENOBUFS) found = ENOBUFS;
      else if (length <= 0) return found ?? EIO;
      for (const { type, sequence, ...rest } of messagesOf(this.#answer.subarray(0, Math.max(0, length)))) {
        if (type !== NLMSG_ERROR || sequence < first) continue;
        const errno = errnoOf({ type, sequence, ...rest });
        if (found === null || found === 0) found = errno;
      }
    }
  }

  #take(count: number): number {
    if (this.#sequence + count > 0x7fffffff) this.#sequence = 1;
    const first = this.#sequence;
    this.#sequence += count;
    return first;
  }

  #option(level: number, option: number, value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    cSetsockopt(this.#fd, level, option, bytes, bytes.length);
  }
}

function failed(what: string): Error {
  return new Error(`${what}: ${getSystemErrorName(-koffi.errno())}`);
}
