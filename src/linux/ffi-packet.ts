// The calls of libc that put a whole Ethernet frame on a wire (AF_PACKET, see packet(7)). Nothing but
// the calls: what is in a frame, and what a failure means, is for others.

import koffi from 'koffi';
import { getSystemErrorName } from 'node:util';

const AF_PACKET = 17;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const SOCKADDR_LL = 20;

const libc = koffi.load(null);
const libcSocket = libc.func('int socket(int domain, int type, int protocol)');
const libcSendto = libc.func(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *address, uint32_t addressLength)',
);
const libcClose = libc.func('int close(int fd)');

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

export function closePacketSocket(fd: number): void {
  libcClose(fd);
}

function lastError(): string {
  const errno = koffi.errno();
  return errno > 0 ? getSystemErrorName(-errno) : 'unknown error';
}
