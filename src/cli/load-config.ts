// The configuration of this host, from the file to settings or to every problem in it. What is done
// about problems is the caller's: `check` prints them, `run` does not start.

import { readFileSync } from 'node:fs';
import { type Compiled, compile } from '#config/compile';
import { readHostFacts } from '#linux/host-facts';
import { readKeyFile } from '#linux/key-file';
import { errorCode } from './failure.ts';

export function loadConfig(file: string): Compiled {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    return { kind: 'bad', problems: [{ file, line: 1, key: '', message: unreadable(file, error) }], warnings: [] };
  }
  return withKeys(compile(text, file, readHostFacts()));
}

/** A key file that nobody can use is found out now, and not when the daemon starts. */
function withKeys(compiled: Compiled): Compiled {
  if (compiled.kind === 'bad' || compiled.settings.auth.kind === 'none') return compiled;
  const { file } = compiled.settings.auth;
  const read = readKeyFile(file);
  if (read.kind === 'keys') return compiled;
  const problems = read.problems.map(({ line, message }) => ({ file, line: line ?? 1, key: '', message }));
  return { kind: 'bad', problems, warnings: compiled.warnings };
}

function unreadable(file: string, error: unknown): string {
  switch (errorCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'expected a configuration file, found nothing. Write one, or name another with --config FILE.';
    case 'EISDIR':
      return 'expected a configuration file, found a directory. Name the file in it with --config FILE.';
    case 'EACCES':
    case 'EPERM':
      return `expected a configuration file that this user may read, found ${barrier(file)}. Use sudo, or change its mode.`;
    case 'ERR_ENCODING_INVALID_ENCODED_DATA':
      return 'expected UTF-8 text, found bytes that are not. Save the file as UTF-8.';
    case null:
    default:
      return `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** Whoever may not even look at a file may not enter a directory before it. */
function barrier(file: string): string {
  const facts = readHostFacts().path(file);
  if (facts.kind === 'other') return facts.what;
  if (facts.kind !== 'file') return 'a directory on the way to it that this user may not enter';
  const owner = facts.uid === 0 ? 'root' : `uid ${facts.uid}`;
  return `one with mode ${facts.mode.toString(8).padStart(4, '0')}, owned by ${owner}`;
}
