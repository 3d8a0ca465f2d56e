// The last sign of life of a daemon: when an advert left, and how many peers were there to hear it.
// One small write at a fixed place for each renewal. The instant is this host's monotonic clock, so
// it means something to the next daemon until the host reboots; how long the host had been suspended by
// then goes with it, since that clock stands still in a suspend.

import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { instant } from '#lib/time';
import type { Instant } from '#lib/time';
import type { BootId } from '#model/names';

const FILE = 'beat';
const MAGIC = 0x4c434d33;
const SIZE = 40;

export interface Beat {
  readonly boot: BootId;
  readonly advertAt: Instant;
  readonly livePeers: number;
  readonly suspendedMs: number;
  /** Until when the lease was renewed; null where it has no end. */
  readonly until: Instant | null;
}

export class BeatFile {
  readonly #runtimeDir: string;
  readonly #fd: number;
  readonly #bytes = Buffer.alloc(SIZE);

  constructor(runtimeDir: string, boot: BootId) {
    this.#runtimeDir = runtimeDir;
    this.#fd = openSync(join(runtimeDir, FILE), 'w', 0o600);
    this.#bytes.writeUInt32BE(MAGIC, 0);
    this.#bytes.write(boot, 8, 8, 'hex');
  }

  /** False when it could not be written: then the next daemon knows of no advert, and adopts nothing. */
  write({ advertAt, livePeers, suspendedMs, until }: Omit<Beat, 'boot'>): boolean {
    this.#bytes.writeUInt32BE(livePeers, 4);
    this.#bytes.writeDoubleBE(advertAt, 16);
    this.#bytes.writeDoubleBE(suspendedMs, 24);
    this.#bytes.writeDoubleBE(until ?? Number.POSITIVE_INFINITY, 32);
    try {
      return writeSync(this.#fd, this.#bytes, 0, SIZE, 0) === SIZE;
    } catch {
      return false;
    }
  }

  /**
   * Something is let go of: until the next renewal a later daemon must not go on from this lease, or it might open again
   * what another host holds by then. False when that could not be written.
   */
  forget(): boolean {
    this.#bytes.writeDoubleBE(Number.NaN, 16);
    try {
      return writeSync(this.#fd, this.#bytes, 0, SIZE, 0) === SIZE;
    } catch {
      return false;
    }
  }

  /** Null, or why a beat that is not to be kept is still there. */
  close(keep: boolean): string | null {
    closeSync(this.#fd);
    return keep ? null : removeBeat(this.#runtimeDir);
  }
}

/** Null when there is none, when it is not one, or when it is not known. */
export function readBeat(runtimeDir: string): Beat | null {
  let bytes: Buffer;
  try {
    bytes = readFileSync(join(runtimeDir, FILE));
  } catch {
    return null;
  }
  if (bytes.length !== SIZE || bytes.readUInt32BE(0) !== MAGIC) return null;
  const advertAt = bytes.readDoubleBE(16);
  const suspendedMs = bytes.readDoubleBE(24);
  if (!Number.isFinite(advertAt) || !Number.isFinite(suspendedMs)) return null;
  const boot = bytes.toString('hex', 8, 16);
  const until = bytes.readDoubleBE(32);
  const end = Number.isFinite(until) ? instant(until) : null;
  return { boot, advertAt: instant(advertAt), livePeers: bytes.readUInt32BE(4), suspendedMs, until: end };
}

/** Null when it is gone, otherwise what went wrong. */
export function removeBeat(runtimeDir: string): string | null {
  const file = join(runtimeDir, FILE);
  try {
    rmSync(file, { force: true });
    return null;
  } catch (error) {
    return `${file} cannot be removed: ${error instanceof Error ? error.message : String(error)}`;
  }
}
