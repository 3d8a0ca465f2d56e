// Messages of nf_tables byte by byte: what the kernel reads in them cannot be seen from the outside when it is wrong by a little.

import test from 'ava';
import { datagramOf, lastAcknowledged } from '#linux/netlink-bytes';
import { addElements, deleteElements, flushSet } from '#linux/nft-message';

const table = { family: 'inet', name: 'locum' } as const;
/** Before the four bytes of an IPv4 address. */
const plain4 = '100001800c00018008000100';
const hex = (bytes: Buffer | undefined) => bytes?.toString('hex') ?? '';

test('an element with a timeout: 64 bits of whole milliseconds, most significant byte first', (t) => {
  const requests = addElements(table, { set: 'beat', keys: [Uint8Array.of(8, 0)], timeoutMs: 2946.9 });
  const bytes = datagramOf(lastAcknowledged(requests), 7);
  t.is(bytes.readUInt32LE(0), bytes.length);
  t.is(bytes.readUInt16LE(4), (10 << 8) | 12);
  t.is(bytes.readUInt16LE(6), 0x1 | 0x400 | 0x4);
  t.is(bytes.readUInt32LE(8), 7);
  t.true(hex(bytes).startsWith('01000000', 32), 'family inet');
  t.true(hex(bytes).endsWith('0c00018006000100080000000c0004000000000000000b82'));
});

test('elements without one are written alike, one by one or by the thousand', (t) => {
  const keys = Array.from({ length: 1500 }, (_, i) => Uint8Array.of(10, 0, i >> 8, i & 255));
  const requests = addElements(table, { set: 'open4', keys, timeoutMs: null });
  t.is(requests.length, 2);
  const [first, second] = requests.map(({ body }) => hex(body));
  t.true(first?.includes(`${plain4}0a000000${plain4}0a000001`));
  t.true(second?.endsWith(`${plain4}0a0005db`));
  const [one] = deleteElements(table, { set: 'open4', keys: keys.slice(0, 1), timeoutMs: null });
  t.true(hex(one?.body).endsWith(`14000380${plain4}0a000000`));
});

test('a set that is emptied is named without any element', (t) => {
  t.false(hex(flushSet(table, 'open6').body).includes('0380'));
});
