// The ICMPv6 message that tells a segment where an IPv6 address lives now (RFC 4861 section 4.4),
// without the IP header: hop limit 255 and the destination ff02::1 are up to who sends it.

import { parseIp } from '#lib/ip';
import { ethernetAddress } from './ethernet-address.ts';
import { icmp6Checksum } from './internet-checksum.ts';

const messageLength = 32;
const flagRouter = 0x80;
const flagOverride = 0x20;
const optionTargetLinkLayerAddress = 2;

/** Where it must be sent: the checksum counts on it. */
export const allNodes = 'ff02::1';

export interface NeighbourAnnouncement {
  /** The address that the IP header will have as its source. */
  readonly source: string;
  readonly target: string;
  readonly mac: string;
  /** Whether this host forwards: who said it was a router and then says no drops out of routing tables. */
  readonly router: boolean;
}

export function unsolicitedNeighbourAdvertisement({ source, target, mac, router }: NeighbourAnnouncement): Uint8Array {
  const message = new Uint8Array(messageLength);
  message[0] = 136;
  message[4] = flagOverride | (router ? flagRouter : 0);
  message.set(ip6(target), 8);
  message[24] = optionTargetLinkLayerAddress;
  message[25] = 1;
  message.set(ethernetAddress(mac), 26);
  new DataView(message.buffer).setUint16(2, icmp6Checksum(ip6(source), ip6(allNodes), message));
  return message;
}

function ip6(text: string): Uint8Array {
  const bytes = parseIp(text);
  if (bytes?.length !== 16) throw new RangeError(`neighbour advertisement needs an IPv6 address, found "${text}"`);
  return bytes;
}
