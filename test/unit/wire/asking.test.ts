// The frames that ask a segment who has an address, and the voices that answer: vectors, round trips, any bytes.

import test from 'ava';
import * as fc from 'fast-check';
import { formatIp } from '#lib/ip';
import { arpFrame } from '#wire/arp-frame';
import { arpProbe, arpRequest } from '#wire/arp-question';
import { ethernetText } from '#wire/ethernet-address';
import { gratuitousArp } from '#wire/gratuitous-arp';
import { neighbourSolicitation } from '#wire/neighbour-solicitation';
import { unsolicitedNeighbourAdvertisement } from '#wire/neighbour-advertisement';
import { readArpVoice, readNeighbourVoice } from '#wire/voice';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const mac = '02:00:00:00:00:0a';
const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const macs = bytesOf(6).map((bytes) => ethernetText(bytes.with(0, (bytes[0] ?? 0) & 0xfe).with(5, 1)));
const ip4s = bytesOf(4)
  .filter((bytes) => bytes.some((byte) => byte !== 0))
  .map(formatIp);
const ip6s = bytesOf(16).map((bytes) => formatIp(bytes.with(0, 0xfd)));

test('RFC 5227 section 2.1.1: a probe is broadcast, with no sender address and no target hardware address', (t) => {
  const expected = 'ffffffffffff02000000000a0806000108000604000102000000000a000000000000000000000a000064';
  t.is(hex(arpProbe(mac, '10.0.0.100')), expected);
});

test('an ordinary request has the sender address, so that the answer finds its way', (t) => {
  const expected = 'ffffffffffff02000000000a0806000108000604000102000000000a0a0000010000000000000a000064';
  t.is(hex(arpRequest(mac, '10.0.0.1', '10.0.0.100')), expected);
});

test('RFC 4861 section 4.3: a solicitation to the solicited-node group, hop limit 255, with our hardware address', (t) => {
  const frame = hex(neighbourSolicitation({ mac, source: 'fe80::a', target: 'fd00::12:3456' }));
  t.is(
    frame.slice(0, 108),
    '3333ff12345602000000000a86dd6000000000203afffe80000000000000000000000000000aff0200000000000000000001ff123456',
  );
  t.is(frame.slice(108, 112), '8700');
  t.is(frame.slice(116), '00000000fd000000000000000000000000123456010102000000000a');
  t.is(sumOf(Buffer.from(frame, 'hex')), 0xffff);
});

test('RFC 4861 section 4.3: from no address, without the option', (t) => {
  const frame = Buffer.from(neighbourSolicitation({ mac, source: null, target: 'fd00::1' }));
  t.is(frame.length, 14 + 40 + 24);
  t.is(frame.toString('hex', 22, 38), '0'.repeat(32));
  t.is(sumOf(frame), 0xffff);
});

test('the checksum of a solicitation closes for all addresses', (t) => {
  fc.assert(
    fc.property(macs, fc.option(ip6s), ip6s, (sender, source, target) => {
      t.is(sumOf(Buffer.from(neighbourSolicitation({ mac: sender, source, target }))), 0xffff);
    }),
  );
});

test('addresses of the other family are refused by name', (t) => {
  t.throws(() => arpProbe(mac, 'fd00::1'), { message: 'ARP needs an IPv4 address, found "fd00::1"' });
  t.throws(() => neighbourSolicitation({ mac, source: null, target: '10.0.0.1' }), {
    message: 'neighbour solicitation needs an IPv6 address, found "10.0.0.1"',
  });
});

test('whoever announces or answers by ARP is heard, and whoever probes as such', (t) => {
  fc.assert(
    fc.property(macs, ip4s, ip4s, (sender, address, other) => {
      for (const operation of ['request', 'reply'] as const) {
        t.deepEqual(readArpVoice(gratuitousArp(operation, sender, address)), {
          address,
          mac: sender,
          answers: null,
          probes: false,
        });
      }
      t.deepEqual(readArpVoice(arpRequest(sender, address, other)), {
        address,
        mac: sender,
        answers: null,
        probes: false,
      });
      t.deepEqual(readArpVoice(arpProbe(sender, address)), { address, mac: sender, answers: null, probes: true });
    }),
  );
});

