// The two whole Ethernet frames that tell a segment where an IPv4 address lives now. Requests and
// replies are both made, because there are switches and firewalls that believe only one of them.
// Probing and defending (RFC 5227) are absent on purpose.

import { parseIp } from '#lib/ip';
import { ethernetAddress } from './ethernet-address.ts';

const frameLength = 14 + 28;
const broadcast = 0xff;
const operationCode = { request: 1, reply: 2 } as const;

/** RFC 826: sender and target are both the announced address. Broadcast, without padding. */
export function gratuitousArp(operation: 'request' | 'reply', mac: string, address: string): Uint8Array {
  const ip = parseIp(address);
  if (ip?.length !== 4) throw new RangeError(`gratuitous ARP needs an IPv4 address, found "${address}"`);
  const hardware = ethernetAddress(mac);
  const frame = new Uint8Array(frameLength);
  const view = new DataView(frame.buffer);
  frame.fill(broadcast, 0, 6);
  frame.set(hardware, 6);
  view.setUint16(12, 0x0806);
  view.setUint16(14, 1);
  view.setUint16(16, 0x0800);
  view.setUint8(18, hardware.length);
  view.setUint8(19, ip.length);
  view.setUint16(20, operationCode[operation]);
  frame.set(hardware, 22);
  frame.set(ip, 28);
  // A request does not know its target; a reply names the address that caches should hold (RFC 5944 section 4.6).
  if (operation === 'reply') frame.set(hardware, 32);
  frame.set(ip, 38);
  return frame;
}
