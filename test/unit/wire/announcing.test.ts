// The frames that tell a segment where an address lives: published vectors, and what they refuse.

import test from 'ava';
import { parseEthernetAddress } from '#wire/ethernet-address';
import { gratuitousArp } from '#wire/gratuitous-arp';
import { unsolicitedNeighbourAdvertisement } from '#wire/neighbour-advertisement';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a gratuitous ARP request', (t) => {
  const head = 'ffffffffffff00005e0001330806000108000604';
  const frame = hex(gratuitousArp('request', '00:00:5e:00:01:33', '10.0.0.100'));
  t.is(frame, `${head}000100005e0001330a0000640000000000000a000064`);
});

test('a gratuitous ARP reply names its own MAC as the target', (t) => {
  const head = 'ffffffffffff00005e0001330806000108000604';
  const frame = hex(gratuitousArp('reply', '00:00:5e:00:01:33', '10.0.0.100'));
  t.is(frame, `${head}000200005e0001330a00006400005e0001330a000064`);
});

const announcement = { source: 'fe80::1', target: 'fd00::100', mac: '00:00:5e:00:02:33' };

test('an unsolicited neighbour advertisement', (t) => {
  const message = hex(unsolicitedNeighbourAdvertisement({ ...announcement, router: false }));
  t.is(message, '8800f9e920000000fd000000000000000000000000000100020100005e000233');
});

test('a router says that it is one, and the checksum follows', (t) => {
  const message = hex(unsolicitedNeighbourAdvertisement({ ...announcement, router: true }));
  t.is(message, '880079e9a0000000fd000000000000000000000000000100020100005e000233');
});

test('the checksum closes over the pseudo-header for every address', (t) => {
  for (let i = 0; i < 500; i += 1) {
    const source = `fe80::${i.toString(16)}:ff${((i * 7) % 256).toString(16).padStart(2, '0')}`;
    const target = `2001:db8:ffff::${(i * 131).toString(16)}`;
    const message = unsolicitedNeighbourAdvertisement({
      source,
      target,
      mac: 'fe:ff:ff:ff:ff:ff',
      router: i % 2 === 0,
    });
    t.is(onesSum(pseudoHeader(i), message), 0xffff, `${source} ${target}`);
  }
});

test('addresses of the other family and MACs that are none are refused by name', (t) => {
  t.throws(() => gratuitousArp('request', '00:00:5e:00:01:33', '::1'), {
    message: /needs an IPv4 address, found "::1"/,
  });
  t.throws(() => gratuitousArp('request', '00:00:5e:00:01', '10.0.0.1'), { message: /expected an Ethernet address/ });
  const wrong = { ...announcement, target: '10.0.0.1', router: false };
  t.throws(() => unsolicitedNeighbourAdvertisement(wrong), { message: /needs an IPv6 address, found "10.0.0.1"/ });
});

test('Ethernet addresses in text', (t) => {
  t.deepEqual(parseEthernetAddress('00:0a:FF:10:20:30'), Uint8Array.of(0, 10, 255, 16, 32, 48));
  for (const text of [
    '',
    '00:0a:ff:10:20',
    '00:0a:ff:10:20:3g',
    '000aff102030',
    '00:0a:ff:10:20:30:40',
    ' 00:0a:ff:10:20:30',
  ]) {
    t.is(parseEthernetAddress(text), null, text);
  }
});

/** Written apart from the code under test: source, ff02::1, length 32, next header 58. */
function pseudoHeader(i: number): Uint8Array {
  const bytes = Buffer.alloc(40);
  bytes.set([0xfe, 0x80], 0);
  bytes.writeUInt16BE(i, 12);
  bytes.set([0xff, (i * 7) % 256], 14);
  bytes.set([0xff, 0x02], 16);
  bytes[31] = 1;
  bytes[35] = 32;
  bytes[39] = 58;
  return bytes;
}

function onesSum(...pieces: Uint8Array[]): number {
  const all = Buffer.concat(pieces);
  let sum = 0;
  for (let i = 0; i < all.length; i += 2) {
    sum += all.readUInt16BE(i);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}
