// The framing that every netlink message shares: header, attributes, errors. Numbers are in the
// byte order of the host (all machines that run Node on Linux here are little-endian).
// What the messages mean is absent on purpose.

const NLM_F_REQUEST = 0x1;
const NLM_F_ACK = 0x4;
export const NLM_F_DUMP_INTR = 0x10;
export const NLM_F_REPLACE = 0x100;
export const NLM_F_EXCL = 0x200;
export const NLM_F_CREATE = 0x400;
export const NLM_F_DUMP = 0x300;

export const NLMSG_ERROR = 2;
export const NLMSG_DONE = 3;

const HEADER = 16;
const ATTRIBUTE_HEADER = 4;
/** NLA_F_NESTED and NLA_F_NET_BYTEORDER share the field with the type. */
const ATTRIBUTE_TYPE_MASK = 0x3fff;

export interface NetlinkMessage {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

/** A message but for its number: so one that is asked again and again can be kept. */
export interface Request {
  readonly type: number;
  readonly flags: number;
  readonly body: Buffer;
}

export type Attributes = ReadonlyMap<number, Buffer>;

export function attribute(type: number, value: Uint8Array): Buffer {
  const bytes = Buffer.alloc(align(ATTRIBUTE_HEADER + value.length));
  bytes.writeUInt16LE(ATTRIBUTE_HEADER + value.length, 0);
  bytes.writeUInt16LE(type, 2);
  bytes.set(value, ATTRIBUTE_HEADER);
  return bytes;
}

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function request(type: number, flags: number, parts: readonly Uint8Array[]): Request {
  return { type, flags: NLM_F_REQUEST | flags, body: Buffer.concat(parts) };
}

/** The same, and the kernel is to answer the last of them, whatever became of it. */
export function lastAcknowledged(requests: readonly Request[]): Request[] {
  return requests.map((each, i) => (i < requests.length - 1 ? each : { ...each, flags: each.flags | NLM_F_ACK }));
}

/** As messages of one datagram, numbered from `first` on. */
export function datagramOf(requests: readonly Request[], first: number): Buffer {
  const bytes = Buffer.alloc(requests.reduce((sum, { body }) => sum + align(HEADER + body.length), 0));
  let at = 0;
  for (const [i, { type, flags, body }] of requests.entries()) {
    bytes.writeUInt32LE(HEADER + body.length, at);
    bytes.writeUInt16LE(type, at + 4);
    bytes.writeUInt16LE(flags, at + 6);
    bytes.writeUInt32LE(first + i, at + 8);
    bytes.set(body, at + HEADER);
    at += align(HEADER + body.length);
  }
  return bytes;
}

/** Every whole message of a datagram; what follows a broken length is left out. */
export function messagesOf(datagram: Buffer): NetlinkMessage[] {
  const found: NetlinkMessage[] = [];
  let at = 0;
  while (at + HEADER <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < HEADER || at + length > datagram.length) break;
    found.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      payload: datagram.subarray(at + HEADER, at + length),
    });
    at += align(length);
  }
  return found;
}

export function attributesOf(payload: Buffer, from: number): Attributes {
  const found = new Map<number, Buffer>();
  let at = from;
  while (at + ATTRIBUTE_HEADER <= payload.length) {
    const length = payload.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER || at + length > payload.length) break;
    found.set(payload.readUInt16LE(at + 2) & ATTRIBUTE_TYPE_MASK, payload.subarray(at + ATTRIBUTE_HEADER, at + length));
    at += align(length);
  }
  return found;
}

/** The positive errno of an NLMSG_ERROR, 0 for an acknowledgement. */
export function errnoOf(found: NetlinkMessage): number {
  return found.payload.length < 4 ? 0 : -found.payload.readInt32LE(0);
}

function align(length: number): number {
  return (length + 3) & ~3;
}
