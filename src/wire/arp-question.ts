// The two whole Ethernet frames that ask a segment who has an IPv4 address: a probe, which no host takes
// into its table, and an ordinary request, which an answer's way back is learnt from.

import { arpFrame } from './arp-frame.ts';

/** RFC 5227 section 2.1.1: no sender address, so that nobody's table changes. Who has the target answers to `mac`. */
export function arpProbe(mac: string, target: string): Uint8Array {
  return arpFrame({ operation: 'request', mac, sender: '0.0.0.0', targetMac: null, target });
}

export function arpRequest(mac: string, sender: string, target: string): Uint8Array {
  return arpFrame({ operation: 'request', mac, sender, targetMac: null, target });
}
