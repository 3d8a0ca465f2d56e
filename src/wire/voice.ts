// Who speaks for an address in a frame that came in: the sender of an ARP packet, the target of a neighbour
// advertisement. Total: any bytes give a voice or null. An ordinary question says who looks for an address, not who
// has it, and is no voice. An ARP probe (RFC 5227) is, and so is a neighbour solicitation to all nodes: whoever sends one is
// about to take the address.

import { formatIp } from '#lib/ip';
import { ethernetText } from './ethernet-address.ts';
import { icmp6Checksum } from './internet-checksum.ts';

export interface Voice {
  /** Canonical. */
  readonly address: string;
  readonly mac: string;
  /** The MAC that somebody else's question was answered to; null for what was said unasked. */
  readonly answers: string | null;
  /** It does not have the address yet. */
  readonly probes: boolean;
}

const ethernetLength = 14;
const arpLength = 28;
const ipLength = 40;
const advertisementLength = 24;
const flagSolicited = 0x40;

export function readArpVoice(frame: Uint8Array): Voice | null {
  if (frame.length < ethernetLength + arpLength) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const head = [view.getUint16(12), view.getUint16(14), view.getUint16(16), view.getUint16(18)].join();
  if (head !== ethernetArp) return null;
  const mac = frame.subarray(22, 28);
  const address = frame.subarray(28, 32);
  // What no host can have as its MAC is nobody's.
  if (!isUnicast(mac)) return null;
  if (address.every((byte) => byte === 0)) {
    return view.getUint16(20) === 1 ? { ...voice(frame.subarray(38, 42), mac, null), probes: true } : null;
  }
  const answers = view.getUint16(20) === 2 && isUnicast(frame.subarray(0, 6)) ? frame.subarray(0, 6) : null;
  return voice(address, mac, answers);
}

/** EtherType ARP; hardware Ethernet, protocol IPv4, lengths 6 and 4. */
const ethernetArp = [0x0806, 1, 0x0800, 0x0604].join();

export function readNeighbourVoice(frame: Uint8Array): Voice | null {
  const start = ethernetLength + ipLength;
  if (frame.length < start + advertisementLength) return null;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  const length = view.getUint16(18);
  if (view.getUint16(12) !== 0x86dd || frame[14] === undefined || frame[14] >> 4 !== 6 || frame[20] !== 58) return null;
  // RFC 4861 section 7.1.2: hop limit, checksum, code, length, target. What a router forwarded has a lower hop limit.
  if (frame[21] !== 255 || length < advertisementLength || frame.length < start + length) return null;
  const message = frame.subarray(start, start + length);
  const probes = message[0] === 135 && ethernetText(frame.subarray(0, 6)) === allNodes;
  if ((message[0] !== 136 && !probes) || message[1] !== 0 || message[8] === 0xff) return null;
  if (icmp6Checksum(frame.subarray(22, 38), frame.subarray(38, 54), message) !== 0) return null;
  const mac = linkLayerAddress(message) ?? frame.subarray(6, 12);
  if (!isUnicast(mac)) return null;
  if (probes) return { ...voice(message.subarray(8, 24), mac, null), probes };
  const solicited = ((message[4] ?? 0) & flagSolicited) !== 0 && isUnicast(frame.subarray(0, 6));
  return voice(message.subarray(8, 24), mac, solicited ? frame.subarray(0, 6) : null);
}

/** The frame of a multicast to ff02::1. */
const allNodes = '33:33:00:00:00:01';

/** The option of type 2, or of type 1 in a solicitation (RFC 4861 section 4.6.1). */
function linkLayerAddress(message: Uint8Array): Uint8Array | null {
  for (let at = advertisementLength; at + 8 <= message.length; ) {
    const units = message[at + 1] ?? 0;
    if (units === 0) return null;
    if (message[at] === (message[0] === 135 ? 1 : 2) && units === 1) return message.subarray(at + 2, at + 8);
    at += units * 8;
  }
  return null;
}

function isUnicast(mac: Uint8Array): boolean {
  return ((mac[0] ?? 1) & 1) === 0 && mac.some((byte) => byte !== 0);
}

function voice(address: Uint8Array, mac: Uint8Array, answers: Uint8Array | null): Voice {
  return {
    address: formatIp(address),
    mac: ethernetText(mac),
    answers: answers === null ? null : ethernetText(answers),
    probes: false,
  };
}
