// The tables of one daemon, and the transactions on them. When what is done, is not here. There are two names. Tables
// that replace others are made aside, under the name that is free, and guard nothing; in one transaction they come in
// force and the others go. So what goes on being open loses no packet.

import { parseIp } from '#lib/ip';
import type { IpFamily } from '#lib/ip';
import { arpTable, ASIDE, asideMark, beatIn, countsIn, egressChain, egressTable, inetTable } from './gate-rules.ts';
import { namesFor } from './gate-name.ts';
import type { GateSocket } from './gate-socket.ts';
import { GateBeats } from './gate-beats.ts';
import type { Beat, Turn } from './gate-beats.ts';
import type { Request } from './netlink-bytes.ts';
import { ENOENT, EOPNOTSUPP } from './netlink-errno.ts';
import {
  addElements,
  deleteElements,
  deleteSet,
  deleteTable,
  flushSet,
  getSet,
  getTable,
  newTable,
} from './nft-message.ts';
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

interface GateHold {
  readonly guarded: readonly GateAddress[];
  readonly beat: Beat;
  /** Nothing is open. */
  readonly isFirst: boolean;
}

interface GateCount extends Turn {
  readonly open: readonly GateAddress[];
}

type SetKind = 'guarded' | 'open';

const families: readonly Family[] = ['inet', 'arp', 'netdev'];

interface Aside {
  readonly name: string;
  /** What they are to guard once they are in force. */
  readonly guarded: readonly GateAddress[];
}

export class GateTables {
  readonly #socket: GateSocket;
  readonly #names: readonly [string, string];
  /** Older kernels have no hook that frames of packet sockets pass. */
  readonly #egress: boolean;
  /** BOUNDED by the two names. */
  readonly #beats = new Map<string, GateBeats>();
  /** Null where there are none yet. */
  #inForce: string | null;
  #aside: Aside | null = null;

  constructor(socket: GateSocket, name: string, egress: boolean) {
    this.#socket = socket;
    this.#names = namesFor(name);
    this.#egress = egress;
    this.#inForce = this.#names.find((one) => this.#isInForce(one)) ?? null;
  }

