// Addresses as text: one spelling for each (RFC 5952), and what is written is read again.

import test from 'ava';
import { array, assert, constant, integer, oneof, property, uint8Array } from 'fast-check';
import { canonicalIp, formatIp, parseIp } from '#lib/ip';

const spellings = [
  ['192.0.2.1', '192.0.2.1'],
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['1::', '1::'],
  ['2001:DB8:0:0:0:0:1:1', '2001:db8::1:1'],
  ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  // Of two runs that are equally long the first; a single zero is no run.
  ['2001:0:0:1:0:0:1:1', '2001::1:0:0:1:1'],
  ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['fe80:1:2:3:4:5:0:0', 'fe80:1:2:3:4:5::'],
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['::ffff:0:0', '::ffff:0.0.0.0'],
  ['1:0:0:0:0:ffff:c000:201', '1::ffff:c000:201'],
  ['::192.0.2.1', '::c000:201'],
] as const;

for (const [text, expected] of spellings) {
  test(`${text} is written ${expected}`, (t) => {
    t.is(canonicalIp(text), expected);
  });
}

test('what is written is read again, with any number of zeros', (t) => {
  const word = oneof(constant(0), integer({ min: 0, max: 0xffff }));
  const ip6 = array(word, { minLength: 8, maxLength: 8 }).map((words) =>
    Uint8Array.from(words.flatMap((one) => [one >> 8, one & 0xff])),
  );
  const ip4 = uint8Array({ minLength: 4, maxLength: 4 });
  assert(
    property(oneof(ip4, ip6), (bytes) => {
      t.deepEqual(parseIp(formatIp(bytes)), bytes);
    }),
  );
});
