// Echo requests by their published form, and replies that are ours or are not.

import test from 'ava';
import * as fc from 'fast-check';
import { echoRequest, readEchoReply } from '#wire/icmp-echo';

const token = Uint8Array.from([1, 2, 3, 4]);
const echo = { id: 0x1234, sequence: 5, token, subject: 7 };
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('RFC 792: an echo request with its checksum', (t) => {
  // 0800 + 1234 + 0005 + 0102 + 0304 + 0007 = 1e46, and e1b9 is its complement.
  t.is(hex(echoRequest(4, echo)), '0800e1b912340005010203040007');
});

test('RFC 4443 section 4.1: an echo request whose checksum the kernel fills in', (t) => {
  t.is(hex(echoRequest(6, echo)), '8000000012340005010203040007');
});

test('a reply says what it is about; whoever changes a bit of it says nothing', (t) => {
  fc.assert(
    fc.property(
      fc.nat(65535),
      fc.nat(65535),
      fc.nat(65535),
      fc.integer({ min: 5, max: 15 }),
      (id, sequence, subject, words) => {
        const reply = replyTo(echoRequest(4, { id, sequence, token, subject }), words);
        t.is(readEchoReply(4, reply, token), subject);
        for (let at = words * 4; at < reply.length; at += 1) {
          t.is(readEchoReply(4, reply.with(at, (reply[at] ?? 0) ^ 0x10), token), null, String(at));
        }
        const reply6 = echoRequest(6, { id, sequence, token, subject }).with(0, 129);
        t.is(readEchoReply(6, reply6, token), subject);
      },
    ),
  );
});

test('a request, a reply to another token and a cut reply are none of ours', (t) => {
  const reply = replyTo(echoRequest(4, echo), 5);
  t.is(readEchoReply(4, new Uint8Array([...reply.subarray(0, 20), ...echoRequest(4, echo)]), token), null);
  t.is(readEchoReply(4, reply, Uint8Array.from([1, 2, 3, 5])), null);
  t.is(readEchoReply(6, echoRequest(6, echo), token), null);
  for (let length = 0; length < reply.length; length += 1)
    t.is(readEchoReply(4, reply.subarray(0, length), token), null);
});

test('any bytes are a reply or none', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(4 as const, 6 as const), fc.uint8Array({ maxLength: 80 }), (family, bytes) => {
      t.is(readEchoReply(family, bytes, token), null);
    }),
  );
});

/** As the other kernel makes it: the type becomes 0, and the checksum follows by the same amount. */
function replyTo(request: Uint8Array, headerWords: number): Uint8Array {
  const reply = Buffer.from(request);
  reply[0] = 0;
  const sum = reply.readUInt16BE(2) + 0x0800;
  reply.writeUInt16BE((sum & 0xffff) + (sum >>> 16), 2);
  const header = new Uint8Array(headerWords * 4);
  header[0] = 0x40 | headerWords;
  return new Uint8Array(Buffer.concat([header, reply]));
}
