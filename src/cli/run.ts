// `locum run`: the daemon in the foreground. Whatever can be wrong with the configuration or the
// runtime directory is said before the network is touched.

import { createKeyedHash } from '#linux/keyed-hash';
import { readKeyFile } from '#linux/key-file';
import { MonotonicClock } from '#linux/monotonic-clock';
import { acquireRuntimeLock } from '#linux/runtime-lock';
import type { Settings } from '#model/settings';
import type { KeyedHash } from '#ports/keyed-hash';
import { findingText } from './check.ts';
import { CrashWatch } from './crash-watch.ts';
import { runDaemon } from './daemon.ts';
import { exitCode, Failure } from './failure.ts';
import { loadConfig } from './load-config.ts';
import type { Places } from './places.ts';

/** Time for the exit code to be set and a failure to be said. */
const lastWordsMs = 20;

export async function run(places: Places): Promise<number> {
  const compiled = loadConfig(places.config);
  process.stderr.write(findingText(compiled));
  if (compiled.kind === 'bad') {
    const { length } = compiled.problems;
    const words = `${length} problem${length === 1 ? '' : 's'} in ${places.config}: the daemon does not start`;
    throw new Failure(exitCode.configuration, words);
  }
  const hash = keyedHashOf(compiled.settings);
  const lock = acquireRuntimeLock(places.runtimeDir);
  if (lock.kind !== 'held') throw new Failure(exitCode.failed, lock.message);
  const crashes = new CrashWatch(places.stateDir, new MonotonicClock());
  // The lock ends with the process, and not before: whatever a failure left open has ended then too.
  try {
    await runDaemon(compiled.settings, hash, places);
    return exitCode.done;
  } catch (error) {
    crashes.note(error);
    throw error;
  } finally {
    endSoon();
  }
}

/** A script that hangs inside the kernel, or what a failed start left open, must not keep the process. */
function endSoon(): void {
  setTimeout(() => process.exit(), lastWordsMs).unref();
}

/** `loadConfig` has read these keys once; a file that changed since then is still refused. */
function keyedHashOf({ auth }: Settings): KeyedHash {
  if (auth.kind === 'none') return createKeyedHash(null);
  const read = readKeyFile(auth.file);
  if (read.kind === 'keys') return createKeyedHash(read.keys);
  const words = read.problems.map(({ message }) => message).join('; ');
  throw new Failure(exitCode.configuration, `${auth.file}: ${words}`);
}