test('an ARP reply to one host names whom it answers', (t) => {
  const reply = arpFrame({
    operation: 'reply',
    mac,
    sender: '10.0.0.1',
    targetMac: '02:00:00:00:00:0b',
    target: '0.0.0.0',
  });
  reply.set([2, 0, 0, 0, 0, 0x0b]);
  t.deepEqual(readArpVoice(reply), { address: '10.0.0.1', mac, answers: '02:00:00:00:00:0b', probes: false });
});

test('what is no ARP over Ethernet for IPv4, or from an impossible hardware address, is no voice', (t) => {
  const frame = gratuitousArp('request', mac, '10.0.0.1');
  for (const at of [12, 13, 14, 15, 16, 17, 18, 19]) t.is(readArpVoice(frame.with(at, 0x55)), null, String(at));
  t.is(readArpVoice(frame.with(22, 3)), null, 'a group');
  const zero = Uint8Array.from(frame);
  zero.fill(0, 22, 28);
  t.is(readArpVoice(zero), null, 'zero');
  t.is(readArpVoice(frame.subarray(0, 41)), null, 'short');
});

test('RFC 4861 section 7.1.2: an advertisement is heard with its option; without it, the frame names the sender', (t) => {
  fc.assert(
    fc.property(macs, macs, ip6s, ip6s, (sender, option, source, target) => {
      const whole = advertisement(sender, source, target, option);
      t.deepEqual(readNeighbourVoice(whole), { address: target, mac: option, answers: null, probes: false });
      // Any one bit of the message that flips is refused by the checksum, or by what it says.
      for (let at = 54; at < whole.length; at += 5) {
        t.is(readNeighbourVoice(whole.with(at, (whole[at] ?? 0) ^ 4)), null, String(at));
      }
    }),
    { numRuns: 30 },
  );
  const forwarded = Uint8Array.from(advertisement(mac, 'fe80::1', 'fd00::1', mac)).with(21, 254);
  t.is(readNeighbourVoice(forwarded), null, 'hop limit 254 came through a router');
  t.is(readNeighbourVoice(neighbourSolicitation({ mac, source: 'fe80::a', target: 'fd00::1' })), null, 'a question');
  for (const source of ['fe80::a', null]) {
    const probe = neighbourSolicitation({ mac, source, target: 'fd00::1', probes: true });
    t.deepEqual(readNeighbourVoice(probe), { address: 'fd00::1', mac, answers: null, probes: true }, 'to all nodes');
    t.is(sumOf(Buffer.from(probe)), 0xffff);
  }
});

test('an advertisement without the option; and one that answers', (t) => {
  const bare = Buffer.from(advertisement(mac, 'fe80::1', 'fd00::1', mac)).subarray(0, 14 + 40 + 24);
  bare.writeUInt16BE(24, 18);
  bare.set([2, 0, 0, 0, 0, 0x0b]);
  bare[58] = 0x60;
  bare.writeUInt16BE(0, 56);
  bare.writeUInt16BE(~sumOf(bare) & 0xffff, 56);
  t.deepEqual(readNeighbourVoice(bare), { address: 'fd00::1', mac, answers: '02:00:00:00:00:0b', probes: false });
});

test('any bytes are a voice or none', (t) => {
  const start = fc.constantFrom(
    '',
    hex(gratuitousArp('reply', mac, '10.0.0.1')),
    hex(advertisement(mac, 'fe80::1', 'fd00::1', mac)),
  );
  fc.assert(
    fc.property(start, fc.nat(90), fc.uint8Array({ maxLength: 90 }), (head, kept, tail) => {
      const frame = Buffer.concat([Buffer.from(head, 'hex').subarray(0, kept), tail]);
      for (const voice of [readArpVoice(frame), readNeighbourVoice(frame)]) {
        t.true(voice === null || /^[0-9a-f:]{17}$/.test(voice.mac));
      }
    }),
    { numRuns: 2000 },
  );
});

function advertisement(sender: string, source: string, target: string, option: string): Uint8Array {
  const message = unsolicitedNeighbourAdvertisement({ source, target, mac: option, router: false });
  const head = Buffer.from(neighbourSolicitation({ mac: sender, source, target }).subarray(0, 54));
  head.set([0x33, 0x33, 0, 0, 0, 1]);
  head.write('ff020000000000000000000000000001', 38, 'hex');
  return new Uint8Array(Buffer.concat([head, message]));
}

/** Written apart from the code under test: the ones' complement sum over pseudo-header and message. */
function sumOf(frame: Buffer): number {
  const length = frame.readUInt16BE(18);
  let sum = length + 58;
  for (let at = 22; at < 54 + length; at += 2) sum += frame.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}
