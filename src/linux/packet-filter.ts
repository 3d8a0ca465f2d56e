// Programs for the kernel (classic BPF, see socket(7)) that let only frames through which speak for one of our
// addresses, so that a busy segment costs this process nothing. What they let through is looked at again.

import { parseIp } from '#lib/ip';
import {
  assembled,
  type Instruction,
  JUMP,
  JUMP_IF_EQUAL,
  LOAD_BYTE,
  LOAD_HALF,
  LOAD_WORD,
  RETURN,
} from './classic-program.ts';

const WHOLE_FRAME = 0xffff;
const NOTHING = 0;

/** Where in an Ethernet frame. */
const ARP_KINDS_AT = 14;
const ARP_LENGTHS_AT = 18;
const ARP_SENDER_AT = 28;
const ARP_TARGET_AT = 38;
const NEXT_HEADER_AT = 20;
const ICMP6_TYPE_AT = 54;
/** The last four of its sixteen bytes: enough to turn nearly everything away. */
const TARGET_END_AT = 74;

/** BOUNDED: the kernel takes programs of 4,096 instructions; with more addresses than this, all are let through. */
const MOST_WORDS = 1000;

/** ARP whose sender is one of these IPv4 addresses, or that probes for one of them: its sender is zero. */
export function arpFilter(addresses: readonly string[]): Uint8Array {
  const probes = oneOf(ARP_TARGET_AT, addresses);
  return assembled([
    { code: LOAD_WORD, value: ARP_KINDS_AT },
    ...demand(0x0001_0800),
    { code: LOAD_HALF, value: ARP_LENGTHS_AT },
    ...demand(0x0604),
    { code: LOAD_WORD, value: ARP_SENDER_AT },
    { code: JUMP_IF_EQUAL, ifTrue: 1, value: 0 },
    { code: JUMP, value: probes.length },
    ...probes,
    ...oneOf(ARP_SENDER_AT, addresses),
  ]);
}

/**
 * Neighbour advertisements, and solicitations to all nodes (33:33:00:00:00:01), whose target is, but for its first twelve
 * bytes, one of these IPv6 addresses.
 */
export function advertisementFilter(addresses: readonly string[]): Uint8Array {
  return assembled([
    { code: LOAD_BYTE, value: NEXT_HEADER_AT },
    ...demand(58),
    { code: LOAD_BYTE, value: ICMP6_TYPE_AT },
    { code: JUMP_IF_EQUAL, ifTrue: toAllNodes.length, value: 136 },
    ...toAllNodes,
    ...oneOf(TARGET_END_AT, addresses),
  ]);
}

/** Whatever is a solicitation, and sent to them. */
const toAllNodes: readonly Instruction[] = [
  ...demand(135),
  { code: LOAD_WORD, value: 0 },
  ...demand(0x3333_0000),
  { code: LOAD_HALF, value: 4 },
  ...demand(1),
];

function demand(value: number): Instruction[] {
  return [
    { code: JUMP_IF_EQUAL, ifTrue: 1, value },
    { code: RETURN, value: NOTHING },
  ];
}

/** A jump reaches 255 instructions at most, so each comparison has its own end. */
function oneOf(at: number, addresses: readonly string[]): Instruction[] {
  const words = [...new Set(addresses.map(lastWord))];
  if (words.length > MOST_WORDS) return [{ code: RETURN, value: WHOLE_FRAME }];
  return [
    { code: LOAD_WORD, value: at },
    ...words.flatMap((value) => [
      { code: JUMP_IF_EQUAL, ifFalse: 1, value },
      { code: RETURN, value: WHOLE_FRAME },
    ]),
    { code: RETURN, value: NOTHING },
  ];
}

function lastWord(address: string): number {
  const bytes = parseIp(address);
  if (bytes === null) throw new TypeError(`expected an IP address, found "${address}"`);
  return Buffer.from(bytes).readUInt32BE(bytes.length - 4);
}
