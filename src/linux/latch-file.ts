// The latch on disk: that this node is fenced, why, and for how long. It outlives the daemon and the host.
// Written whole and synced before it counts, beside the loop and one at a time, in order. What is there and
// cannot be read is a latch too: whoever cannot tell stays out.

import { readFileSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Latch } from '#model/fence';
import type { Clock } from '#ports/clock';
import { kernelBootId } from './record-file.ts';
import { byKind, NotWritten, number, oneOf, orNull, table, text, whole, type WrittenAs } from './written.ts';

const FILE = 'fence-latch.json';
/** BOUNDED: written by us; an operator's reason is the longest part of it. */
const mostBytes = 65_536;

const cause = byKind({
  operator: table({ kind: oneOf('operator'), text }),
  check: table({ kind: oneOf('check'), check: text, outcome: text }),
  crashes: table({ kind: oneOf('crashes'), count: whole(Number.MIN_SAFE_INTEGER) }),
});

const readWritten = table({
  version: oneOf(1),
  cause,
  /** When the fence began, for people. */
  since: text,
  heldMs: number(0),
  remainingMs: orNull(number(0)),
  /** Both clocks when this was written; the steady one means something only in this boot of the kernel. */
  wallMs: number(-Number.MAX_VALUE),
  steadyMs: number(-Number.MAX_VALUE),
  kernelBoot: text,
});

/** Both clocks of this host, and which boot of the kernel this is. */
export interface LatchClocks {
  readonly wallMs: number;
  readonly steadyMs: number;
  readonly kernelBoot: string;
}

export function latchPath(stateDir: string): string {
  return join(stateDir, FILE);
}

export function readLatch(stateDir: string, clocks: LatchClocks): Latch | null {
  const file = latchPath(stateDir);
  try {
    const bytes = readFileSync(file);
    if (bytes.length > mostBytes) return unreadable(`${file} has ${bytes.length} bytes, which is no latch`);
    return judge(readWritten(JSON.parse(bytes.toString('utf8')), ''), clocks);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    return unreadable(`${file}: ${wordsOf(error)}`);
  }
}

/**
 * Within one boot of the kernel the steady clock tells how long it was, whatever was done to the wall clock. Over a
 * reboot there is only the wall clock: one that was set back tells nothing, and what was left lasts once more from now.
 */
function judge(latch: WrittenAs<typeof readWritten>, clocks: LatchClocks): Latch {
  const same = latch.kernelBoot === clocks.kernelBoot;
  const passedMs = Math.max(0, same ? clocks.steadyMs - latch.steadyMs : clocks.wallMs - latch.wallMs);
  const { remainingMs } = latch;
  return {
    cause: latch.cause,
    heldMs: latch.heldMs + passedMs,
    remainingMs: remainingMs === null ? null : Math.max(0, remainingMs - passedMs),
  };
}

export class LatchFile {
  readonly #stateDir: string;
  readonly #clocks: () => LatchClocks;
  #queue: Promise<void> = Promise.resolve();

  constructor(stateDir: string, clocks: () => LatchClocks) {
    this.#stateDir = stateDir;
    this.#clocks = clocks;
  }

  /** Resolves to null when the disk has it, otherwise to what went wrong. BOUNDED: the core asks again only when answered. */
  async set(latch: Latch | null): Promise<string | null> {
    const clocks = this.#clocks();
    let words: string | null = null;
    const work = this.#queue.then(async () => {
      try {
        if (latch === null) await this.#remove();
        else await this.#write(latch, clocks);
      } catch (error) {
        words = `${latchPath(this.#stateDir)}: ${wordsOf(error)}`;
      }
    });
    this.#queue = work;
    await work;
    return words;
  }

  async #write(latch: Latch, clocks: LatchClocks): Promise<void> {
    const file = latchPath(this.#stateDir);
    const since = new Date(clocks.wallMs - latch.heldMs).toISOString();
    const words = `${JSON.stringify({ version: 1, since, ...latch, ...clocks }, null, 2)}\n`;
    await mkdir(this.#stateDir, { recursive: true, mode: 0o700 });
    const draft = await open(`${file}.new`, 'w', 0o600);
    try {
      await draft.writeFile(words);
      await draft.sync();
    } finally {
      await draft.close();
    }
    await rename(`${file}.new`, file);
    await this.#syncDirectory();
  }

  async #remove(): Promise<void> {
    await rm(latchPath(this.#stateDir), { force: true });
    await this.#syncDirectory();
  }

  /** A name in a directory is on disk only when the directory is. */
  async #syncDirectory(): Promise<void> {
    const directory = await open(this.#stateDir, 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }
}

export function latchClocks(clock: Clock): LatchClocks {
  return { wallMs: clock.wall(), steadyMs: clock.now(), kernelBoot: kernelBootId() };
}

function unreadable(error: string): Latch {
  return { cause: { kind: 'unreadable-latch', error }, heldMs: 0, remainingMs: null };
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}

function wordsOf(error: unknown): string {
  if (error instanceof NotWritten) return `it is not a latch (${error.message})`;
  return error instanceof Error ? error.message : String(error);
}
