// What every path does, whether multicast or a list of peers: keeps a socket for each family,
// opens again what broke or could not be opened, and says in words when the path opens, closes or
// misses a family. Which sockets, and where a datagram goes, is decided by the two kinds of path.

import type { PathName } from '#model/names';
import type { Clock } from '#ports/clock';
import { AdvertSocket, type Drain } from './advert-socket.ts';

/** A failed open is tried again with the next advert, but not more often than this. */
const RETRY_MS = 1000;

export type Family = 4 | 6;

export interface PathReport {
  /**
   * Called only when `words` changes, also while the sockets are being constructed. Null: everything
   * that the path should have is open.
   */
  path(path: PathName, words: string | null): void;
}

export interface PathNeeds {
  readonly clock: Pick<Clock, 'now'>;
  readonly port: number;
  readonly report: PathReport;
  readonly packet: (family: Family, from: string, bytes: Uint8Array) => void;
}

/** BOUNDED: one socket and one complaint for each of two families. */
export class FamilySockets {
  readonly #path: PathName;
  readonly #needs: PathNeeds;
  readonly #families: readonly Family[];
  readonly #sockets = new Map<Family, AdvertSocket>();
  readonly #faults = new Map<Family, string>();
  #triedAt = Number.NEGATIVE_INFINITY;
  #said: string | null = null;
  #closed = false;

  constructor(path: PathName, families: readonly Family[], needs: PathNeeds) {
    this.#path = path;
    this.#families = families;
    this.#needs = needs;
  }

  get(family: Family): AdvertSocket | null {
    return this.#sockets.get(family) ?? null;
  }

  fault(family: Family): string {
    return this.#faults.get(family) ?? 'the path is closed';
  }

  get open(): boolean {
    return this.#sockets.size > 0;
  }

  /** Opens each family that is not open. */
  openAll(descriptor: (family: Family) => number): void {
    if (this.#closed) return;
    this.#triedAt = this.#needs.clock.now();
    for (const family of this.#families) {
      if (!this.#sockets.has(family)) this.#open(family, descriptor);
    }
    this.#tell();
  }

  retry(descriptor: (family: Family) => number): void {
    if (this.#sockets.size === this.#families.length) return;
    if (this.#needs.clock.now() - this.#triedAt >= RETRY_MS) this.openAll(descriptor);
  }

  /** For good: whoever still sends gets a refusal, not a new socket. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.closeAll(null);
  }

  /** Closes all within the call and says why; null says nothing. They are opened again when that is asked for. */
  async closeAll(words: string | null): Promise<void> {
    const closing = Promise.all([...this.#sockets.values()].map((socket) => socket.close()));
    this.#sockets.clear();
    this.#faults.clear();
    if (words !== null) {
      for (const family of this.#families) this.#faults.set(family, words);
      this.#tell();
    }
    await closing;
  }

  drains(): Drain[] {
    return [...this.#sockets.values()].map((socket) => socket.drain());
  }

  #open(family: Family, descriptor: (family: Family) => number): void {
    try {
      const { packet, port } = this.#needs;
      const socket: AdvertSocket = new AdvertSocket(descriptor(family), family, port, {
        packet: (from, bytes) => packet(family, from, bytes),
        broken: (words) => this.#broken(family, socket, words),
      });
      this.#sockets.set(family, socket);
      this.#faults.delete(family);
    } catch (error) {
      this.#faults.set(family, error instanceof Error ? error.message : String(error));
    }
  }

  #broken(family: Family, socket: AdvertSocket, words: string): void {
    if (this.#sockets.get(family) !== socket) return;
    this.#sockets.delete(family);
    this.#faults.set(family, words);
    this.#tell();
  }

  #tell(): void {
    const words = this.#complaint();
    if (words === this.#said) return;
    this.#said = words;
    this.#needs.report.path(this.#path, words);
  }

  /** One sentence where both families fail alike, one for each otherwise. */
  #complaint(): string | null {
    const faults = this.#families.flatMap((family) => {
      const words = this.#faults.get(family);
      return words === undefined ? [] : [{ family, words }];
    });
    const [first] = faults;
    if (first === undefined) return null;
    const alike = faults.length === this.#families.length && faults.every(({ words }) => words === first.words);
    if (alike) return `adverts on ${this.#path}: ${first.words}`;
    return faults.map(({ family, words }) => `IPv${family} adverts on ${this.#path}: ${words}`).join('; ');
  }
}
