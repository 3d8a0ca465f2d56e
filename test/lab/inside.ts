// What happens inside a daemon and nowhere else: its main loop is kept busy, though its process runs and has its other
// threads (SIGSTOP stops them all); or it loses a right that it had.

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
export function stallLoop(lab: Lab, host: string, ms: number): Promise<Stall> {
  return evaluate(lab, host, `{ const end = performance.now() + ${ms}; while (performance.now() < end); }`);
}

/** From now on the kernel refuses it whatever only root may do. */
export async function loseRoot(lab: Lab, host: string): Promise<void> {
  const { over } = await evaluate(lab, host, 'process.seteuid(65534)');
  await over;
}

async function evaluate(lab: Lab, host: string, expression: string): Promise<Stall> {
  const program = fileURLToPath(new URL('evaluate.js', import.meta.url));
  const pid = String(await lab.pid(host));
  const args = ['netns', 'exec', lab.host(host).namespace, process.execPath, program, pid, expression];
  const child = spawn('ip', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const over = once(child, 'exit').then(([code]) => {
    if (code !== 0) throw new Error(`nothing could be evaluated in the daemon of ${host}: exit ${String(code)}`);
  });
  await Promise.race([once(child.stdout, 'data'), over]);
  return { startedAtMs: monotonicMs(), over };
}
