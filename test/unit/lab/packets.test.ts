import test from 'ava';
import {
  answerIn,
  echoedNumber,
  echoFrame,
  echoRequest,
  macNumber,
  senderOf,
  stampEcho,
  whoHasFrame,
} from '../../lab/packets.ts';
import { ipBytes } from '../../lab/raw.ts';

const four = {
  fromMac: '02:4c:00:00:01:fe',
  toMac: '02:4c:00:00:01:01',
  fromIp: '192.0.2.254',
  toIp: '192.0.2.100',
};
const six = { ...four, fromIp: '2001:db8::fe', toIp: '2001:db8::1:1' };

/** Ones' complement sum over a message whose checksum is right is all ones. */
function sumOf(bytes: Buffer, start = 0): number {
  let total = start;
  for (let i = 0; i < bytes.length; i += 2) total += bytes.readUInt16BE(i);
  while (total > 0xffff) total = (total & 0xffff) + (total >>> 16);
  return total;
}

test('an IPv4 echo has right checksums in both headers, whatever its number', (t) => {
  const { frame, stamp } = echoFrame(four, 7);
  for (const number of [1, 65_536, 0xfffffffe]) {
    stamp(number);
    t.is(sumOf(frame.subarray(14, 34)), 0xffff);
    t.is(sumOf(frame.subarray(34)), 0xffff);
  }
});

test('an IPv6 echo is summed with its pseudo-header', (t) => {
  const { frame, stamp } = echoFrame(six, 7);
  stamp(99);
  t.is(sumOf(frame.subarray(54), sumOf(frame.subarray(22, 54)) + 16 + 58), 0xffff);
});

test('a reply of ours gives its number back; another id or mark does not', (t) => {
  const packet = echoRequest(4, 7);
  stampEcho(packet, 70_000);
  t.is(echoedNumber(packet, packet.length, 0, 7), -1, 'a request is no reply');
  packet[0] = 0;
  t.is(echoedNumber(packet, packet.length, 0, 7), 70_000);
  t.is(echoedNumber(packet, packet.length, 0, 8), -1);
  t.is(echoedNumber(packet, packet.length - 1, 0, 7), -1);
});

test('who-has asks one MAC, and only the answer for the address counts', (t) => {
  const request = whoHasFrame(four);
  t.is(request.subarray(0, 6).toString('hex'), '024c00000101');
  t.is(request.subarray(38, 42).toString('hex'), 'c0000264');
  const reply = Buffer.alloc(60);
  request.copy(reply);
  reply[21] = 2;
  ipBytes(four.toIp).copy(reply, 28);
  t.is(answerIn(reply, reply.length, ipBytes(four.toIp), 7), 'who-has');
  t.is(answerIn(reply, reply.length, ipBytes('192.0.2.101'), 7), null);
  t.is(answerIn(request, request.length, ipBytes(four.toIp), 7), null);
});

test('the sender of a frame is compared as a number', (t) => {
  t.is(senderOf(whoHasFrame(four)), macNumber(four.fromMac));
});
