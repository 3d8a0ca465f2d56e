// Starts a program without keeping the main loop: the call runs on a thread of libuv's pool, and shares its memory
// with the child until that is another program (posix_spawn). Node's own spawn copies the page tables of the whole
// daemon on the main thread and waits there until the child was scheduled: 7 ms on an idle host, more on a busy one.
// Owns what a child inherits: three descriptors, no signal of ours, a session of its own, `/`. Its end is children.ts.

import { getSystemErrorName } from 'node:util';
import koffi from 'koffi';

export interface Launch {
  readonly path: string;
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Null: /dev/null. */
  readonly stdin: number | null;
  /** For both of its streams. */
  readonly output: number;
}

type Call = (...args: readonly unknown[]) => number;

const libc = koffi.load(null);
const posixSpawn = libc.func(
  'int posix_spawn(_Out_ int *pid, const char *path, const void *actions, const void *attr, const void *argv, const void *envp)',
);
const actionsInit = libc.func('int posix_spawn_file_actions_init(void *actions)') as Call;
const actionsDestroy = libc.func('int posix_spawn_file_actions_destroy(void *actions)') as Call;
const addDup = libc.func('int posix_spawn_file_actions_adddup2(void *actions, int fd, int as)') as Call;
const addOpen = libc.func(
  'int posix_spawn_file_actions_addopen(void *actions, int fd, const char *path, int flags, unsigned int mode)',
) as Call;
const addDirectory = libc.func('int posix_spawn_file_actions_addchdir_np(void *actions, const char *path)') as Call;
const addCloseFrom = optional('int posix_spawn_file_actions_addclosefrom_np(void *actions, int from)');

/** More than either structure takes in any libc. */
const structureBytes = 1024;
const resetSignals = 0x04;
const unblockSignals = 0x08;
const ownSession = 0x80;

/** Never throws. `done` comes later, and the descriptors are the caller's to close then. */
export function spawnBeside(launch: Launch, done: (pid: number | null, error: string) => void): void {
  const argv = strings(launch.argv);
  const envp = strings(Object.entries(launch.environment).map(([name, value]) => `${name}=${value}`));
  const actions = actionsOf(launch);
  const pid = [0];
  posixSpawn.async(
    pid,
    launch.path,
    actions,
    attributes,
    argv.table,
    envp.table,
    (fault: Error | null, code: number) => {
      actionsDestroy(actions);
      // Referred to here, so that neither is collected while the other thread reads it.
      const kept = argv.bytes.length + envp.bytes.length > 0;
      if (fault === null && code === 0 && kept) done(pid[0] ?? 0, '');
      else done(null, fault === null ? getSystemErrorName(-code) : fault.message);
    },
  );
}

/** Kept for life: every call reads it, and none changes it. */
const attributes = ((): Buffer => {
  const made = Buffer.alloc(structureBytes);
  const every = Buffer.alloc(128, 0xff);
  const none = Buffer.alloc(128);
  (libc.func('int posix_spawnattr_init(void *attributes)') as Call)(made);
  // What Node ignores or catches would else stay ignored, and what this thread blocks would stay blocked.
  (libc.func('int posix_spawnattr_setsigdefault(void *attributes, const void *set)') as Call)(made, every);
  (libc.func('int posix_spawnattr_setsigmask(void *attributes, const void *set)') as Call)(made, none);
  const flags = resetSignals | unblockSignals | ownSession;
  (libc.func('int posix_spawnattr_setflags(void *attributes, short flags)') as Call)(made, flags);
  return made;
})();

function actionsOf({ stdin, output }: Launch): Buffer {
  const actions = Buffer.alloc(structureBytes);
  actionsInit(actions);
  if (stdin === null) addOpen(actions, 0, '/dev/null', 0, 0);
  else addDup(actions, stdin, 0);
  addDup(actions, output, 1);
  addDup(actions, output, 2);
  // What a package opens between the call and the child, and forgets to mark. Older libraries cannot: see keepDescriptors.
  addCloseFrom?.(actions, 3);
  addDirectory(actions, '/');
  return actions;
}

/** As execve wants them: pointers to strings that end with a zero byte, and a null pointer at the end. */
function strings(words: readonly string[]): { readonly bytes: Buffer; readonly table: Buffer } {
  const bytes = Buffer.from(`${words.join('\0')}\0`, 'utf8');
  const table = Buffer.alloc((words.length + 1) * 8);
  let at = koffi.address(bytes);
  for (const [i, word] of words.entries()) {
    table.writeBigUInt64LE(at, i * 8);
    at += BigInt(Buffer.byteLength(word) + 1);
  }
  return { bytes, table };
}

function optional(prototype: string): Call | null {
  try {
    return libc.func(prototype) as Call;
  } catch {
    return null;
  }
}
