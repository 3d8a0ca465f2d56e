// What a Node process has before the daemon does anything: empty, and with the packages imported that the daemon is made
// of. Each is a process of its own, with the words that the daemon's first line gives to Node, and idle for a while.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { costOf } from './processes.ts';
import type { Sample } from './results.ts';

/** What `dependencies` of package.json has; esbuild puts the last four into the program. */
export const importedPackages = [
  'koffi',
  'netlink',
  'raw-socket',
  'dgram-as-promised',
  'systemd-notify',
  'toml',
  'commander',
] as const;

const root = fileURLToPath(new URL('../..', import.meta.url));
const idleMs = 500;

export async function measureMemory(): Promise<Sample> {
  const imports = importedPackages.map((name) => `await import('${name}');`).join('');
  return { emptyMb: await residentMb(''), importedMb: await residentMb(imports) };
}

async function residentMb(program: string): Promise<number> {
  const args = [
    '--single-threaded-gc',
    '--no-memory-reducer',
    '--input-type=module',
    '--eval',
    `${program}console.log(1);setInterval(() => {}, 1e6)`,
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  try {
    await Promise.race([
      once(child.stdout, 'data'),
      exit.then(() => {
        throw new Error('a Node process that was to be measured has ended');
      }),
    ]);
    await sleep(idleMs);
    return Math.round(costOf(child.pid ?? 0).residentMb * 1000) / 1000;
  } finally {
    child.kill('SIGKILL');
    await exit;
  }
}

export const unsoundMemory = ({ emptyMb, importedMb }: Sample): string | null =>
  (emptyMb ?? 0) > 0 && (importedMb ?? 0) > 0 ? null : 'a Node process without memory';
