// How a socket that carries adverts is set up, before the event loop gets it: what it is bound to,
// which packets reach it, how those it sends are marked. A failed step closes the descriptor and
// says which step it was. Whether and when to open one is decided elsewhere.

import {
  addressBytes,
  bindAddress,
  closeDescriptor,
  int32,
  type Option,
  openUdp,
  SyscallError,
  setOption,
} from './ffi-socket.ts';

/** The kernel doubles it. Enough for the adverts of a large cluster while a loop stalls for 200 ms. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;
/** What the kernel charges for the smallest datagram is above this (832 bytes on 6.18). */
const SMALLEST_CHARGE_BYTES = 512;
/** BOUNDED: no more datagrams than this wait in one socket, whoever sends them. */
export const CAPACITY_DATAGRAMS = (2 * RECEIVE_BUFFER_BYTES) / SMALLEST_CHARGE_BYTES;

/** Network control, as routing protocols mark themselves: class CS6 (RFC 4594 section 3.1). */
const CLASS_CS6 = 0xc0;
/** The first band of the default queue of an interface. */
const PRIORITY_FIRST_BAND = 6;
const PMTU_MAY_FRAGMENT = 0;

const SOL_SOCKET = 1;
const SOL_IP = 0;
const SOL_IPV6 = 41;
const reuseAddress = option(SOL_SOCKET, 2, 'SO_REUSEADDR');
const receiveBuffer = option(SOL_SOCKET, 8, 'SO_RCVBUF');
const receiveBufferForce = option(SOL_SOCKET, 33, 'SO_RCVBUFFORCE');
const priority = option(SOL_SOCKET, 12, 'SO_PRIORITY');
const bindToDevice = option(SOL_SOCKET, 25, 'SO_BINDTODEVICE');
const ip = {
  class: option(SOL_IP, 1, 'IP_TOS'),
  pmtu: option(SOL_IP, 10, 'IP_MTU_DISCOVER'),
  errorQueue: option(SOL_IP, 11, 'IP_RECVERR'),
  multicastInterface: option(SOL_IP, 32, 'IP_MULTICAST_IF'),
  hops: option(SOL_IP, 33, 'IP_MULTICAST_TTL'),
  loop: option(SOL_IP, 34, 'IP_MULTICAST_LOOP'),
  join: option(SOL_IP, 35, 'IP_ADD_MEMBERSHIP'),
  foreignGroups: option(SOL_IP, 49, 'IP_MULTICAST_ALL'),
};
const ip6 = {
  class: option(SOL_IPV6, 67, 'IPV6_TCLASS'),
  errorQueue: option(SOL_IPV6, 25, 'IPV6_RECVERR'),
  multicastInterface: option(SOL_IPV6, 17, 'IPV6_MULTICAST_IF'),
  hops: option(SOL_IPV6, 18, 'IPV6_MULTICAST_HOPS'),
  loop: option(SOL_IPV6, 19, 'IPV6_MULTICAST_LOOP'),
  join: option(SOL_IPV6, 20, 'IPV6_ADD_MEMBERSHIP'),
  only: option(SOL_IPV6, 26, 'IPV6_V6ONLY'),
  foreignGroups: option(SOL_IPV6, 29, 'IPV6_MULTICAST_ALL'),
};

export interface MulticastPlace {
  readonly family: 4 | 6;
  readonly group: string;
  readonly port: number;
  readonly interface: string;
  readonly index: number;
}

/**
 * Sends and hears one group on one interface. Bound to the group's address, so that the kernel
 * refuses what is sent to this host alone; works while the interface has no address.
 */
export function openMulticast(place: MulticastPlace): number {
  return configured(place.family, (fd) => {
    setOption(fd, reuseAddress, 1);
    setOption(fd, bindToDevice, new TextEncoder().encode(`${place.interface}\0`));
    if (place.family === 4) {
      sendFrom(fd, '0.0.0.0', place.index);
      setOption(fd, ip.foreignGroups, 0);
      setOption(fd, ip.loop, 0);
      // One hop: an advert that a router passed on would tell of a link that is not there.
      setOption(fd, ip.hops, 1);
    } else {
      setOption(fd, ip6.multicastInterface, place.index);
      setOption(fd, ip6.foreignGroups, 0);
      setOption(fd, ip6.loop, 0);
      setOption(fd, ip6.hops, 1);
    }
    bindAddress(fd, place.group, place.port, place.index);
    const group = addressBytes(place.group);
    if (place.family === 4) setOption(fd, ip.join, membership(group, new Uint8Array(4), place.index));
    else setOption(fd, ip6.join, Uint8Array.from([...group, ...int32(place.index)]));
  });
}

/**
 * The address that adverts of an IPv4 multicast socket come from. Said to the kernel, because its
 * own choice could be a virtual address that happens to be the first on the interface.
 */
export function sendFrom(fd: number, address: string, index: number): void {
  setOption(fd, ip.multicastInterface, membership(new Uint8Array(4), addressBytes(address), index));
}

/** Bound to the port alone. Not shared: a second program on the port would take packets away. */
export function openUnicast(family: 4 | 6, port: number): number {
  return configured(family, (fd) => bindAddress(fd, family === 4 ? '0.0.0.0' : '::', port, 0));
}

function configured(family: 4 | 6, setUp: (fd: number) => void): number {
  const fd = openUdp(family);
  try {
    setOption(fd, priority, PRIORITY_FIRST_BAND);
    enlargeReceiveBuffer(fd);
    if (family === 4) {
      setOption(fd, ip.class, CLASS_CS6);
      setOption(fd, ip.errorQueue, 0);
      setOption(fd, ip.pmtu, PMTU_MAY_FRAGMENT);
    } else {
      setOption(fd, ip6.only, 1);
      setOption(fd, ip6.class, CLASS_CS6);
      setOption(fd, ip6.errorQueue, 0);
    }
    setUp(fd);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** Without CAP_NET_ADMIN the host's limit applies; less room is no reason to stay deaf. */
function enlargeReceiveBuffer(fd: number): void {
  try {
    setOption(fd, receiveBufferForce, RECEIVE_BUFFER_BYTES);
  } catch (error) {
    if (!(error instanceof SyscallError) || error.code !== 'EPERM') throw error;
    setOption(fd, receiveBuffer, RECEIVE_BUFFER_BYTES);
  }
}

/** `ip_mreqn`: the group, a local address, the interface. */
function membership(group: Uint8Array, local: Uint8Array, index: number): Uint8Array {
  return Uint8Array.from([...group, ...local, ...int32(index)]);
}

function option(level: number, name: number, label: string): Option {
  return { level, name, label };
}
