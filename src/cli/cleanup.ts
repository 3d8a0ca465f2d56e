// `locum cleanup`: takes away the addresses that a dead daemon of this runtime directory left, and no
// other. Never beside a live one, not even a frozen one: the lock of the runtime directory tells.

import { existsSync, lstatSync, unlinkSync } from 'node:fs';
import { cleanup } from '#linux/claims-cleanup';
import { acquireRuntimeLock } from '#linux/runtime-lock';
import { keyWords } from '#ops/words';
import { exitCode, Failure } from './failure.ts';
import { controlSocket, type Places } from './places.ts';

export async function cleanUp({ runtimeDir }: Pick<Places, 'runtimeDir'>): Promise<number> {
  if (!existsSync(runtimeDir)) {
    say(`nothing to clean up: there is no ${runtimeDir}`);
    return exitCode.done;
  }
  const lock = acquireRuntimeLock(runtimeDir);
  if (lock.kind === 'taken') {
    throw new Failure(exitCode.refused, `${lock.message}: stop it first; a daemon takes its own addresses away`);
  }
  if (lock.kind === 'failed') throw new Failure(exitCode.failed, lock.message);
  try {
    const code = report(await cleanup(runtimeDir), runtimeDir);
    removeDeadSocket(controlSocket({ runtimeDir }));
    return code;
  } finally {
    lock.release();
  }
}

function report(
  { removed, skipped, failed, gate, trouble }: Awaited<ReturnType<typeof cleanup>>,
  runtimeDir: string,
): number {
  const touched = removed.length + skipped.length + failed.length + (gate === null ? 0 : 1);
  if (trouble !== null && touched === 0) throw new Failure(exitCode.failed, `nothing was touched: ${trouble}`);
  for (const key of removed) say(`removed ${keyWords(key)}`);
  if (gate !== null) say(`removed the tables ${gate} of nf_tables`);
  for (const { key, why } of skipped) say(`left ${keyWords(key)} alone: ${why}`);
  if (trouble !== null) throw new Failure(exitCode.failed, trouble);
  if (touched === 0) say(`nothing to clean up in ${runtimeDir}`);
  if (failed.length === 0) return exitCode.done;
  const words = failed.map(({ key, why }) => `${keyWords(key)} (${why})`).join(', ');
  throw new Failure(exitCode.failed, `could not remove ${words}; the record is kept, so cleanup can be run again`);
}

/** The lock is ours, so nobody listens there. */
function removeDeadSocket(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true) unlinkSync(path);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
