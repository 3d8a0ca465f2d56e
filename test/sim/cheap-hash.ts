// A hash for the adverts of a simulated cluster: no secret, but no byte can change unnoticed, and it costs next to
// nothing. The real one is played in one run of a hundred.

import { createKeyedHash } from '#linux/keyed-hash';
import type { KeyedHash } from '#ports/keyed-hash';

const keyId = 1;
const macBytes = 16;
/** Whoever has something signed copies it at once. */
const mac = new Uint8Array(macBytes);

export const cheapHash: KeyedHash = {
  keyId,
  sign(bytes) {
    const hash = hashOf(bytes);
    for (let i = 0; i < macBytes; i += 1) mac[i] = hash >>> (8 * (i % 4));
    return mac;
  },
  verify(id, bytes, said) {
    if (id !== keyId) return 'unknown-key';
    if (said.length !== macBytes) return 'bad';
    const hash = hashOf(bytes);
    for (let i = 0; i < macBytes; i += 1) if (said[i] !== ((hash >>> (8 * (i % 4))) & 0xff)) return 'bad';
    return 'good';
  },
};

/** As FNV-1a, four bytes at a time: each step loses nothing of what went before, so another word is another hash. */
function hashOf(bytes: Uint8Array): number {
  let hash = 0x811c9dc5 ^ bytes.length;
  let at = 0;
  for (; at + 3 < bytes.length; at += 4) hash = Math.imul(hash ^ wordAt(bytes, at), 0x01000193);
  for (; at < bytes.length; at += 1) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
  return hash;
}

function wordAt(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
}

/** The real one in one run of a hundred. */
export function hashFor(seed: number): KeyedHash {
  return seed % 100 === 0 ? createKeyedHash([new Uint8Array(32).fill(7)]) : cheapHash;
}
