// A netlink socket whose word is there when a call returns: the kernel works inside the system call that sends, and its
// answer lies in the socket then. The `netlink` package tells answers in a later turn of the loop, for which no lease that
// is checked against the clock can wait, and no client whose address is moving; so these are calls of libc.

import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';
import { errnoOf, messagesOf, NLMSG_ERROR } from './netlink-bytes.ts';
import { EIO, ENOBUFS } from './netlink-errno.ts';

const AF_NETLINK = 16;
const SOCK_RAW_NONBLOCK_CLOEXEC = 3 | 0o4000 | 0o2000000;
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

/** What was answered to a request: its number, and 0 for success. */
export interface Answer {
  readonly sequence: number;
  readonly errno: number;
}

export class NetlinkSocket {
  readonly #fd: number;
  readonly #kernel = Buffer.alloc(ADDRESS);
  readonly #answer = Buffer.alloc(64 * 1024);
  #sequence = 1;
  #closed = false;
  /** Under which the kernel tells others, and us, of what was changed here. */
  readonly port: number;

  constructor(family: number, what: string) {
    this.#kernel.writeUInt16LE(AF_NETLINK, 0);
    this.#fd = cSocket(AF_NETLINK, SOCK_RAW_NONBLOCK_CLOEXEC, family);
    if (this.#fd < 0) throw failed(`no ${what} socket`);
    if (cBind(this.#fd, this.#kernel, ADDRESS) !== 0) throw failed(`a ${what} socket has no port`);
    const own = Buffer.alloc(ADDRESS);
    cGetsockname(this.#fd, own, [ADDRESS]);
    this.port = own.readUInt32LE(4);
    this.#option(SOL_NETLINK, NETLINK_CAP_ACK, 1);
    this.#option(SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER);
    this.#option(SOL_SOCKET, SO_RCVBUFFORCE, RECEIVE_BUFFER);
  }

  /** The first of so many numbers for requests. */
  take(count: number): number {
    if (this.#sequence + count > 0x7fffffff) this.#sequence = 1;
    const first = this.#sequence;
    this.#sequence += count;
    return first;
  }

  /**
   * What was answered to the requests from `first` to `last`, of which the last is one that the kernel acknowledges; an
   * errno where they did not reach the kernel, or answers were lost.
   */
  send(bytes: Buffer, first: number, last: number): readonly Answer[] | number {
    if (this.#closed) return ENOBUFS;
    const sent = cSendto(this.#fd, bytes, bytes.length, 0, this.#kernel, ADDRESS);
    return sent === bytes.length ? this.#receive(first, last) : koffi.errno() || EIO;
  }

  close(): void {
    if (!this.#closed) cClose(this.#fd);
    this.#closed = true;
  }

  /** The kernel answers in the order of the requests: with the answer to the last one nothing is left in the socket. */
  #receive(first: number, last: number): readonly Answer[] | number {
    const answers: Answer[] = [];
    let lost = 0;
    for (;;) {
      const length = cRecv(this.#fd, this.#answer, this.#answer.length, MSG_DONTWAIT);
      if (length < 0 && koffi.errno() === ENOBUFS) lost = ENOBUFS;
      else if (length <= 0) return lost === 0 ? answers : lost;
      for (const found of messagesOf(this.#answer.subarray(0, Math.max(0, length)))) {
        if (found.type !== NLMSG_ERROR || found.sequence < first || found.sequence > last) continue;
        answers.push({ sequence: found.sequence, errno: errnoOf(found) });
        if (found.sequence === last) return lost === 0 ? answers : lost;
      }
    }
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
