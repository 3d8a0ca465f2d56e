// A directory for scripts that checks and hooks run and for the files through which a test talks to them. Readable for
// the unprivileged user that checks run as. Gone with the test.

import { mkdirSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Scratch {
  readonly dir: string;

  private constructor(dir: string) {
    this.dir = dir;
  }

  static async make(owner: { teardown(end: () => Promise<void>): void }): Promise<Scratch> {
    const dir = await mkdtemp(join(tmpdir(), 'locum-e2e-'));
    await chmod(dir, 0o755);
    owner.teardown(() => rm(dir, { recursive: true, force: true }));
    return new Scratch(dir);
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** An executable for /bin/sh; its path. */
  async script(name: string, ...lines: readonly string[]): Promise<string> {
    await writeFile(this.path(name), `${['#!/bin/sh', ...lines].join('\n')}\n`, { mode: 0o755 });
    return this.path(name);
  }

  /** Written in place, so that it stays the same file for whoever reads it all the time. */
  async put(name: string, text: string): Promise<void> {
    await writeFile(this.path(name), text);
  }

  async lines(name: string): Promise<string[]> {
    const text = await readFile(this.path(name), 'utf8').catch(() => '');
    return text.split('\n').filter((line) => line !== '');
  }

  /** A directory that everybody may write to. */
  async shared(name: string): Promise<string> {
    mkdirSync(this.path(name));
    await chmod(this.path(name), 0o777);
    return this.path(name);
  }
}
