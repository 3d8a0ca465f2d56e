// How a program is started as another user: through setpriv (util-linux), which changes what it is
// and then becomes the program, with the same pid and group. Owns its arguments and the words for
// what it refuses. Running and ending the program is absent: program.ts does that.

import { existsSync } from 'node:fs';
import type { CheckOutcome } from '#model/input';
import { Accounts } from './accounts.ts';

export const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

const accounts = new Accounts();

/**
 * Arguments for setpriv, or why there are none. The program gets the user's own groups and none of
 * ours, and it dies with the daemon unless it is meant to outlive it: nobody would be left to end it in time.
 */
export function launchAs(user: string, command: readonly string[], outlives = false): readonly string[] | string {
  const account = accounts.find(user);
  if (typeof account === 'string') return account;
  const identity =
    account.uid === process.geteuid?.()
      ? []
      : ['--reuid', String(account.uid), '--regid', String(account.gid), '--groups', account.groups.join(',')];
  const end = outlives ? [] : ['--pdeathsig', 'KILL'];
  return [...identity, ...end, '--', ...command];
}

/** Null where this host has none. */
export function findLauncher(): string | null {
  if (launcher === null || !existsSync(launcher)) {
    launcher =
      searchPath
        .split(':')
        .map((place) => `${place}/setpriv`)
        .find((path) => existsSync(path)) ?? null;
  }
  return launcher;
}

let launcher: string | null = null;

/** 126 and 127 with its own words are how setpriv says that the program never began. */
export function launcherRefusal(
  outcome: CheckOutcome,
  output: string,
  user: string,
  command: readonly string[],
): CheckOutcome | null {
  if (outcome.kind !== 'exit' || (outcome.code !== 126 && outcome.code !== 127)) return null;
  const said = /^setpriv: (.*)$/.exec(output)?.[1];
  if (said === undefined) return null;
  const [script = ''] = command;
  const hint =
    said.endsWith('No such file or directory') && existsSync(script)
      ? '; the file is there, so the interpreter in its first line is not'
      : '';
  return { kind: 'cannot-run', error: `as user ${user}: ${said}${hint}` };
}
