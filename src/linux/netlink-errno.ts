// What an errno of the kernel means for a person: its name, and what to do about the usual ones.

import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';

const { EACCES, EADDRNOTAVAIL, EEXIST, EINVAL, EIO, ENODEV, ENOENT, ENOBUFS, ENOMEM, ENXIO, EOPNOTSUPP, EPERM, ETIME } =
  constants.errno;

export { EADDRNOTAVAIL, EEXIST, EINVAL, EIO, ENODEV, ENOENT, ENOBUFS, ENXIO, EOPNOTSUPP, EPERM, ETIME };

const PASSING: ReadonlySet<number> = new Set([ENOBUFS, ENOMEM, constants.errno.EAGAIN, constants.errno.EINTR]);

/** Says something of the moment and nothing of the request: the next one may well pass. */
export function isPassing(errno: number): boolean {
  return PASSING.has(errno);
}

const ADVICE: ReadonlyMap<number, string> = new Map([
  [EPERM, 'not permitted: the daemon needs CAP_NET_ADMIN'],
  [EACCES, 'not permitted here: for IPv6, is net.ipv6.conf.<interface>.disable_ipv6 set?'],
  [EADDRNOTAVAIL, 'the interface cannot have this address'],
  [EINVAL, 'the kernel does not accept it: check prefix length and label'],
  [ENODEV, 'the interface is not there, or has no such address family'],
  [ENOBUFS, 'the kernel had no room for it'],
  [ENOMEM, 'the kernel had no memory for it'],
  [EOPNOTSUPP, 'the address family is not available: is IPv6 disabled?'],
]);

export function errnoWords(errno: number): string {
  const advice = ADVICE.get(errno);
  return advice === undefined ? errnoName(errno) : `${errnoName(errno)}: ${advice}`;
}

function errnoName(errno: number): string {
  return errno > 0 ? getSystemErrorName(-errno) : 'no error';
}
