// The two whole Ethernet frames that tell a segment where an IPv4 address lives now. Requests and
// replies are both made, because there are switches and firewalls that believe only one of them.
// Questions (RFC 5227) are elsewhere.

import { arpFrame } from './arp-frame.ts';

/** RFC 826: sender and target are both the announced address. Broadcast, without padding. */
export function gratuitousArp(operation: 'request' | 'reply', mac: string, address: string): Uint8Array {
  // A request does not know its target; a reply names the address that caches should hold (RFC 5944 section 4.6).
  const targetMac = operation === 'reply' ? mac : null;
  return arpFrame({ operation, mac, sender: address, targetMac, target: address });
}
