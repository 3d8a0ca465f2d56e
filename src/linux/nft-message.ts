// Messages of nf_tables (linux/netfilter/nf_tables.h), each as one request of a transaction. Names, sets and
// rules are given; which of them are ours, and what for, is not here. Numbers in them are big-endian.

import { attribute, NLM_F_CREATE, request } from './netlink-bytes.ts';
import type { Request } from './netlink-bytes.ts';

const SUBSYSTEM = 10;
const NEST = 0x8000;
const LIST_ELEMENT = 1;
const NLM_F_APPEND = 0x800;
const GENERIC_HEADER = 4;

const NEW_TABLE = 0;
const GET_TABLE = 1;
const DELETE_TABLE = 2;
const NEW_CHAIN = 3;
const NEW_RULE = 6;
const NEW_SET = 9;
const GET_SET = 10;
const DELETE_SET = 11;
const NEW_ELEMENTS = 12;
const DELETE_ELEMENTS = 14;

const BATCH_BEGIN = 0x10;
const BATCH_END = 0x11;

const SET_HAS_TIMEOUT = 0x10;
/** An attribute's length has 16 bits; an element of an IPv6 set takes 28 bytes. */
const ELEMENTS_PER_MESSAGE = 1000;

const families = { inet: 1, arp: 3, netdev: 5 } as const;
export type Family = keyof typeof families;

export interface Table {
  readonly family: Family;
  readonly name: string;
}

export interface BaseChain {
  readonly name: string;
  readonly hook: number;
  readonly priority: number;
  /** Only where chains belong to a device. */
  readonly device: string | null;
}

export interface SetShape {
  readonly name: string;
  /** How `nft list` shows a key; the kernel only stores it. */
  readonly keyType: number;
  readonly keyLength: number;
  readonly timeout: boolean;
}

export interface Elements {
  readonly set: string;
  readonly keys: readonly Uint8Array[];
  /** Null for ever. */
  readonly timeoutMs: number | null;
}

export const beginBatch = request(BATCH_BEGIN, 0, [generic(0, SUBSYSTEM)]);
export const endBatch = request(BATCH_END, 0, [generic(0, SUBSYSTEM)]);

/** Does nothing where the table is there already. */
export function newTable(table: Table): Request {
  return about(table, NEW_TABLE, NLM_F_CREATE, [text(1, table.name)]);
}

export function getTable(table: Table): Request {
  return about(table, GET_TABLE, 0, [text(1, table.name)]);
}

export function deleteTable(table: Table): Request {
  return about(table, DELETE_TABLE, 0, [text(1, table.name)]);
}

/** Its policy is to accept, so that a rule of ours only ever takes away. */
export function newChain(table: Table, chain: BaseChain): Request {
  const hook = [number(1, chain.hook), number(2, chain.priority)];
  if (chain.device !== null) hook.push(text(3, chain.device));
  const parts = [text(1, table.name), text(3, chain.name), nested(4, hook), number(5, 1), text(7, 'filter')];
  return about(table, NEW_CHAIN, NLM_F_CREATE, parts);
}

/** After the rules that the chain has. */
export function newRule(table: Table, chain: string, expressions: readonly Buffer[]): Request {
  const parts = [text(1, table.name), text(2, chain), nested(4, expressions)];
  return about(table, NEW_RULE, NLM_F_CREATE | NLM_F_APPEND, parts);
}

/** `id` tells sets of one transaction apart. */
export function newSet(table: Table, set: SetShape, id: number): Request {
  const parts = [
    text(1, table.name),
    text(2, set.name),
    number(3, set.timeout ? SET_HAS_TIMEOUT : 0),
    number(4, set.keyType),
    number(5, set.keyLength),
    number(10, id),
  ];
  return about(table, NEW_SET, NLM_F_CREATE, parts);
}

export function getSet(table: Table, set: string): Request {
  return about(table, GET_SET, 0, [text(1, table.name), text(2, set)]);
}

export function deleteSet(table: Table, set: string): Request {
  return about(table, DELETE_SET, 0, [text(1, table.name), text(2, set)]);
}

export function addElements(table: Table, elements: Elements): Request[] {
  return changeElements(NEW_ELEMENTS, NLM_F_CREATE, table, elements);
}

/** Fails, and the transaction with it, when one of them is not there or its time is over. */
export function deleteElements(table: Table, elements: Elements): Request[] {
  return changeElements(DELETE_ELEMENTS, 0, table, elements);
}

/** The set stays, and may be empty already. */
export function flushSet(table: Table, set: string): Request {
  return about(table, DELETE_ELEMENTS, 0, [text(1, table.name), text(2, set)]);
}

function changeElements(type: number, flags: number, table: Table, elements: Elements): Request[] {
  const { set, keys, timeoutMs } = elements;
  const requests: Request[] = [];
  for (let from = 0; from < keys.length; from += ELEMENTS_PER_MESSAGE) {
    const some = keys.slice(from, from + ELEMENTS_PER_MESSAGE);
    const list = timeoutMs === null ? plainElements(some) : some.map((key) => element(key, timeoutMs));
    requests.push(about(table, type, flags, [text(1, table.name), text(2, set), nested(3, list)]));
  }
  return requests;
}

function element(key: Uint8Array, timeoutMs: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.floor(timeoutMs)));
  return nested(LIST_ELEMENT, [nested(1, [attribute(1, key)]), attribute(4, bytes)]);
}

/** The same without a timeout, written in one go: a takeover of a thousand addresses waits for it. */
function plainElements(keys: readonly Uint8Array[]): Buffer[] {
  const padded = ((keys[0]?.length ?? 0) + 3) & ~3;
  const bytes = Buffer.alloc(keys.length * (12 + padded));
  let at = 0;
  for (const key of keys) {
    bytes.writeUInt16LE(12 + padded, at);
    bytes.writeUInt16LE(LIST_ELEMENT | NEST, at + 2);
    bytes.writeUInt16LE(8 + padded, at + 4);
    bytes.writeUInt16LE(1 | NEST, at + 6);
    bytes.writeUInt16LE(4 + key.length, at + 8);
    bytes.writeUInt16LE(1, at + 10);
    bytes.set(key, at + 12);
    at += 12 + padded;
  }
  return [bytes];
}

/** One step of a rule, under the name by which the kernel knows it. */
export function expression(name: string, data: readonly Buffer[]): Buffer {
  return nested(LIST_ELEMENT, [text(1, name), nested(2, data)]);
}

export function nested(type: number, parts: readonly Uint8Array[]): Buffer {
  return attribute(type | NEST, Buffer.concat(parts));
}

export function number(type: number, value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value | 0);
  return attribute(type, bytes);
}

export function text(type: number, value: string): Buffer {
  return attribute(type, Buffer.from(`${value}\0`, 'utf8'));
}

function about(table: Table, type: number, flags: number, parts: readonly Uint8Array[]): Request {
  return request((SUBSYSTEM << 8) | type, flags, [generic(families[table.family], 0), ...parts]);
}

function generic(protocolFamily: number, resource: number): Buffer {
  const bytes = Buffer.alloc(GENERIC_HEADER);
  bytes[0] = protocolFamily;
  bytes.writeUInt16BE(resource, 2);
  return bytes;
}
