// What the tables of a daemon are called: its runtime directory gives the name, so that several daemons share a host and
// the next one of the same directory finds them.

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';

export function gateName(runtimeDir: string): string {
  const path = resolve(runtimeDir);
  return `locum-${createHash('sha256').update(realPath(path)).digest('hex').slice(0, 8)}`;
}

/** Of a gate, in turn. */
export function namesFor(name: string): readonly [string, string] {
  return [name, `${name}-b`];
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
