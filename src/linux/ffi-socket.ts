// The few socket calls that Node does not offer, made through koffi: a UDP descriptor with options
// of our choice, a datagram that leaves within the call, and the question whether something waits. Numbers are those of
// the kernel's generic ABI (x86, arm, riscv, s390, power). Which options a socket gets is decided
// elsewhere; receiving is absent, because the event loop does it.

import { getSystemErrorMap } from 'node:util';
import koffi from 'koffi';
import { parseIp } from '#lib/ip';

const libc = koffi.load('libc.so.6');
const cSocket = libc.func('int socket(int domain, int type, int protocol)');
const cSetsockopt = libc.func('int setsockopt(int fd, int level, int name, const uint8_t *value, uint32_t length)');
const cBind = libc.func('int bind(int fd, const uint8_t *address, uint32_t length)');
const cSendto = libc.func(
  'intptr_t sendto(int fd, const uint8_t *bytes, size_t length, int flags, const uint8_t *to, uint32_t toLength)',
);
const cClose = libc.func('int close(int fd)');
const cPoll = libc.func('int poll(_Inout_ uint8_t *fds, unsigned long count, int timeoutMs)');

const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM_NONBLOCK_CLOEXEC = 2 | 0o4000 | 0o2000000;
const POLLIN = 1;
const EINTR = 4;
const EAGAIN = 11;

/** A call that the kernel refused; the message is fit for a person. */
export class SyscallError extends Error {
  readonly code: string;

  constructor(call: string, errno: number) {
    const [code, text] = getSystemErrorMap().get(-errno) ?? [`errno ${errno}`, 'unknown error'];
    super(`${call}: ${code} (${text})`);
    this.name = 'SyscallError';
    this.code = code;
  }
}

export type Option = { readonly level: number; readonly name: number; readonly label: string };

/** A UDP descriptor that does not block and that child processes do not inherit. */
export function openUdp(family: 4 | 6): number {
  const fd = cSocket(family === 4 ? AF_INET : AF_INET6, SOCK_DGRAM_NONBLOCK_CLOEXEC, 0) as number;
  if (fd < 0) throw new SyscallError('socket', koffi.errno());
  return fd;
}

export function setOption(fd: number, option: Option, value: number | Uint8Array): void {
  const bytes = typeof value === 'number' ? int32(value) : value;
  if (cSetsockopt(fd, option.level, option.name, bytes, bytes.length) !== 0) {
    throw new SyscallError(`setsockopt ${option.label}`, koffi.errno());
  }
}

export function bindAddress(fd: number, address: string, port: number, scope: number): void {
  const bytes = socketAddress(address, port, scope);
  if (cBind(fd, bytes, bytes.length) !== 0) throw new SyscallError('bind', koffi.errno());
}

export function closeDescriptor(fd: number): void {
  cClose(fd);
}

/** As `sendDatagram` takes it; null for what is not a plain address, as one with a zone. */
export function datagramAddress(address: string, port: number): Uint8Array | null {
  return parseIp(address) === null ? null : socketAddress(address, port, 0);
}

/** True when the kernel has it, false when its buffer is full. */
export function sendDatagram(fd: number, bytes: Uint8Array, to: Uint8Array): boolean {
  if (Number(cSendto(fd, bytes, bytes.length, 0, to, to.length)) >= 0) return true;
  const errno = koffi.errno();
  if (errno === EAGAIN) return false;
  throw new SyscallError('sendto', errno);
}

/** Whether a datagram waits in the socket now; never blocks. */
export function somethingWaits(fd: number): boolean {
  const view = new DataView(new ArrayBuffer(8));
  const bytes = new Uint8Array(view.buffer);
  bytes.set(int32(fd));
  bytes[littleEndian ? 4 : 5] = POLLIN;
  // It never waits, and yet a signal that comes in this moment ends it without an answer.
  while ((cPoll(bytes, 1, 0) as number) < 0) {
    const errno = koffi.errno();
    if (errno !== EINTR) throw new SyscallError('poll', errno);
  }
  return ((bytes[littleEndian ? 6 : 7] ?? 0) & POLLIN) !== 0;
}

const littleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export function int32(...values: readonly number[]): Uint8Array {
  return new Uint8Array(Int32Array.from(values).buffer);
}

/** The bytes of an address that the settings have checked already. */
export function addressBytes(address: string): Uint8Array {
  const bytes = parseIp(address);
  if (bytes === null) throw new TypeError(`expected an IP address, found "${address}"`);
  return bytes;
}

/** `sockaddr_in` or `sockaddr_in6`; `scope` is the index of the interface of a link-local address. */
function socketAddress(address: string, port: number, scope: number): Uint8Array {
  const ip = addressBytes(address);
  const bytes = new Uint8Array(ip.length === 4 ? 16 : 28);
  bytes.set(new Uint8Array(Uint16Array.of(ip.length === 4 ? AF_INET : AF_INET6).buffer));
  bytes.set([port >> 8, port & 0xff], 2);
  bytes.set(ip, ip.length === 4 ? 4 : 8);
  if (ip.length === 16) bytes.set(int32(scope), 24);
  return bytes;
}
