// Every reason for which a datagram is not an advert. The words are names of counters, so they are
// stable. Who counts them, and whether one becomes a problem, is decided elsewhere.

/** The bytes are authentic as far as can be known, but no sender can have meant them. */
const malformations = [
  /** A field reaches past the end of what holds it. */
  'malformed-length',
  /** A name is empty, too long, or has a character that names cannot have. */
  'malformed-name',
  /** A number outside the range that its field can have. */
  'malformed-number',
  /** A section comes twice, echoes or facts are not whole, or one has an unknown flag or word. */
  'malformed-section',
  /** A table part that no table has: part 3 of 3, or changes since a version still to come. */
  'malformed-table',
  /** An unknown role, an unknown flag, or an address of an impossible length. */
  'malformed-entry',
] as const;

/** In the order in which they are looked for. */
export const refusals = [
  'too-short',
  'too-long',
  'bad-magic',
  'other-cluster',
  'other-major',
  /** No authentication where this node asks for it. */
  'no-auth',
  /** Signed, where this node has no key to compare with. */
  'unexpected-auth',
  'unknown-key',
  'bad-mac',
  ...malformations,
] as const;

export type Malformation = (typeof malformations)[number];
export type Refusal = (typeof refusals)[number];
