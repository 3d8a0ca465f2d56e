// Who a user name is: number, primary group and every group that lists the user, from the host's
// own files. Directory services are absent on purpose: asking one could block the daemon for
// seconds, and a check must not depend on a server. Never guesses: an unknown name is an error.

import { readFileSync, statSync } from 'node:fs';

export interface Account {
  readonly uid: number;
  readonly gid: number;
  /** All groups, the primary one included, each once. */
  readonly groups: readonly number[];
}

export interface AccountFiles {
  readonly passwd: string;
  readonly group: string;
}

const hostFiles: AccountFiles = { passwd: '/etc/passwd', group: '/etc/group' };

/** A file as lines of fields, read again only after it changed. */
class Table {
  readonly #path: string;
  #stamp = '';
  #rows: readonly (readonly string[])[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  rows(): readonly (readonly string[])[] {
    const { mtimeMs, size, ino } = statSync(this.#path);
    const stamp = `${mtimeMs} ${size} ${ino}`;
    if (stamp !== this.#stamp) {
      const lines = readFileSync(this.#path, 'utf8').split('\n');
      this.#rows = lines.map((line) => line.split(':'));
      this.#stamp = stamp;
    }
    return this.#rows;
  }
}

export class Accounts {
  readonly #files: AccountFiles;
  readonly #passwd: Table;
  readonly #group: Table;

  constructor(files: AccountFiles = hostFiles) {
    this.#files = files;
    this.#passwd = new Table(files.passwd);
    this.#group = new Table(files.group);
  }

  /** The account, or a sentence that says why there is none. */
  find(name: string): Account | string {
    try {
      const row = this.#passwd.rows().find((fields) => fields[0] === name);
      const uid = idOf(row?.[2]);
      const gid = idOf(row?.[3]);
      if (uid === null || gid === null) {
        return `expected a user of this host, found "${name}", which ${this.#files.passwd} does not have`;
      }
      return { uid, gid, groups: this.#groupsOf(name, gid) };
    } catch (error) {
      return `cannot look up user "${name}": ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** The first name that has this number; null where there is none. */
  nameOf(uid: number): string | null {
    try {
      return this.#passwd.rows().find((fields) => idOf(fields[2]) === uid)?.[0] ?? null;
    } catch {
      return null;
    }
  }

  #groupsOf(name: string, gid: number): readonly number[] {
    const groups = new Set([gid]);
    for (const [, , id, members = ''] of this.#group.rows()) {
      const number = idOf(id);
      if (number !== null && members.split(',').includes(name)) groups.add(number);
    }
    return [...groups];
  }
}

function idOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : null;
}
