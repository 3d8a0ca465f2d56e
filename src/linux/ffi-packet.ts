// The calls of libc that put whole Ethernet frames on a wire and take them from it (AF_PACKET, see
// packet(7)). Nothing but the calls: what is in a frame, and what a failure means, is for others.

import koffi from 'koffi';
import { getSystemErrorName } from 'node:util';
import { INSTRUCTION } from './classic-program.ts';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_RCVBUFFORCE = 33;
const MSG_DONTWAIT = 0x40;
const SOCKADDR_LL = 20;

const libc = koffi.load(null);
const libcSocket = libc.func('int socket(int domain, int type, int protocol)');
const libcSendto = libc.func(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
);
const libcRecv = libc.func('intptr_t recv(int fd, void *bytes, size_t length, int flags)');
const libcBind = libc.func('int bind(int fd, const void *address, uint32_t length)');
const libcSetsockopt = libc.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)');
koffi.struct('sock_fprog', { length: 'uint16_t', program: 'uint8_t *' });
const libcAttachFilter = libc.func(
  'int setsockopt(int fd, int level, int option, const sock_fprog *value, uint32_t length)',
);
const SOCK_FPROG = koffi.sizeof('sock_fprog');
const libcClose = libc.func('int close(int fd)');
const libcFcntl = libc.func('int fcntl(int fd, int command, ...)');
const F_SETFL = 4;
const F_SETOWN = 8;
/** Signals this process whenever something comes; asm-generic/fcntl.h. */
const O_ASYNC = 0o20000;

/** Protocol 0: it sends and never receives. */
export function openPacketSocket(): number {
  const fd = Number(libcSocket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (fd < 0) throw new Error(`no packet socket: ${lastError()} (the daemon needs CAP_NET_RAW)`);
  return fd;
}

/** Where to: the interface, and the protocol that filters and captures see. */
export function packetAddress(index: number, etherType: number): Uint8Array {
  const address = Buffer.alloc(SOCKADDR_LL);
  address.writeUInt16LE(AF_PACKET, 0);
  address.writeUInt16BE(etherType, 2);
  address.writeInt32LE(index, 4);
  return address;
}

/** Null when the frame is in the interface's queue, otherwise the name of the error. Never waits. */
export function sendFrame(fd: number, frame: Uint8Array, address: Uint8Array): string | null {
  const sent = Number(libcSendto(fd, frame, frame.length, MSG_DONTWAIT, address, address.length));
  return sent === frame.length ? null : lastError();
}

/** What to hear of an interface: frames of one protocol that came in, and of those what the filter lets through. */
export interface Hearing {
  readonly index: number;
  readonly etherType: number;
  /** Classic BPF, see `packetFilter`. */
  readonly filter: Uint8Array;
  /** BOUNDED: what finds no room in these bytes of the kernel is lost. */
  readonly room: number;
}

/** Hears nothing but what it was opened for: the filter is there before the protocol is. */
export function openHearing({ index, etherType, filter, room }: Hearing): number {
  const fd = openPacketSocket();
  const program = { length: filter.length / INSTRUCTION, program: filter };
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(room);
  const address = packetAddress(index, etherType);
  const failed =
    Number(libcAttachFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, SOCK_FPROG)) !== 0 ||
    Number(libcSetsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, bytes, bytes.length)) !== 0 ||
    Number(libcBind(fd, address, address.length)) !== 0;
  if (!failed) return fd;
  const error = lastError();
  libcClose(fd);
  throw new Error(error === 'EPERM' ? `${error} (the daemon needs CAP_NET_RAW and CAP_NET_ADMIN)` : error);
}

/** The length of the next frame, now in `into`; 0 when none waits, or the interface is down. Never waits. */
export function receiveFrame(fd: number, into: Uint8Array): number {
  return Math.max(0, Number(libcRecv(fd, into, into.length, MSG_DONTWAIT)));
}

/** Whether a frame that comes sends SIGIO to this process. What waits already sends none. */
export function signalFrames(fd: number, on: boolean): void {
  const failed =
    Number(libcFcntl(fd, F_SETOWN, 'int', process.pid)) < 0 ||
    Number(libcFcntl(fd, F_SETFL, 'int', on ? O_ASYNC : 0)) < 0;
  if (failed) throw new Error(`no signal for what comes: ${lastError()}`);
}

export function closePacketSocket(fd: number): void {
  libcClose(fd);
}

function lastError(): string {
  const errno = koffi.errno();
  return errno > 0 ? getSystemErrorName(-errno) : 'unknown error';
}
