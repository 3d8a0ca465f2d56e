// What a configuration needs to know about the host it is for. The linux side answers at the moment
// it is asked; nothing here opens, reads or changes a file.

import type { InterfaceName } from './names.ts';

export interface HostFacts {
  /** The host's own name, the default for the node's. */
  readonly hostName: string;
  /** The user that will run the daemon. */
  readonly uid: number;
  /** How far apart the kernel's own timers can end, in ms: one of its ticks. */
  readonly tickMs: number;
  /** Follows symbolic links. */
  path(path: string): PathFacts;
  hasInterface(name: InterfaceName): boolean;
  hasUser(name: string): boolean;
}

export type PathFacts =
  | { readonly kind: 'missing' }
  /** It may be there, but this user cannot look: a directory on the way is closed, for one. */
  | { readonly kind: 'unknown'; readonly error: string }
  /** There, and not a regular file. `what` names it with its article: `a directory`. */
  | { readonly kind: 'other'; readonly what: string }
  /** `mode` holds the permission bits alone (07777). */
  | { readonly kind: 'file'; readonly mode: number; readonly uid: number };
