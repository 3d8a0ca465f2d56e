// Echo requests and replies of ICMP (RFC 792) and ICMPv6 (RFC 4443 section 4). A token in the data says that a
// reply is to one of our requests, and a number after it which of them.

import type { IpFamily } from '#lib/ip';
import { icmpChecksum } from './internet-checksum.ts';

const headerLength = 8;
const requestType = { 4: 8, 6: 128 } as const;
const replyType = { 4: 0, 6: 129 } as const;

export interface Echo {
  readonly id: number;
  readonly sequence: number;
  /** Any bytes that nobody else would send. */
  readonly token: Uint8Array;
  /** What the request was about; 16 bits. */
  readonly subject: number;
}

/** The checksum of ICMPv6 counts on the source, which the kernel chooses: it fills it in. */
export function echoRequest(family: IpFamily, { id, sequence, token, subject }: Echo): Uint8Array {
  const message = new Uint8Array(headerLength + token.length + 2);
  const view = new DataView(message.buffer);
  view.setUint8(0, requestType[family]);
  view.setUint16(4, id);
  view.setUint16(6, sequence);
  message.set(token, headerLength);
  view.setUint16(headerLength + token.length, subject);
  if (family === 4) view.setUint16(2, icmpChecksum(message));
  return message;
}

/** What a reply is about, or null for what is no reply to us. An IPv4 packet comes with its header. */
export function readEchoReply(family: IpFamily, packet: Uint8Array, token: Uint8Array): number | null {
  const start = family === 4 ? ((packet[0] ?? 0) & 0x0f) * 4 : 0;
  const message = packet.subarray(start);
  if (message.length < headerLength + token.length + 2 || message[0] !== replyType[family]) return null;
  if (family === 4 && icmpChecksum(message) !== 0) return null;
  if (!token.every((byte, i) => message[headerLength + i] === byte)) return null;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  return view.getUint16(headerLength + token.length);
}
