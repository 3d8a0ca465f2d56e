// Socket options that the `netlink` package does not offer, set on its descriptor through libc. They are
// needed for life: when events overflow a socket the kernel marks it as failed, and the package then
// aborts the process. So the mark is switched off, and the count of lost messages is read instead.

import koffi from 'koffi';
import { readdirSync } from 'node:fs';
import { getSystemErrorName } from 'node:util';
import { assembled, INSTRUCTION, JUMP_IF_EQUAL, LOAD_WORD, RETURN } from './classic-program.ts';

const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const SOL_SOCKET = 1;
const SO_ATTACH_FILTER = 26;
const SO_RCVBUFFORCE = 33;
const SO_PROTOCOL = 38;
const SO_MEMINFO = 55;
const SOL_NETLINK = 270;
const NETLINK_NO_ENOBUFS = 5;
/** SK_MEMINFO_DROPS is the ninth of the words that SO_MEMINFO gives. */
const MEMINFO_SIZE = 36;
const MEMINFO_DROPS = 32;

/** Where a netlink message says who asked for it. */
const MESSAGE_PORT = 12;

const libc = koffi.load(null);
const libcGetsockname = libc.func('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint32_t *length)');
const libcGetsockopt = libc.func(
  'int getsockopt(int fd, int level, int option, _Out_ uint8_t *value, _Inout_ uint32_t *length)',
);
const libcSetsockopt = libc.func('int setsockopt(int fd, int level, int option, const void *value, uint32_t length)');

/** The descriptor of the netlink socket of this process, of this protocol, that is bound to this port. */
export function descriptorOf(port: number, protocol = NETLINK_ROUTE): number {
  for (const name of readdirSync('/proc/self/fd')) {
    const fd = Number(name);
    const address = Buffer.alloc(12);
    if (Number(libcGetsockname(fd, address, [address.length])) !== 0) continue;
    if (address.readUInt16LE(0) !== AF_NETLINK || address.readUInt32LE(4) !== port) continue;
    const found = Buffer.alloc(4);
    if (Number(libcGetsockopt(fd, SOL_SOCKET, SO_PROTOCOL, found, [4])) !== 0) continue;
    if (found.readUInt32LE(0) === protocol) return fd;
  }
  throw new Error(`no descriptor of this process is the netlink socket with port ${port}`);
}

/** From now on messages that find no room are counted, and the socket goes on. */
export function countOverflows(fd: number, receiveBuffer: number): void {
  setOption(fd, SOL_NETLINK, NETLINK_NO_ENOBUFS, 1);
  setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer);
}

/** How many messages found no room so far. */
export function overflowsOf(fd: number): number {
  const value = Buffer.alloc(MEMINFO_SIZE);
  if (Number(libcGetsockopt(fd, SOL_SOCKET, SO_MEMINFO, value, [value.length])) !== 0) throw failed('SO_MEMINFO');
  return value.readUInt32LE(MEMINFO_DROPS);
}

/**
 * Keeps from a socket what the kernel tells of changes that were asked for under this port. True when that worked;
 * otherwise they come, and cost time alone.
 */
export function ignoreChangesBy(fd: number, port: number): boolean {
  // A classic filter program: load the sender's port of the first message, compare, take all of it or nothing.
  const swapped = Buffer.alloc(4);
  swapped.writeUInt32LE(port);
  const code = assembled([
    { code: LOAD_WORD, value: MESSAGE_PORT },
    { code: JUMP_IF_EQUAL, ifFalse: 1, value: swapped.readUInt32BE(0) },
    { code: RETURN, value: 0 },
    { code: RETURN, value: 0x7fffffff },
  ]);
  const filter = Buffer.alloc(16);
  filter.writeUInt16LE(code.length / INSTRUCTION, 0);
  filter.writeBigUInt64LE(koffi.address(code), 8);
  return Number(libcSetsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, filter, filter.length)) === 0;
}

function setOption(fd: number, level: number, option: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  if (Number(libcSetsockopt(fd, level, option, bytes, bytes.length)) !== 0) throw failed(`option ${option}`);
}

function failed(what: string): Error {
  return new Error(
    `${what} of a netlink socket: ${getSystemErrorName(-koffi.errno())} (the daemon needs CAP_NET_ADMIN)`,
  );
}