  /** In place of whatever there was. With a beat they are aside, until it counts; without one nothing is open. */
  build({ guarded, open, devices, beat: next }: GateContents): number {
    const [first, second] = this.#names;
    const name = this.#inForce === first ? second : first;
    const tables = this.#tablesOf(name);
    const errno = this.#socket.transact([
      ...tables.flatMap(gone),
      ...this.#makeAll(name, devices),
      ...tables.map(asideMark),
      ...this.#change(tables, addElements, { kind: 'open', addresses: open }),
      ...(next === null ? [] : this.#beatsOf(name).arming(next)),
    ]);
    if (errno !== 0) return errno;
    this.#aside = { name, guarded };
    return next === null ? this.#put([]) : 0;
  }

  /** Makes all of it and takes it away again: shows whether this kernel can and this process may. */
  try(devices: readonly Device[]): number {
    const [name] = this.#names;
    return this.#socket.transact([...this.#makeAll(name, devices), ...this.#tablesOf(name).map(deleteTable)]);
  }

  guard(addresses: readonly GateAddress[], devices: readonly Device[]): number {
    const guarded = this.#change(this.#tables, addElements, { kind: 'guarded', addresses });
    return this.#putAny([...this.#chains(this.#name, devices), ...guarded]);
  }

  /** The first half of a claim. */
  hold({ guarded, beat: next, isFirst }: GateHold): number {
    const tables = this.#tables;
    return this.#socket.transact([
      ...(isFirst ? tables.flatMap(closeRequests) : []),
      ...this.#beatsOf(this.#name).arming(next),
      ...this.#change(tables, addElements, { kind: 'guarded', addresses: guarded }),
    ]);
  }

  /** The first half of a renewal. */
  arm(next: Beat): number {
    return this.#socket.transact(this.#beatsOf(this.#name).arming(next));
  }

  /** The second half: from now on that beat counts, in place of the one before. ENOENT says that this one was over. */
  count({ open, ...turn }: GateCount): number {
    const opening = this.#change(this.#tables, addElements, { kind: 'open', addresses: open });
    return this.#put([...this.#beatsOf(this.#name).counting(turn), ...opening]);
  }

  unguard(addresses: readonly GateAddress[]): number {
    return this.#putAny(this.#change(this.#tables, deleteElements, { kind: 'guarded', addresses }));
  }

  close(addresses: readonly GateAddress[]): number {
    return this.#putAny(this.#change(this.#tables, deleteElements, { kind: 'open', addresses }));
  }

  /** Nothing is open, and no beat is left that could be renewed. */
  closeAll(): number {
    return this.#put(this.#tables.flatMap(closeRequests));
  }

  areThere(): boolean {
    return this.#tables.every((table) => this.#socket.ask(getTable(table)) === 0);
  }

  /** `errno` is 0 when there are none any more; `found` when there were any. */
  remove(): { readonly found: boolean; readonly errno: number } {
    let found = false;
    for (const table of this.#names.flatMap((name) => families.map((family) => ({ family, name })))) {
      const errno = this.#socket.transact([deleteTable(table)]);
      if (errno === 0) found = true;
      else if (errno !== ENOENT && errno !== EOPNOTSUPP) return { found, errno };
    }
    return { found, errno: 0 };
  }

  get #name(): string {
    return this.#aside?.name ?? this.#inForce ?? this.#names[0];
  }

  get #tables(): readonly Table[] {
    return this.#tablesOf(this.#name);
  }

  #tablesOf(name: string): readonly Table[] {
    return families.filter((family) => this.#egress || family !== 'netdev').map((family) => ({ family, name }));
  }

  #beatsOf(name: string): GateBeats {
    const known = this.#beats.get(name);
    if (known !== undefined) return known;
    const made = new GateBeats(this.#tablesOf(name));
    this.#beats.set(name, made);
    return made;
  }

  #isInForce(name: string): boolean {
    const table: Table = { family: 'inet', name };
    return this.#socket.ask(getTable(table)) === 0 && this.#socket.ask(getSet(table, ASIDE)) !== 0;
  }

  /** Tables that are aside come in force with it. */
  #put(requests: readonly Request[]): number {
    const aside = this.#aside;
    if (aside === null) return this.#socket.transact(requests);
    const tables = this.#tables;
    const errno = this.#socket.transact([
      ...requests,
      ...this.#change(tables, addElements, { kind: 'guarded', addresses: aside.guarded }),
      ...tables.map((table) => deleteSet(table, ASIDE)),
      ...(this.#inForce === null ? [] : this.#tablesOf(this.#inForce).flatMap(gone)),
    ]);
    if (errno === 0) {
      this.#inForce = aside.name;
      this.#aside = null;
    }
    return errno;
  }

  #putAny(requests: readonly Request[]): number {
    return requests.length === 0 ? 0 : this.#put(requests);
  }

  #makeAll(name: string, devices: readonly Device[]): Request[] {
    const making = { inet: inetTable, arp: arpTable, netdev: egressTable };
    return [...this.#tablesOf(name).flatMap((table) => making[table.family](table)), ...this.#chains(name, devices)];
  }

  #chains(name: string, devices: readonly Device[]): Request[] {
    const table: Table = { family: 'netdev', name };
    return this.#egress ? devices.flatMap(({ index, name: device }) => egressChain(table, index, device)) : [];
  }

  #change(
    tables: readonly Table[],
    change: typeof addElements | typeof deleteElements,
    { kind, addresses }: { readonly kind: SetKind; readonly addresses: readonly GateAddress[] },
  ): Request[] {
    const bytes = { 4: bytesOf(addresses, 4), 6: bytesOf(addresses, 6) };
    return tables.flatMap((table) =>
      setsOf(table).flatMap((family) => {
        const keys = bytes[family];
        return keys.length === 0 ? [] : change(table, { set: `${kind}${family}`, keys, timeoutMs: null });
      }),
    );
  }
}

/** Whether it was there or not. */
function gone(table: Table): Request[] {
  return [newTable(table), deleteTable(table)];
}

/** The families for which a table has sets. */
function setsOf({ family }: Table): readonly IpFamily[] {
  return family === 'inet' ? [4, 6] : [4];
}

function closeRequests(table: Table): Request[] {
  const beats = [countsIn(0), countsIn(1), beatIn(0), beatIn(1)];
  return [...setsOf(table).map((family) => `open${family}`), ...beats].map((set) => flushSet(table, set));
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
