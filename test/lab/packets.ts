// Bytes that the instruments send, and which answers they recognise: echo requests for both families, and the same in
// a frame for one host's MAC, with ARP or a neighbour solicitation beside it. Templates are built once and stamped.

import { isIP } from 'node:net';
import { ipBytes } from './raw.ts';

export interface Ends {
  readonly fromMac: string;
  readonly toMac: string;
  readonly fromIp: string;
  readonly toIp: string;
}

/** What tells our echo requests from anybody else's. */
const mark = 0x6c6f6375;

const macBytes = (mac: string): Buffer => Buffer.from(mac.replaceAll(':', ''), 'hex');

function sum(bytes: Buffer, start = 0): number {
  let total = start;
  for (let i = 0; i < bytes.length; i += 2) total += bytes.readUInt16BE(i);
  return total;
}

function folded(total: number): number {
  let rest = total;
  while (rest > 0xffff) rest = (rest & 0xffff) + (rest >>> 16);
  return ~rest & 0xffff;
}

/** An echo request; the number rides in the payload because the header's wraps after a minute. */
export function echoRequest(family: number, id: number): Buffer {
  const packet = Buffer.alloc(16);
  packet[0] = family === 6 ? 128 : 8;
  packet.writeUInt16BE(id, 4);
  packet.writeUInt32BE(mark, 8);
  return packet;
}

/** For IPv6 over a raw socket the kernel fills the checksum in; for IPv4 it is ours to do. */
export function stampEcho(packet: Buffer, number: number, pseudo = 0): void {
  packet.writeUInt16BE(0, 2);
  packet.writeUInt16BE(number & 0xffff, 6);
  packet.writeUInt32BE(number, 12);
  packet.writeUInt16BE(folded(sum(packet, pseudo)), 2);
}

/** The number that an echo reply of ours carries, or -1; `at` is where the ICMP message begins. */
export function echoedNumber(data: Buffer, length: number, at: number, id: number): number {
  if (length < at + 16) return -1;
  const isReply = data[at] === 0 || data[at] === 129;
  if (!isReply || data.readUInt16BE(at + 4) !== id || data.readUInt32BE(at + 8) !== mark) return -1;
  return data.readUInt32BE(at + 12);
}

function ethernet(ends: Ends, type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(14);
  macBytes(ends.toMac).copy(head, 0);
  macBytes(ends.fromMac).copy(head, 6);
  head.writeUInt16BE(type, 12);
  return Buffer.concat([head, payload]);
}

function ip4(ends: Ends, payload: Buffer): Buffer {
  const head = Buffer.from('4500000000004000400100000000000000000000', 'hex');
  head.writeUInt16BE(20 + payload.length, 2);
  ipBytes(ends.fromIp).copy(head, 12);
  ipBytes(ends.toIp).copy(head, 16);
  head.writeUInt16BE(folded(sum(head)), 10);
  return Buffer.concat([head, payload]);
}

function ip6(ends: Ends, payload: Buffer): Buffer {
  const head = Buffer.alloc(40);
  head[0] = 0x60;
  head.writeUInt16BE(payload.length, 4);
  head[6] = 58;
  head[7] = 255;
  ipBytes(ends.fromIp).copy(head, 8);
  ipBytes(ends.toIp).copy(head, 24);
  return Buffer.concat([head, payload]);
}

const pseudoSum = (ends: Ends, length: number): number =>
  sum(ipBytes(ends.fromIp)) + sum(ipBytes(ends.toIp)) + length + 58;

export interface EchoFrame {
  readonly frame: Buffer;
  readonly stamp: (number: number) => void;
}

export function echoFrame(ends: Ends, id: number): EchoFrame {
  const family = isIP(ends.toIp);
  const echo = echoRequest(family, id);
  const frame = family === 6 ? ethernet(ends, 0x86dd, ip6(ends, echo)) : ethernet(ends, 0x0800, ip4(ends, echo));
  const message = frame.subarray(frame.length - echo.length);
  const pseudo = family === 6 ? pseudoSum(ends, echo.length) : 0;
  return { frame, stamp: (number) => stampEcho(message, number, pseudo) };
}

/** Who has this address? Asked of one MAC alone. ARP for IPv4, a neighbour solicitation for IPv6. */
export function whoHasFrame(ends: Ends): Buffer {
  return isIP(ends.toIp) === 6 ? solicitation(ends) : arpRequest(ends);
}

function arpRequest(ends: Ends): Buffer {
  const body = Buffer.from('0001080006040001'.padEnd(56, '0'), 'hex');
  macBytes(ends.fromMac).copy(body, 8);
  ipBytes(ends.fromIp).copy(body, 14);
  ipBytes(ends.toIp).copy(body, 24);
  return ethernet(ends, 0x0806, body);
}

function solicitation(ends: Ends): Buffer {
  const body = Buffer.alloc(32);
  body[0] = 135;
  ipBytes(ends.toIp).copy(body, 8);
  body[24] = 1;
  body[25] = 1;
  macBytes(ends.fromMac).copy(body, 26);
  body.writeUInt16BE(folded(sum(body, pseudoSum(ends, body.length))), 2);
  return ethernet(ends, 0x86dd, ip6(ends, body));
}

export type Answer = 'echo' | 'who-has';

/** Which kind of answer for the address this frame is, or null for everything else on the wire. */
export function answerIn(data: Buffer, length: number, address: Buffer, id: number): Answer | null {
  const type = length >= 42 ? data.readUInt16BE(12) : 0;
  const is = (at: number): boolean => data.subarray(at, at + address.length).equals(address);
  if (type === 0x0806) return data[21] === 2 && is(28) ? 'who-has' : null;
  if (type === 0x0800) return is(26) && echoedNumber(data, length, 34, id) >= 0 ? 'echo' : null;
  if (type !== 0x86dd) return null;
  if (length >= 78 && data[54] === 136 && is(62)) return 'who-has';
  return is(22) && echoedNumber(data, length, 54, id) >= 0 ? 'echo' : null;
}

/** Frames to 224.0.0.18 are adverts, of locum by its default and of VRRP. */
export const isAdvert = (data: Buffer, length: number): boolean =>
  length >= 34 && data.readUIntBE(0, 6) === 0x01005e000012;

/** The address that a gratuitous ARP or an unsolicited neighbour advertisement announces; null for everything else. */
export function announcedIn(data: Buffer, length: number): Buffer | null {
  const type = length >= 42 ? data.readUInt16BE(12) : 0;
  if (type === 0x0806) return data.readUInt32BE(28) === data.readUInt32BE(38) ? data.subarray(28, 32) : null;
  const solicited = 0x40;
  const unsolicited = type === 0x86dd && length >= 78 && data[54] === 136 && ((data[58] ?? 0) & solicited) === 0;
  return unsolicited ? data.subarray(62, 78) : null;
}

/** The sender's MAC as one number, cheap to compare and to look up. */
export const senderOf = (data: Buffer): number => data.readUIntBE(6, 6);
export const macNumber = (mac: string): number => macBytes(mac).readUIntBE(0, 6);
