// One datagram reaches many hosts: it is decoded when the first takes it in, and the others get the same value, which
// nobody can write into. A copy with another byte in it is another datagram. Where the real hash is played each
// host decodes for itself.

import { decodeDatagram, type Decoded, type Expected } from '#wire/decode-datagram';

/** A power of two: as a rule more than are on their way at once. What lies here longer outlives its use, at a price. */
const places = 64;

export function decodeOnce(): typeof decodeDatagram {
  const known: ({ readonly bytes: Uint8Array; readonly decoded: Decoded } | undefined)[] = [];
  known.length = places;
  return (bytes: Uint8Array, expected: Expected): Decoded => {
    const place = ((bytes.byteOffset >> 6) ^ bytes.length) & (places - 1);
    const last = known[place];
    if (last?.bytes === bytes) return last.decoded;
    const decoded = decodeDatagram(bytes, expected);
    known[place] = { bytes, decoded };
    return decoded;
  };
}
