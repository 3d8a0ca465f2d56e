// The instruments' own way to the kernel: raw ICMP and AF_PACKET sockets, poll to the nanosecond, and a realtime
// priority. It shares no code with the product on purpose: an instrument must not have the errors of what it measures.
// Calls block the thread; that is what makes one millisecond mean one millisecond. Little-endian machines only.

import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { endianness } from 'node:os';
import koffi from 'koffi';

const libc = koffi.load('libc.so.6');
const socketCall = libc.func('int socket(int domain, int type, int protocol)');
const bindCall = libc.func('int bind(int fd, const void *address, uint length)');
const setOption = libc.func('int setsockopt(int fd, int level, int name, const void *value, uint length)');
const sendCall = libc.func('long sendto(int fd, const void *data, ulong n, int flags, const void *to, uint length)');
const receiveCall = libc.func('long recv(int fd, _Out_ void *data, ulong length, int flags)');
const pollCall = libc.func('int ppoll(void *fds, ulong count, const void *timeout, const void *mask)');
const schedule = libc.func('int sched_setscheduler(int pid, int policy, const void *parameters)');

const AF_INET = 2;
const AF_INET6 = 10;
const AF_PACKET = 17;
const SOCK_RAW = 3;
const NONBLOCK = 0o4000;
const MSG_DONTWAIT = 0x40;
const ETH_P_ALL_BE = 0x0300;

/** Milliseconds of CLOCK_MONOTONIC, the same clock in every process of this machine. */
export function monotonicMs(): number {
  return performance.now() + origin;
}
const [seconds, nanos] = process.hrtime();
const origin = seconds * 1e3 + nanos / 1e6 - performance.now();

/**
 * True when the scheduler gave a realtime slot; without one, stalls of the machine show up in the measurement. Above
 * the 10 of the daemons: what is measured must not delay who measures.
 */
export function becomeRealtime(): boolean {
  const policyRoundRobin = 2;
  const priority = Buffer.alloc(4);
  priority.writeInt32LE(20);
  return schedule(0, policyRoundRobin, priority) === 0;
}

export class RawSocket {
  private readonly pollSet = Buffer.alloc(8);
  private readonly timeout = Buffer.alloc(16);
  readonly data = Buffer.alloc(2048);
  private readonly fd: number;
  private readonly to: Buffer;

  private constructor(fd: number, to: Buffer) {
    this.fd = fd;
    this.to = to;
    if (fd < 0) throw new Error(`no raw socket, errno ${koffi.errno()}: this needs root`);
    if (endianness() !== 'LE') throw new Error('the instruments are written for little-endian machines');
    this.pollSet.writeInt32LE(fd, 0);
    this.pollSet.writeInt16LE(1, 4);
  }

  /** Echo requests to one address through the machine's own stack: its routes, its neighbour cache. */
  static echo(address: string): RawSocket {
    return isIP(address) === 6 ? RawSocket.echo6(address) : RawSocket.echo4(address);
  }

  private static echo4(address: string): RawSocket {
    const to = Buffer.alloc(16);
    to.writeUInt16LE(AF_INET);
    ipBytes(address).copy(to, 4);
    const socket = new RawSocket(socketCall(AF_INET, SOCK_RAW | NONBLOCK, 1), to);
    const onlyReplies = Buffer.alloc(4);
    onlyReplies.writeUInt32LE(0xfffffffe);
    setOption(socket.fd, 255, 1, onlyReplies, 4);
    return socket;
  }

  private static echo6(address: string): RawSocket {
    const to = Buffer.alloc(28);
    to.writeUInt16LE(AF_INET6);
    ipBytes(address).copy(to, 8);
    const socket = new RawSocket(socketCall(AF_INET6, SOCK_RAW | NONBLOCK, 58), to);
    const onlyReplies = Buffer.alloc(32, 0xff);
    onlyReplies.writeUInt32LE(0xfffffffd, 16);
    setOption(socket.fd, 58, 1, onlyReplies, 32);
    return socket;
  }

  /** Whole Ethernet frames on one interface. */
  static frames(device: string): RawSocket {
    const to = Buffer.alloc(20);
    to.writeUInt16LE(AF_PACKET, 0);
    to.writeUInt16LE(ETH_P_ALL_BE, 2);
    to.writeInt32LE(Number(readFileSync(`/sys/class/net/${device}/ifindex`, 'utf8')), 4);
    const socket = new RawSocket(socketCall(AF_PACKET, SOCK_RAW | NONBLOCK, ETH_P_ALL_BE), to);
    const yes = Buffer.from([1, 0, 0, 0]);
    setOption(socket.fd, 263, 23, yes, 4); // PACKET_IGNORE_OUTGOING: what we send is not an answer
    // SO_RCVBUFFORCE: a burst of announcements for many addresses must not be lost here.
    const room = Buffer.alloc(4);
    room.writeInt32LE(8 * 1024 * 1024);
    setOption(socket.fd, 1, 33, room, 4);
    if (bindCall(socket.fd, to, 20) !== 0) throw new Error(`cannot bind to ${device}, errno ${koffi.errno()}`);
    return socket;
  }

  /** False when the kernel would not take it, which for an instrument is the same as a lost packet. */
  send(packet: Buffer): boolean {
    return sendCall(this.fd, packet, packet.length, MSG_DONTWAIT, this.to, this.to.length) >= 0;
  }

  /** Length of the next packet, now in `data`; 0 when there is none. */
  receive(): number {
    return Math.max(0, receiveCall(this.fd, this.data, this.data.length, MSG_DONTWAIT));
  }

  /** Sleeps until a packet is there or the time is over. */
  wait(ms: number): void {
    const ns = Math.max(0, Math.round(ms * 1e6));
    this.timeout.writeBigInt64LE(BigInt(Math.floor(ns / 1e9)), 0);
    this.timeout.writeBigInt64LE(BigInt(ns % 1e9), 8);
    pollCall(this.pollSet, 1, this.timeout, null);
  }
}

/** The bytes of an IPv4 or IPv6 address; the platform's own parser does the reading. */
export function ipBytes(address: string): Buffer {
  const family = isIP(address);
  if (family === 0) throw new Error(`expected an IP address, found '${address}'`);
  const bytes = Buffer.alloc(family === 6 ? 16 : 4);
  if (parseAddress(family === 6 ? AF_INET6 : AF_INET, address, bytes) !== 1) throw new Error(`cannot read ${address}`);
  return bytes;
}
const parseAddress = libc.func('int inet_pton(int family, const char *text, _Out_ void *bytes)');
