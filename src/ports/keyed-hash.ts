// The keyed hash of the adverts, and the compare that takes the same time for every wrong answer.

export interface KeyedHash {
  /** Names the key that signs; 0 when adverts carry no authentication. */
  readonly keyId: number;
  /** 16 bytes over `bytes` with the signing key; all zero when there is no authentication. */
  sign(bytes: Uint8Array): Uint8Array;
  verify(keyId: number, bytes: Uint8Array, mac: Uint8Array): 'good' | 'bad' | 'unknown-key';
}
