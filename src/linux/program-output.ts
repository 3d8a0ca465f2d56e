// What a program printed: one pipe for both of its streams, the first bytes kept, the rest read
// and thrown away so that the program never blocks on it. Bounded: `keptBytes`, and one buffer
// that all reads share.

import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

const keptBytes = 4096;

/** After this many bytes the program waits this long for its next reader. */
const floodBytes = 262_144;
const breathMs = 2;
/** Each read is copied before the next begins, so that a flood makes no garbage. */
const sharedBuffer = Buffer.alloc(65_536);

export class ProgramOutput {
  readonly #kept = Buffer.alloc(keptBytes);
  readonly #pipe: Socket;
  #length = 0;
  #sinceBreath = 0;

  constructor(fd: number) {
    const options: SocketConstructorOpts & { readonly onread: OnReadOpts } = {
      fd,
      readable: true,
      writable: false,
      onread: {
        buffer: sharedBuffer,
        callback: (length, bytes) => {
          this.#keep(bytes.subarray(0, length));
          return this.#breathe(length);
        },
      },
    };
    this.#pipe = new Socket(options);
    // A pipe that breaks is a pipe that ends: how the program ended says the rest.
    this.#pipe.on('error', () => this.#pipe.destroy());
    this.#pipe.resume();
  }

  /**
   * Closes the pipe and gives what was kept, on one line. A process that the program left behind
   * may hold the other end for ever: it is not waited for.
   */
  close(): string {
    this.#pipe.destroy();
    return printable(this.#kept.subarray(0, this.#length));
  }

  /** False stops reading: a flood may cost the daemon a tenth of its time, not all of it. */
  #breathe(length: number): boolean {
    this.#sinceBreath += length;
    if (this.#sinceBreath < floodBytes) return true;
    this.#sinceBreath = 0;
    setTimeout(() => this.#pipe.resume(), breathMs);
    return false;
  }

  #keep(bytes: Uint8Array): void {
    const room = bytes.subarray(0, keptBytes - this.#length);
    this.#kept.set(room, this.#length);
    this.#length += room.length;
  }
}

/** Text that is safe in a log line and a terminal: no escape sequences, no control characters. */
export function printable(bytes: Uint8Array): string {
  // `stream` holds back a character that the bound cut in two.
  const text = new TextDecoder('utf-8').decode(bytes, { stream: true });
  return text
    .replaceAll(escapeSequence, '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

// oxlint-disable-next-line no-control-regex -- control characters are what this looks for
const escapeSequence = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_])/gu;
