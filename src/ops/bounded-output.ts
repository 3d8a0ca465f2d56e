// Text to a file descriptor that may be a pipe nobody reads: never waits, never throws. What finds no
// room is kept up to a limit, and beyond it dropped and counted. Levels and formats are the journal's.

import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';

const retryMs = 50;

/** Takes as many bytes as fit now: 0 when none do, null when nobody will ever read them. */
type Take = (bytes: Uint8Array) => number | null;

export class BoundedOutput {
  /** BOUNDED: by `limitBytes`; then lines are dropped. */
  readonly #waiting: Uint8Array[] = [];
  readonly #limitBytes: number;
  readonly #take: Take;
  #waitingBytes = 0;
  #retry: NodeJS.Timeout | null = null;
  #dropped = 0;

  constructor(fd: number, limitBytes = 1 << 20) {
    this.#limitBytes = limitBytes;
    this.#take = takerFor(fd);
  }

  /** Lines lost so far. */
  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    if (this.#waitingBytes + bytes.length > this.#limitBytes) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#retry === null) this.#drain();
  }

  /** A last try. What still finds no room keeps the process alive until it calls `process.exit`. */
  close(): void {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#drain();
    if (this.#retry !== null) clearTimeout(this.#retry);
  }

  #drain(): void {
    for (;;) {
      const first = this.#waiting[0];
      if (first === undefined) return;
      const taken = this.#take(first);
      if (taken === 0) break;
      this.#waitingBytes -= taken ?? first.length;
      if (taken === null) this.#dropped += 1;
      if (taken === null || taken === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(taken);
    }
    this.#retry = setTimeout(() => {
      this.#retry = null;
      this.#drain();
    }, retryMs);
    this.#retry.unref();
  }
}

function takerFor(fd: number): Take {
  const stat = fstatSync(fd);
  // Only libuv sets O_NONBLOCK for us on a pipe or on the journal's socket.
  if (stat.isFIFO() || stat.isSocket()) return streamTaker(fd);
  if (!stat.isCharacterDevice()) return fileTaker(fd);
  try {
    // A description of our own of the same terminal: O_NONBLOCK on it does not reach the shell's.
    return fileTaker(openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY));
  } catch {
    return fileTaker(fd);
  }
}

function fileTaker(fd: number): Take {
  return (bytes) => {
    try {
      return writeSync(fd, bytes);
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'EAGAIN' ? 0 : null;
    }
  };
}

function streamTaker(fd: number): Take {
  const socket = new Socket({ fd, readable: false, writable: true });
  let gone = false;
  socket.on('error', () => {
    gone = true;
  });
  socket.unref();
  return (bytes) => {
    if (gone || socket.destroyed) return null;
    if (socket.writableLength > 0) return 0;
    socket.write(bytes);
    return bytes.length;
  };
}
