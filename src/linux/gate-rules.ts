// The gate as tables of nf_tables. In each table: the addresses that are guarded, those of them that are open, places for
// two beats, each an element with a timeout, and which of the two counts. What comes to or leaves from a guarded address is
// dropped, unless it is open and the beat that counts is alive. One beat for all: a renewal costs the same for one address
// and for a thousand.

import { attribute } from './netlink-bytes.ts';
import type { Request } from './netlink-bytes.ts';
import { expression, nested, newChain, newRule, newSet, newTable, number, text } from './nft-message.ts';
import type { BaseChain, SetShape, Table } from './nft-message.ts';

/** A beat is put into the place that does not count, and counts afterwards. */
export type Place = 0 | 1;
const places: readonly Place[] = [0, 1];
export const beatIn = (place: Place): string => `beat${place}`;
/** What is in here counts in that place. */
export const countsIn = (place: Place): string => `counts${place}`;
/** Both are looked up by a field that is the same in all packets of a rule: which protocol they are of. */
export const beatKeys = {
  inet: [Uint8Array.of(0x08, 0x00), Uint8Array.of(0x86, 0xdd)],
  arp: [Uint8Array.of(0x08, 0x06)],
  netdev: [Uint8Array.of(0x08, 0x06)],
} as const;

const TYPE_IPV4 = 7;
const TYPE_IPV6 = 8;
const TYPE_PROTOCOL = 10;

const VERDICT_REGISTER = 0;
const REGISTER = 1;
const DROP = 0;
const ACCEPT = 1;

const NETWORK_HEADER = 1;
const TRANSPORT_HEADER = 2;
const META_PROTOCOL = 1;
const META_FAMILY = 15;
const META_TRANSPORT = 16;
const NFPROTO_IPV4 = 2;
const NFPROTO_IPV6 = 10;
const ICMPV6 = 58;
const SOLICITATION = 135;
const ADVERTISEMENT = 136;
const FIB_ADDRESS_TYPE = 3;
const FIB_SOURCE = 1;
const FIB_DESTINATION = 2;
const RTN_LOCAL = 2;

/** Before anything else looks at a packet, before connection tracking and before its address is rewritten. */
const FIRST = -300;
/** After everything else, so that what rewrites sources is seen as it leaves. */
const LAST = 300;
const FILTER = 0;

const sets4: readonly SetShape[] = [
  ...places.flatMap((place) => [
    { name: beatIn(place), keyType: TYPE_PROTOCOL, keyLength: 2, timeout: true },
    { name: countsIn(place), keyType: TYPE_PROTOCOL, keyLength: 2, timeout: false },
  ]),
  { name: 'guarded4', keyType: TYPE_IPV4, keyLength: 4, timeout: false },
  { name: 'open4', keyType: TYPE_IPV4, keyLength: 4, timeout: false },
];
const sets6: readonly SetShape[] = [
  { name: 'guarded6', keyType: TYPE_IPV6, keyLength: 16, timeout: false },
  { name: 'open6', keyType: TYPE_IPV6, keyLength: 16, timeout: false },
];

/** Sets of one transaction have numbers, and those above begin with one. */
const ASIDE_ID = 100;

/** What a rule looks at, and which addresses it belongs to. */
interface Look {
  readonly ip: 4 | 6;
  /** Which packets, and the address in the register at the end. */
  readonly address: readonly Buffer[];
  /** Asked of guarded ones before they are dropped. */
  readonly local?: 'source' | 'destination';
}

export function inetTable(table: Table): Request[] {
  return [
    ...tableWith(table, [...sets4, ...sets6]),
    // A standby that routes to the holder drops nothing: there the address is not local.
    ...chain(table, base('in', 0, FIRST), [
      { ip: 4, address: [...ipv4, field(NETWORK_HEADER, 16, 4)], local: 'destination' },
      { ip: 6, address: [...ipv6, field(NETWORK_HEADER, 24, 16)], local: 'destination' },
      { ip: 6, address: [...neighbour(SOLICITATION), field(TRANSPORT_HEADER, 8, 16)] },
    ]),
    ...chain(table, base('out', 3, FIRST), [
      { ip: 4, address: [...ipv4, field(NETWORK_HEADER, 12, 4)] },
      { ip: 6, address: [...ipv6, field(NETWORK_HEADER, 8, 16)] },
      { ip: 6, address: [...neighbour(ADVERTISEMENT), field(TRANSPORT_HEADER, 8, 16)] },
    ]),
    // What is forwarded for others and gets the address as its source here.
    ...chain(table, base('rewritten', 4, LAST), [
      { ip: 4, address: [...ipv4, field(NETWORK_HEADER, 12, 4)], local: 'source' },
      { ip: 6, address: [...ipv6, field(NETWORK_HEADER, 8, 16)], local: 'source' },
    ]),
  ];
}

