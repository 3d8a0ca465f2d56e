// The few system calls of this room's files and sockets that Node has no name for: an advisory
// lock, a real pipe, a datagram to a unix socket, who is at its other end. Each returns a result or the name of an errno;
// what it means is the caller's business. None of them can block.

import { closeSync, fchmodSync } from 'node:fs';
import { endianness } from 'node:os';
import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

type Call = (...args: readonly unknown[]) => number;

const libc = koffi.load(null);
const flock = libc.func('int flock(int fd, int operation)') as Call;
const pipe2 = libc.func('int pipe2(_Out_ int *fds, int flags)') as Call;
const socket = libc.func('int socket(int domain, int type, int protocol)') as Call;
const sendto = libc.func(
  'intptr_t sendto(int fd, const void *bytes, size_t length, int flags, const void *to, uint32_t toLength)',
) as Call;
const getsockopt = libc.func(
  'int getsockopt(int fd, int level, int option, _Out_ uint8_t *value, _Inout_ uint32_t *length)',
) as Call;
const syscall = libc.func(
  'long syscall(long number, unsigned int first, unsigned int last, unsigned int flags)',
) as Call;

// The numbers are those of every Linux architecture that Node runs on.
const lockExclusive = 2;
const lockUnlessBusy = 4;
const closeOnExec = 0o2000000;
const closeRange = 436;
const lastDescriptor = 0xffff_ffff;
const markCloseOnExec = 4;
const familyUnix = 1;
const datagram = 2;
const dontWait = 0x40;
const noSignal = 0x4000;
const levelSocket = 1;
const optionPeerCredentials = 17;
/** `sun_path` has 108 bytes; a path ends with a zero byte. */
const longestPath = 107;

function lastError(): string {
  return getSystemErrorName(-koffi.errno());
}

/** Locks the open file behind `fd` for as long as the descriptor lives. Null when that worked. */
export function lockFile(fd: number): string | null {
  return flock(fd, lockExclusive | lockUnlessBusy) === 0 ? null : lastError();
}

/**
 * Both ends close on exec. Node's own "pipe" is a socket pair, and a script cannot open
 * /dev/stderr when that is a socket.
 */
export function openPipe(): { readonly read: number; readonly write: number } | string {
  const fds = [-1, -1];
  if (pipe2(fds, closeOnExec) !== 0) return lastError();
  const [read = -1, write = -1] = fds;
  // Another user's `echo … >/dev/stderr` opens the pipe by name; nobody else can name it.
  fchmodSync(write, 0o622);
  return { read, write };
}

/**
 * Marks every descriptor but the standard ones to close on exec, for packages that forget to: a
 * raw socket must not reach an unprivileged script. Kernels before 5.11 cannot, and say so.
 */
export function keepDescriptors(): string | null {
  return syscall(closeRange, 3, lastDescriptor, markCloseOnExec) === 0 ? null : lastError();
}

/** The process that connected; null where the kernel does not say. */
export function peerCredentials(fd: number): { readonly pid: number; readonly uid: number } | null {
  const value = Buffer.alloc(12);
  const length = [value.length];
  if (getsockopt(fd, levelSocket, optionPeerCredentials, value, length) !== 0 || length[0] !== value.length)
    return null;
  const [pid = 0, uid = 0] = new Uint32Array(value.buffer, value.byteOffset, 2);
  return { pid, uid };
}

export interface DatagramSender {
  /** Null when the datagram is in the receiver's queue, otherwise the name of an errno. */
  send(text: string): string | null;
  close(): void;
}

/** Sends to one unix datagram socket: a path, or a name of the abstract space written with `@`. */
export function openDatagramSender(target: string): DatagramSender | string {
  const to = unixAddress(target);
  if (to === null) return `expected an absolute path or @name of at most ${longestPath} bytes, found "${target}"`;
  const fd = socket(familyUnix, datagram | closeOnExec, 0);
  if (fd < 0) return lastError();
  return {
    send(text) {
      const bytes = Buffer.from(text, 'utf8');
      return sendto(fd, bytes, bytes.length, dontWait | noSignal, to, to.length) >= 0 ? null : lastError();
    },
    close: () => closeSync(fd),
  };
}

function unixAddress(target: string): Buffer | null {
  const name = Buffer.from(target, 'utf8');
  if (name.length < 2 || name.length > longestPath || !/^[/@]/.test(target)) return null;
  const abstract = target.startsWith('@');
  const address = Buffer.alloc(2 + name.length + (abstract ? 0 : 1));
  if (endianness() === 'LE') address.writeUInt16LE(familyUnix);
  else address.writeUInt16BE(familyUnix);
  name.copy(address, 2);
  if (abstract) address[2] = 0;
  return address;
}
