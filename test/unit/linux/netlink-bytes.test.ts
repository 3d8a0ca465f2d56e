import test from 'ava';
import * as fc from 'fast-check';
import { readAddress, writeAddress } from '#linux/address-message';
import { readLink } from '#linux/link-message';
import {
  attribute,
  attributesOf,
  datagramOf,
  lastAcknowledged,
  messagesOf,
  NLM_F_EXCL,
  NLM_F_REPLACE,
} from '#linux/netlink-bytes';

const noise = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const attributes = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.uint8Array({ maxLength: 20 })))
  .map((pairs) => Buffer.concat(pairs.map(([type, value]) => attribute(type, value))));
const bytes = fc.oneof(noise, attributes);

test('any bytes are read without an exception', (t) => {
  fc.assert(
    fc.property(bytes, (datagram) => {
      for (const found of messagesOf(datagram)) attributesOf(found.payload, 0);
      const address = Buffer.concat([Buffer.of(2, 24, 0, 0, 1, 0, 0, 0), datagram]);
      readAddress(address);
      readLink(Buffer.concat([Buffer.alloc(16), datagram]));
      return true;
    }),
    { numRuns: 2000 },
  );
  t.pass();
});

test('what is written is what is read, in both families', (t) => {
  const place4 = { index: 7, family: 4, address: '192.0.2.10', prefix: 24 } as const;
  const place6 = { index: 8, family: 6, address: '2001:db8::10', prefix: 128 } as const;
  for (const place of [place4, place6]) {
    const order = { ...place, label: null, seconds: 2, tagged: true, how: 'create' } as const;
    const [message] = messagesOf(datagramOf([writeAddress(order)], 42));
    t.is(message?.sequence, 42);
    t.is((message?.flags ?? 0) & NLM_F_EXCL, NLM_F_EXCL);
    t.is((message?.flags ?? 0) & NLM_F_REPLACE, 0);
    t.like(readAddress(message?.payload ?? Buffer.alloc(0)), { ...place, permanent: false, tag: 112 });
  }
});

test('an order for ever is permanent, and one without a tag has none', (t) => {
  const order = { index: 1, family: 4, address: '192.0.2.10', prefix: 32, label: 'eth0:a' } as const;
  const asked = writeAddress({ ...order, seconds: null, tagged: false, how: 'replace' });
  const [message, last] = messagesOf(datagramOf(lastAcknowledged([asked, asked]), 1));
  t.is((message?.flags ?? 0) & NLM_F_REPLACE, NLM_F_REPLACE);
  t.is((message?.flags ?? 0) & 4, 0);
  t.is((last?.flags ?? 0) & 4, 4);
  t.is(last?.sequence, 2);
  t.like(readAddress(message?.payload ?? Buffer.alloc(0)), { permanent: true, tag: null });
});
