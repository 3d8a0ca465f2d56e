// One address of the host as rtnetlink says it, in both directions (linux/if_addr.h): requests that
// put an address there or take it away, and what the kernel tells of one. Whose it is, is not here.

import { formatIp, parseIp } from '#lib/ip';
import type { IpFamily } from '#lib/ip';
import { attribute, attributesOf, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REPLACE, request, u32 } from './netlink-bytes.ts';
import type { Request } from './netlink-bytes.ts';

export const RTM_NEWADDR = 20;
export const RTM_DELADDR = 21;
export const RTM_GETADDR = 22;

const AF_INET = 2;
const AF_INET6 = 10;

const IFA_ADDRESS = 1;
const IFA_LOCAL = 2;
const IFA_LABEL = 3;
const IFA_CACHEINFO = 6;
const IFA_FLAGS = 8;
const IFA_PROTO = 11;

const IFA_F_SECONDARY = 0x01;
const IFA_F_NODAD = 0x02;
const IFA_F_DADFAILED = 0x08;
const IFA_F_DEPRECATED = 0x20;
const IFA_F_TENTATIVE = 0x40;
const IFA_F_PERMANENT = 0x80;

const RT_SCOPE_HOST = 254;
const FOR_EVER = 0xffffffff;
const HEADER = 8;

/** What we write into IFA_PROTO (Linux 5.18): says whose an address is after a crash. */
export const OUR_TAG = 112;

/** Where an address is: enough to take it away. */
export interface AddressPlace {
  readonly index: number;
  readonly family: IpFamily;
  readonly address: string;
  readonly prefix: number;
}

export interface KernelAddress extends AddressPlace {
  readonly secondary: boolean;
  readonly deprecated: boolean;
  /** Not usable as a source: duplicate detection runs, or found another one. */
  readonly unproven: boolean;
  readonly permanent: boolean;
  /** Reaches no further than this host. */
  readonly hostScope: boolean;
  /** IFA_PROTO, or null where it is not set or the kernel knows none. */
  readonly tag: number | null;
}

export interface AddressOrder extends AddressPlace {
  readonly label: string | null;
  /** Null for ever. */
  readonly seconds: number | null;
  readonly tagged: boolean;
  /** `create` fails with EEXIST where the address is already; `replace` gives it a new lifetime. */
  readonly how: 'create' | 'replace';
}

export function placeKey(place: AddressPlace): string {
  return `${place.index}/${place.address}/${place.prefix}`;
}

export function writeAddress(order: AddressOrder): Request {
  const flags = NLM_F_CREATE | (order.how === 'create' ? NLM_F_EXCL : NLM_F_REPLACE);
  // Duplicate detection would hold a new address back for a second, and its answer is known: it was
  // somebody else's until now. The flag means nothing to IPv4.
  const parts = [...placeParts(order), attribute(IFA_FLAGS, u32(order.family === 6 ? IFA_F_NODAD : 0))];
  // preferred_lft 0: nobody picks a virtual address as a source by accident.
  parts.push(attribute(IFA_CACHEINFO, Buffer.concat([u32(0), u32(order.seconds ?? FOR_EVER), u32(0), u32(0)])));
  if (order.label !== null) parts.push(attribute(IFA_LABEL, Buffer.from(`${order.label}\0`, 'latin1')));
  if (order.tagged) parts.push(attribute(IFA_PROTO, Uint8Array.of(OUR_TAG)));
  return request(RTM_NEWADDR, flags, parts);
}

export function deleteAddress(place: AddressPlace): Request {
  return request(RTM_DELADDR, 0, placeParts(place));
}

function placeParts(place: AddressPlace): Buffer[] {
  const bytes = parseIp(place.address) ?? new Uint8Array(0);
  const header = Buffer.alloc(HEADER);
  header[0] = place.family === 4 ? AF_INET : AF_INET6;
  header[1] = place.prefix;
  // As `ip` does it: 127.0.0.0/8 is the host's own business, everything else is global.
  header[3] = place.family === 4 && bytes[0] === 127 ? RT_SCOPE_HOST : 0;
  header.writeUInt32LE(place.index, 4);
  return [header, attribute(IFA_LOCAL, bytes), attribute(IFA_ADDRESS, bytes)];
}

/** What RTM_NEWADDR or RTM_DELADDR says, or null for a family that is none of ours. */
export function readAddress(payload: Buffer): KernelAddress | null {
  if (payload.length < HEADER || (payload[0] !== AF_INET && payload[0] !== AF_INET6)) return null;
  const attributes = attributesOf(payload, HEADER);
  // On a point-to-point link IFA_ADDRESS is the other end.
  const bytes = attributes.get(IFA_LOCAL) ?? attributes.get(IFA_ADDRESS);
  const family = payload[0] === AF_INET ? 4 : 6;
  if (bytes === undefined || bytes.length !== (family === 4 ? 4 : 16)) return null;
  const flags = u32At(attributes.get(IFA_FLAGS), 0) ?? payload.readUInt8(2);
  return {
    index: payload.readUInt32LE(4),
    family,
    address: formatIp(bytes),
    prefix: payload.readUInt8(1),
    secondary: family === 4 && (flags & IFA_F_SECONDARY) !== 0,
    deprecated: (flags & IFA_F_DEPRECATED) !== 0,
    unproven: (flags & (IFA_F_TENTATIVE | IFA_F_DADFAILED)) !== 0,
    permanent: isForEver(attributes.get(IFA_CACHEINFO), flags),
    hostScope: payload[3] === RT_SCOPE_HOST,
    tag: attributes.get(IFA_PROTO)?.[0] ?? null,
  };
}

function isForEver(cacheinfo: Buffer | undefined, flags: number): boolean {
  const seconds = u32At(cacheinfo, 4);
  return seconds === null ? (flags & IFA_F_PERMANENT) !== 0 : seconds === FOR_EVER;
}

function u32At(bytes: Buffer | undefined, at: number): number | null {
  return bytes === undefined || bytes.length < at + 4 ? null : bytes.readUInt32LE(at);
}
