// A whole broadcast Ethernet frame with an ARP packet in it (RFC 826), without padding. What the fields
// say, and what a frame is good for, is up to who asks for one.

import { parseIp } from '#lib/ip';
import { ethernetAddress } from './ethernet-address.ts';

const frameLength = 14 + 28;
const broadcast = 0xff;
const operationCode = { request: 1, reply: 2 } as const;

export interface ArpFields {
  readonly operation: 'request' | 'reply';
  /** The source of the frame, and the sender of the packet. */
  readonly mac: string;
  readonly sender: string;
  /** Null where it is not known: all zero. */
  readonly targetMac: string | null;
  readonly target: string;
}

export function arpFrame({ operation, mac, sender, targetMac, target }: ArpFields): Uint8Array {
  const hardware = ethernetAddress(mac);
  const frame = new Uint8Array(frameLength);
  const view = new DataView(frame.buffer);
  frame.fill(broadcast, 0, 6);
  frame.set(hardware, 6);
  view.setUint16(12, 0x0806);
  view.setUint16(14, 1);
  view.setUint16(16, 0x0800);
  view.setUint8(18, 6);
  view.setUint8(19, 4);
  view.setUint16(20, operationCode[operation]);
  frame.set(hardware, 22);
  frame.set(ip4(sender), 28);
  if (targetMac !== null) frame.set(ethernetAddress(targetMac), 32);
  frame.set(ip4(target), 38);
  return frame;
}

function ip4(text: string): Uint8Array {
  const bytes = parseIp(text);
  if (bytes?.length !== 4) throw new RangeError(`ARP needs an IPv4 address, found "${text}"`);
  return bytes;
}
