// HMAC-SHA256 cut to 16 bytes, with a number that names the key, so that two keys can be live at
// once. The first key signs and all of them verify. Where keys come from is key-file's business.

import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { KeyedHash } from '#ports/keyed-hash';

const macBytes = 16;

/** Null: no authentication, key number zero and sixteen zero bytes. */
export function createKeyedHash(keys: readonly Uint8Array[] | null): KeyedHash {
  if (keys === null) return withoutKeys;
  const byId = new Map<number, KeyObject>();
  for (const bytes of keys) {
    const id = keyIdOf(bytes);
    // A key given twice is one key; the first one signs.
    if (!byId.has(id)) byId.set(id, createSecretKey(bytes));
  }
  const [first] = byId;
  if (first === undefined) throw new Error('expected at least one key, found none');
  const [keyId, signing] = first;
  return {
    keyId,
    sign: (bytes) => macOf(signing, bytes),
    verify(id, bytes, mac) {
      const key = byId.get(id);
      if (key === undefined) return 'unknown-key';
      return mac.length === macBytes && timingSafeEqual(macOf(key, bytes), mac) ? 'good' : 'bad';
    },
  };
}

/** The same on every node that has the key; says nothing about it; never zero. */
export function keyIdOf(key: Uint8Array): number {
  return createHmac('sha256', key).update('locum key id').digest().readUInt32BE(0) || 1;
}

function macOf(key: KeyObject, bytes: Uint8Array): Uint8Array {
  return createHmac('sha256', key).update(bytes).digest().subarray(0, macBytes);
}

const noMac = new Uint8Array(macBytes);

const withoutKeys: KeyedHash = {
  keyId: 0,
  sign: () => noMac.slice(),
  verify(id, _bytes, mac) {
    if (id !== 0) return 'unknown-key';
    if (mac.length !== macBytes) return 'bad';
    // Nothing secret is compared.
    for (let i = 0; i < macBytes; i += 1) if (mac[i] !== 0) return 'bad';
    return 'good';
  },
};