export function arpTable(table: Table): Request[] {
  return [
    ...tableWith(table, sets4),
    // Requests alone: an announcement of the new holder also has the address as its target.
    ...chain(table, base('in', 0, FILTER), [
      { ip: 4, address: [...is(field(NETWORK_HEADER, 6, 2), Uint8Array.of(0, 1)), ...unlessAnnounced, arpTarget] },
    ]),
    ...chain(table, base('out', 1, FILTER), [{ ip: 4, address: [arpSender] }]),
  ];
}

/** Frames of packet sockets pass no other hook. Chains belong to a device and come with `egressChain`. */
export function egressTable(table: Table): Request[] {
  return tableWith(table, sets4);
}

/** A set that only such tables have that are not in force yet: who finds both knows which of them the kernel goes by. */
export const ASIDE = 'aside';
export function asideMark(table: Table): Request {
  return newSet(table, { name: ASIDE, keyType: TYPE_PROTOCOL, keyLength: 2, timeout: false }, ASIDE_ID);
}

export function egressChain(table: Table, index: number, device: string): Request[] {
  const out: BaseChain = { name: `out-${index}`, hook: 1, priority: FILTER, device };
  return chain(table, out, [{ ip: 4, address: [...is(meta(META_PROTOCOL), beatKeys.netdev[0]), arpSender] }]);
}

function base(name: string, hook: number, priority: number): BaseChain {
  return { name, hook, priority, device: null };
}

function tableWith(table: Table, sets: readonly SetShape[]): Request[] {
  return [newTable(table), ...sets.map((set, i) => newSet(table, set, i + 1))];
}

function chain(table: Table, of: BaseChain, looks: readonly Look[]): Request[] {
  const open = looks.flatMap(({ ip, address }) =>
    places.map((place) =>
      newRule(table, of.name, [...address, within(`open${ip}`), ...isBeating(place), verdict(ACCEPT)]),
    ),
  );
  const guarded = looks.map(({ ip, address, local }) =>
    newRule(table, of.name, [...address, within(`guarded${ip}`), ...isLocal(local), counter, verdict(DROP)]),
  );
  return [newChain(table, of), ...open, ...guarded];
}

function isLocal(which: Look['local']): Buffer[] {
  if (which === undefined) return [];
  const flags = which === 'source' ? FIB_SOURCE : FIB_DESTINATION;
  const type = expression('fib', [number(1, REGISTER), number(2, FIB_ADDRESS_TYPE), number(3, flags)]);
  // The one number here that is in the byte order of the host.
  return is(type, new Uint8Array(Uint32Array.of(RTN_LOCAL).buffer));
}

function field(header: number, offset: number, length: number): Buffer {
  return expression('payload', [number(1, REGISTER), number(2, header), number(3, offset), number(4, length)]);
}

function meta(key: number): Buffer {
  return expression('meta', [number(1, REGISTER), number(2, key)]);
}

/** Goes on only where the register has these bytes. */
function is(load: Buffer, bytes: Uint8Array): Buffer[] {
  return [load, expression('cmp', [number(1, REGISTER), number(2, 0), nested(3, [attribute(1, bytes)])])];
}

function within(set: string, not = false): Buffer {
  return expression('lookup', [text(1, set), number(2, REGISTER), ...(not ? [number(5, 1)] : [])]);
}

function isBeating(place: Place): Buffer[] {
  return [meta(META_PROTOCOL), within(countsIn(place)), within(beatIn(place))];
}

function verdict(code: number): Buffer {
  return expression('immediate', [number(1, VERDICT_REGISTER), nested(2, [nested(2, [number(1, code)])])]);
}

function neighbour(type: number): Buffer[] {
  return [
    ...ipv6,
    ...is(meta(META_TRANSPORT), Uint8Array.of(ICMPV6)),
    ...is(field(TRANSPORT_HEADER, 0, 1), Uint8Array.of(type)),
  ];
}

const ipv4 = is(meta(META_FAMILY), Uint8Array.of(NFPROTO_IPV4));
const ipv6 = is(meta(META_FAMILY), Uint8Array.of(NFPROTO_IPV6));
const arpSender = field(NETWORK_HEADER, 14, 4);
const arpTarget = field(NETWORK_HEADER, 24, 4);
const unlessAnnounced = [arpSender, within('guarded4', true)];
const counter = expression('counter', []);
