// The keyed hash as this room needs it. It has the shape of the `KeyedHash` port and is written
// here once more because `wire` may not import the ports; a unit test holds the two together.

export interface KeyedHash {
  /** Names the key that signs; 0 when datagrams carry no authentication. */
  readonly keyId: number;
  sign(bytes: Uint8Array): Uint8Array;
  /** Takes the same time for every wrong answer. */
  verify(keyId: number, bytes: Uint8Array, mac: Uint8Array): 'good' | 'bad' | 'unknown-key';
}
