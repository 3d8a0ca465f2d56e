// Whether this node is fenced when its daemon starts: by its latch, or because daemons before it died too often.

import type { Latch } from '#model/fence';
import { tooManyCrashes } from './crash-book.ts';
import { type LatchClocks, readLatch } from './latch-file.ts';

export function latchAtStart(stateDir: string, clocks: LatchClocks): Latch | null {
  const latch = readLatch(stateDir, clocks);
  if (latch !== null) return latch;
  const count = tooManyCrashes(stateDir, clocks);
  return count === null ? null : { cause: { kind: 'crashes', count }, heldMs: 0, remainingMs: null };
}
