// The whole Ethernet frame that asks a segment who has an IPv6 address (RFC 4861 section 4.3), to the
// solicited-node multicast group of that address, with hop limit 255. The same question to all nodes (ff02::1) is how a
// host says that it is about to take the address: nobody else asks so, and unlike the group it reaches hosts that have not
// joined it, switches that snoop included.

import { parseIp } from '#lib/ip';
import { ethernetAddress } from './ethernet-address.ts';
import { icmp6Checksum } from './internet-checksum.ts';

const ethernetLength = 14;
const ipLength = 40;
const messageLength = 24;
const optionLength = 8;
const unspecified = '::';
const allNodes = 'ff02::1';

export interface NeighbourQuestion {
  readonly mac: string;
  /** A link-local address of ours: the answer comes to it alone. Null: none, and the answer goes to all nodes (RFC 4862). */
  readonly source: string | null;
  readonly target: string;
  /** To all nodes: it is about to take the address. */
  readonly probes?: boolean;
}

export function neighbourSolicitation({ mac, source, target, probes = false }: NeighbourQuestion): Uint8Array {
  const wanted = ip6(target);
  const group = Uint8Array.of(0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, ...wanted.subarray(13));
  const destination = probes ? ip6(allNodes) : group;
  const sender = ip6(source ?? unspecified);
  // The option must be absent where the source is unspecified (RFC 4861 section 4.3).
  const length = messageLength + (source === null ? 0 : optionLength);
  const frame = new Uint8Array(ethernetLength + ipLength + length);
  const view = new DataView(frame.buffer);
  frame.set([0x33, 0x33, ...destination.subarray(12)], 0);
  frame.set(ethernetAddress(mac), 6);
  view.setUint16(12, 0x86dd);
  view.setUint8(14, 0x60);
  view.setUint16(18, length);
  view.setUint8(20, 58);
  view.setUint8(21, 255);
  frame.set(sender, 22);
  frame.set(destination, 38);
  const message = frame.subarray(ethernetLength + ipLength);
  message[0] = 135;
  message.set(wanted, 8);
  if (source !== null) message.set([1, 1, ...ethernetAddress(mac)], messageLength);
  view.setUint16(ethernetLength + ipLength + 2, icmp6Checksum(sender, destination, message));
  return frame;
}

function ip6(text: string): Uint8Array {
  const bytes = parseIp(text);
  if (bytes?.length !== 16) throw new RangeError(`neighbour solicitation needs an IPv6 address, found "${text}"`);
  return bytes;
}
