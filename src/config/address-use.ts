// Addresses that no single host can have, named for people. RFC 1122 section 3.2.1.3 for IPv4,
// RFC 4291 section 2 for IPv6.

import { formatIp } from '#lib/ip';

/** What else the address is for, or null for one that a host can have. */
export function describedUse(bytes: Uint8Array, prefix: number): string | null {
  return bytes.length === 4 ? use4(bytes, prefix) : use6(bytes);
}

function use4(bytes: Uint8Array, prefix: number): string | null {
  const [first = 0] = bytes;
  if (bytes.every((byte) => byte === 0)) return 'the unspecified address';
  if (bytes.every((byte) => byte === 255)) return 'the broadcast address';
  if (first === 0) return 'the reserved address';
  if (first === 127) return 'the loopback address';
  if (first >= 224 && first <= 239) return 'the multicast address';
  if (first >= 240) return 'the reserved address';
  // RFC 3021: with 31 bits both addresses are hosts; 32 bits leave no others.
  if (prefix >= 31) return null;
  const host = (new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0) << prefix) >>> prefix;
  if (host === 0) return 'the address of the network itself,';
  return host === 2 ** (32 - prefix) - 1 ? "the network's broadcast address" : null;
}

function use6(bytes: Uint8Array): string | null {
  const text = formatIp(bytes);
  if (text === '::') return 'the unspecified address';
  if (text === '::1') return 'the loopback address';
  if (bytes[0] === 0xff) return 'the multicast address';
  return text.startsWith('::ffff:') && text.includes('.') ? 'the IPv4 address in IPv6 form' : null;
}
