// A daemon whose main loop stands still while its process runs: not SIGSTOP, which stops every thread, but a loop that
// is kept busy from inside, as by a defect of its own.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Lab } from './lab.ts';
import { monotonicMs } from './raw.ts';

export interface Stall {
  readonly startedAtMs: number;
  /** Resolves when the loop is free again. */
  readonly over: Promise<void>;
}

/** Resolves once the loop of that host's daemon was told to be busy for so long. */
export async function stallLoop(lab: Lab, host: string, ms: number): Promise<Stall> {
  const program = fileURLToPath(new URL('stall-loop.js', import.meta.url));
  const { namespace } = lab.host(host);
  const pid = String(await lab.pid(host));
  const args = ['netns', 'exec', namespace, process.execPath, program, pid, String(ms)];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const over = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`the loop of ${host} could not be kept busy: exit ${String(code)}`);
  });
  await Promise.race([once(child.stdout, 'data'), over]);
  return { startedAtMs: monotonicMs(), over };
}
