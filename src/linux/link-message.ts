// One link of the host as RTM_NEWLINK and RTM_DELLINK tell of it (linux/if_link.h).

import { attributesOf } from './netlink-bytes.ts';

export const RTM_NEWLINK = 16;
export const RTM_DELLINK = 17;
export const RTM_GETLINK = 18;

const HEADER = 16;
const AF_UNSPEC = 0;
const IFF_UP = 0x1;
const IFF_RUNNING = 0x40;
const IFF_NOARP = 0x80;
const IFLA_ADDRESS = 1;
const IFLA_IFNAME = 3;

export interface KernelLink {
  readonly index: number;
  readonly name: string;
  readonly up: boolean;
  /** Neither ARP nor neighbour discovery is spoken there. */
  readonly noArp: boolean;
  /** Empty where the link has no address of its own kind. */
  readonly mac: string;
}

/** Null for what is no link: a bridge tells of its ports with the same messages in its own family. */
export function readLink(payload: Buffer): KernelLink | null {
  if (payload.length < HEADER || payload[0] !== AF_UNSPEC) return null;
  const attributes = attributesOf(payload, HEADER);
  const flags = payload.readUInt32LE(8);
  return {
    index: payload.readUInt32LE(4),
    name: attributes.get(IFLA_IFNAME)?.toString('latin1').replace(/\0.*$/, '') ?? '',
    up: (flags & IFF_UP) !== 0 && (flags & IFF_RUNNING) !== 0,
    noArp: (flags & IFF_NOARP) !== 0,
    mac: [...(attributes.get(IFLA_ADDRESS) ?? [])].map((byte) => byte.toString(16).padStart(2, '0')).join(':'),
  };
}
