// What a voter must not forget, in one small file of the state directory: the epochs that it may have used,
// reserved in blocks at each start, and the list of voters that it counted. On the disk before the first
// advert. A file that cannot be written stops the start: a promise to remember would be an empty one.

import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { lastEpoch } from '#model/advert';
import type { StartFacts } from '#model/input';
import type { NodeName } from '#model/names';
import { list, oneOf, orNull, positive, table, text, whole, type WrittenAs } from './written.ts';

const FILE = 'voters.json';
/** More claims than one start can make; and far less than there are numbers. */
const BLOCK = 1_000_000;
/** BOUNDED: written by us, and lists are short. */
const MOST_NAMES = 1000;

const readMemory = table({
  version: oneOf(1),
  epochsBelow: whole(0),
  remembered: orNull(table({ voters: list(MOST_NAMES, text), longestHoldMs: positive })),
});

type Memory = WrittenAs<typeof readMemory>;

export class VoterMemory {
  readonly #file: string;
  readonly #warn: (words: string) => void;
  #last: Promise<void> = Promise.resolve();
  #memory: Memory = { version: 1, epochsBelow: 0, remembered: null };

  constructor(stateDir: string, warn: (words: string) => void) {
    this.#file = join(stateDir, FILE);
    this.#warn = warn;
  }

  /**
   * Reserves the epochs of this start, and takes down how long it may promise. A shorter time than an earlier start's
   * counts only once it is remembered, a longer one at once: promises may be given before. Throws where it cannot.
   */
  begin(wallMs: number, longestHoldMs: number): Pick<StartFacts, 'epochFloor' | 'remembered'> {
    const { epochsBelow, remembered } = this.#read() ?? this.#memory;
    const epochFloor = Math.min(Math.max(epochsBelow, Math.floor(wallMs)), lastEpoch);
    const longest = Math.max(remembered?.longestHoldMs ?? 0, longestHoldMs);
    const taken = remembered === null ? null : { ...remembered, longestHoldMs: longest };
    this.#write({ version: 1, epochsBelow: Math.min(epochFloor + BLOCK, lastEpoch), remembered: taken });
    return { epochFloor, remembered };
  }

  remember(voters: readonly NodeName[], longestHoldMs: number): void {
    this.#keep({ ...this.#memory, remembered: { voters: [...voters], longestHoldMs } });
  }

  /** Another node's starts may have come further than this one's: the next one here goes on above them all the same. */
  reserve(epochsBelow: number): void {
    const below = Math.min(epochsBelow, lastEpoch);
    if (below > this.#memory.epochsBelow) this.#keep({ ...this.#memory, epochsBelow: below });
  }

  #keep(memory: Memory): void {
    this.#memory = memory;
    // A disk may take its time, and adverts may not: this is never waited for.
    this.#last = this.#last
      .then(() => this.#writeLater(memory))
      .catch((error: unknown) => {
        this.#warn(`what this voter must not forget is not on the disk: ${wordsOf(error)}`);
      });
  }

  async #writeLater(memory: Memory): Promise<void> {
    const draft = `${this.#file}.new`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(textOf(memory));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, this.#file);
    const directory = await open(dirname(this.#file), 'r');
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  }

  #read(): Memory | null {
    let written: string;
    try {
      written = readFileSync(this.#file, 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
      throw error;
    }
    try {
      return readMemory(JSON.parse(written), '');
    } catch (error) {
      throw new Error(
        `${this.#file} should say what this voter must not forget, and cannot be read as that (${wordsOf(error)}); if no other node runs, remove it`,
        { cause: error },
      );
    }
  }

  #write(memory: Memory): void {
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    const draft = `${this.#file}.new`;
    const fd = openSync(draft, 'w', 0o600);
    try {
      writeSync(fd, textOf(memory));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(draft, this.#file);
    syncDirectory(dirname(this.#file));
    this.#memory = memory;
  }
}

/** Or the new name may be gone after a power cut. */
function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function textOf(memory: Memory): string {
  return `${JSON.stringify(memory)}\n`;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
