// The names that travel through every room. All of them are short ASCII words
// (letters, digits, dot, dash, underscore), so that they fit the wire and a log line.

export type NodeName = string;
export type GroupName = string;
export type CheckName = string;
export type InterfaceName = string;

/** A random word of 16 hex digits, new at each start of a daemon. */
export type BootId = string;

/** An interface that carries adverts, or `peers` for the one path of a unicast peer list. */
export type PathName = string;

/** Numbers that tie an outcome to the effect that asked for it. */
export type EffectId = number;
