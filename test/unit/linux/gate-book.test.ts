// What the sets of the gate must be told when addresses come and go.

import test from 'ava';
import { GateBook } from '#linux/gate-book';
import type { Guarded } from '#linux/gate-book';

const at = (address: string, name = 'eth0', index = 2): Guarded => ({
  key: `${name}/${address}/32`,
  family: address.includes(':') ? 6 : 4,
  address,
  index,
  interface: name,
});
const texts = (found: readonly { readonly address: string }[]) => found.map(({ address }) => address);

test('an address is guarded once, and its device gets one chain', (t) => {
  const book = new GateBook();
  const first = book.guard([at('10.0.0.1'), at('fd00::1')]);
  t.deepEqual(texts(first.closed), ['10.0.0.1', 'fd00::1']);
  t.deepEqual(first.devices, [{ index: 2, name: 'eth0' }]);
  const second = book.guard([at('10.0.0.1'), at('10.0.0.2', 'eth1', 3)]);
  t.deepEqual(texts(second.closed), ['10.0.0.2']);
  t.deepEqual(second.devices, [{ index: 3, name: 'eth1' }]);
});

test('a device that was made anew has another index, and gets a chain again', (t) => {
  const book = new GateBook();
  book.guard([at('10.0.0.1')]);
  const { closed, devices } = book.guard([at('10.0.0.1', 'eth0', 7)]);
  t.deepEqual(closed, []);
  t.deepEqual(devices, [{ index: 7, name: 'eth0' }]);
  t.deepEqual(book.all().devices, [{ index: 7, name: 'eth0' }], 'the old one is gone');
});

test('one address on two interfaces leaves the sets with the last of them', (t) => {
  const book = new GateBook();
  const [one, two] = [at('fe80::1'), at('fe80::1', 'eth1', 3)];
  t.deepEqual(texts(book.guard([one, two]).closed), ['fe80::1']);
  t.deepEqual(texts(book.open([one])), ['fe80::1']);
  t.deepEqual(book.open([two]), []);
  t.deepEqual(book.openElsewhere([one.key, two.key]), []);
  t.deepEqual(book.close([one.key]), []);
  t.deepEqual(book.openElsewhere([one.key, two.key]), [one.key], 'nothing but its removal makes that one silent');
  t.deepEqual(texts(book.close([two.key])), ['fe80::1']);
  t.deepEqual(book.forget([two.key]), []);
  t.deepEqual(texts(book.forget([one.key])), ['fe80::1']);
});

test('what was never guarded can neither be opened nor closed', (t) => {
  const book = new GateBook();
  t.deepEqual(book.close(['eth0/10.0.0.9/32']), []);
  t.deepEqual(book.forget(['eth0/10.0.0.9/32']), []);
  t.false(book.isOpen);
});

test('everything shut at once: guarded still, and nothing open', (t) => {
  const book = new GateBook();
  book.guard([at('10.0.0.1'), at('10.0.0.2')]);
  book.open([at('10.0.0.1')]);
  t.true(book.isOpen);
  book.closeAll();
  t.false(book.isOpen);
  t.deepEqual(texts(book.all().open), []);
  t.deepEqual(texts(book.all().guarded), ['10.0.0.1', '10.0.0.2']);
});
