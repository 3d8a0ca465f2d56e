// The tables of one daemon: their name, which its runtime directory gives, so that several daemons share a host and
// the next one of the same directory finds them; and the transactions on them. When what is done, is not here.

import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseIp } from '#lib/ip';
import type { IpFamily } from '#lib/ip';
import { arpTable, beatIn, beatKeys, countsIn, egressChain, egressTable, inetTable, type Place } from './gate-rules.ts';
import type { GateSocket } from './gate-socket.ts';
import type { Request } from './netlink-socket.ts';
import { ENOENT, EOPNOTSUPP } from './netlink-errno.ts';
import { addElements, deleteElements, deleteTable, flushSet, getTable, newTable } from './nft-message.ts';
import type { Family, Table } from './nft-message.ts';

export interface Device {
  readonly index: number;
  readonly name: string;
}

/** An address as the sets have it. */
export interface GateAddress {
  readonly family: IpFamily;
  readonly address: string;
}

export interface GateContents {
  readonly guarded: readonly GateAddress[];
  readonly open: readonly GateAddress[];
  readonly devices: readonly Device[];
  readonly beat: Beat | null;
}

/** Opens nothing before it counts. */
export interface Beat {
  readonly place: Place;
  readonly ms: number;
}

interface GateHold {
  readonly guarded: readonly GateAddress[];
  readonly beat: Beat;
  /** Nothing is open. */
  readonly isFirst: boolean;
}

interface GateCount {
  readonly place: Place;
  /** Where the beat is that counted until now. */
  readonly before: Place | null;
  readonly open: readonly GateAddress[];
}

type SetKind = 'guarded' | 'open';

export function gateName(runtimeDir: string): string {
  const path = resolve(runtimeDir);
  return `locum-${createHash('sha256').update(realPath(path)).digest('hex').slice(0, 8)}`;
}

export class GateTables {
  readonly #socket: GateSocket;
  readonly #name: string;
  /** Older kernels have no hook that frames of packet sockets pass. */
  readonly #egress: boolean;

  constructor(socket: GateSocket, name: string, egress: boolean) {
    this.#socket = socket;
    this.#name = name;
    this.#egress = egress;
  }

  /** Whatever was there under this name is replaced, in one transaction. Nothing is open before a beat counts. */
  build({ guarded, open, devices, beat: next }: GateContents): number {
    return this.#socket.transact([
      ...this.#tables.flatMap((table) => [newTable(table), deleteTable(table)]),
      ...this.#makeAll(devices),
      ...this.#change(addElements, 'guarded', guarded),
      ...this.#change(addElements, 'open', open),
      ...(next === null ? [] : this.#armed(next)),
    ]);
  }

  /** Makes all of it and takes it away again: shows whether this kernel can and this process may. */
  try(devices: readonly Device[]): number {
    return this.#socket.transact([...this.#makeAll(devices), ...this.#tables.map(deleteTable)]);
  }

  guard(addresses: readonly GateAddress[], devices: readonly Device[]): number {
    return this.#transact([...this.#chains(devices), ...this.#change(addElements, 'guarded', addresses)]);
  }

  /** The first half of a claim. */
  hold({ guarded, beat: next, isFirst }: GateHold): number {
    return this.#socket.transact([
      ...(isFirst ? this.#tables.flatMap(closeRequests) : []),
      ...this.#armed(next),
      ...this.#change(addElements, 'guarded', guarded),
    ]);
  }

  /** The first half of a renewal. */
  arm(next: Beat): number {
    return this.#socket.transact(this.#armed(next));
  }

  /** The second half: from now on that beat counts, in place of the one before. ENOENT says that this one was over. */
  count({ place, before, open }: GateCount): number {
    return this.#socket.transact([
      ...this.#tables.flatMap((table) => [
        ...(before === null
          ? []
          : [...deleteElements(table, beatOf(table, before)), flushSet(table, countsIn(before))]),
        ...addElements(table, { set: countsIn(place), keys: beatKeys[table.family], timeoutMs: null }),
      ]),
      ...this.#change(addElements, 'open', open),
    ]);
  }

  unguard(addresses: readonly GateAddress[]): number {
    return this.#transact(this.#change(deleteElements, 'guarded', addresses));
  }

  close(addresses: readonly GateAddress[]): number {
    return this.#transact(this.#change(deleteElements, 'open', addresses));
  }

  /** Nothing is open, and no beat is left that could be renewed. */
  closeAll(): number {
    return this.#socket.transact(this.#tables.flatMap(closeRequests));
  }

  areThere(): boolean {
    return this.#tables.every((table) => this.#socket.ask(getTable(table)) === 0);
  }

  /** `errno` is 0 when there are none any more; `found` when there were any. */
  remove(): { readonly found: boolean; readonly errno: number } {
    let found = false;
    for (const family of ['inet', 'arp', 'netdev'] as const) {
      const errno = this.#socket.transact([deleteTable({ family, name: this.#name })]);
      if (errno === 0) found = true;
      else if (errno !== ENOENT && errno !== EOPNOTSUPP) return { found, errno };
    }
    return { found, errno: 0 };
  }

  get #tables(): readonly Table[] {
    const families: readonly Family[] = this.#egress ? ['inet', 'arp', 'netdev'] : ['inet', 'arp'];
    return families.map((family) => ({ family, name: this.#name }));
  }

  #makeAll(devices: readonly Device[]): Request[] {
    const making = { inet: inetTable, arp: arpTable, netdev: egressTable };
    return [...this.#tables.flatMap((table) => making[table.family](table)), ...this.#chains(devices)];
  }

  /** One that was put there and never counted is replaced. */
  #armed({ place, ms }: Beat): Request[] {
    return this.#tables.flatMap((table) => [
      flushSet(table, beatIn(place)),
      ...addElements(table, beatOf(table, place, ms)),
    ]);
  }

  #chains(devices: readonly Device[]): Request[] {
    const table: Table = { family: 'netdev', name: this.#name };
    return this.#egress ? devices.flatMap(({ index, name }) => egressChain(table, index, name)) : [];
  }

  #change(
    change: typeof addElements | typeof deleteElements,
    kind: SetKind,
    addresses: readonly GateAddress[],
  ): Request[] {
    const bytes = { 4: bytesOf(addresses, 4), 6: bytesOf(addresses, 6) };
    return this.#tables.flatMap((table) =>
      setsOf(table).flatMap((family) => {
        const keys = bytes[family];
        return keys.length === 0 ? [] : change(table, { set: `${kind}${family}`, keys, timeoutMs: null });
      }),
    );
  }

  #transact(requests: readonly Request[]): number {
    return requests.length === 0 ? 0 : this.#socket.transact(requests);
  }
}

/** The families for which a table has sets. */
function setsOf({ family }: Table): readonly IpFamily[] {
  return family === 'inet' ? [4, 6] : [4];
}

function closeRequests(table: Table): Request[] {
  const beats = [countsIn(0), countsIn(1), beatIn(0), beatIn(1)];
  return [...setsOf(table).map((family) => `open${family}`), ...beats].map((set) => flushSet(table, set));
}

function beatOf({ family }: Table, place: Place, timeoutMs: number | null = null) {
  return { set: beatIn(place), keys: beatKeys[family], timeoutMs };
}

/** Once for all tables: a takeover of many addresses waits for it. */
function bytesOf(addresses: readonly GateAddress[], of: IpFamily): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (const { family, address } of addresses) {
    const bytes = family === of ? parseIp(address) : null;
    if (bytes !== null) keys.push(bytes);
  }
  return keys;
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
