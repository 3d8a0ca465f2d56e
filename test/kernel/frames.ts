// The wire of a pair as its other end sees it: frames, and which of them are announcements.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import { ip } from './netns.ts';
import type { Pair } from './netns.ts';
import { waitFor } from './remote.ts';

/** Every frame that comes in at the watching end from now on. */
export async function capture(t: ExecutionContext, pair: Pair, name = 'eth0'): Promise<Buffer[]> {
  const program = fileURLToPath(new URL('capture.js', import.meta.url));
  const index = ip('netns', 'exec', pair.there, 'cat', `/sys/class/net/${name}/ifindex`).trim();
  const child = spawn('ip', ['netns', 'exec', pair.there, process.execPath, program, index], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  const frames: Buffer[] = [];
  let ready = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === 'ready') ready = true;
    else frames.push(Buffer.from(line, 'hex'));
  });
  await waitFor(() => ready);
  return frames;
}

export const arpsOf = (frames: readonly Buffer[]) => frames.filter((frame) => frame.readUInt16BE(12) === 0x0806);
export const advertisementsOf = (frames: readonly Buffer[]) =>
  frames.filter((frame) => frame.readUInt16BE(12) === 0x86dd && frame[20] === 58 && frame[54] === 136);
