// Datagrams that came together go on together, before whoever asks whether all of them were offered gets an answer.

import test from 'ava';
import { setImmediate as turn } from 'node:timers/promises';
import { instant } from '#lib/time';
import { GatheredPackets } from '#linux/gathered-packets';

const bytes = (value: number, length = 1): Uint8Array => new Uint8Array(length).fill(value);

function gathered() {
  const offered: number[][] = [];
  const clock = { at: 0, now: () => instant(clock.at) };
  const packets = new GatheredPackets(clock, (some) => offered.push(some.map((packet) => packet.bytes[0] ?? 0)));
  const add = (value: number, length = 1) => packets.add('eth0', '192.0.2.2', bytes(value, length));
  return { offered, add, clock, packets };
}

test('what one turn of the loop brings is offered at its end, in order and once', async (t) => {
  const { offered, add } = gathered();
  for (const value of [1, 2, 3]) add(value);
  t.deepEqual(offered, []);
  await turn();
  t.deepEqual(offered, [[1, 2, 3]]);
  add(4);
  await turn();
  await turn();
  t.deepEqual(offered, [[1, 2, 3], [4]]);
});

test('a flush offers what there is, and nothing of it comes again', async (t) => {
  const { offered, add, packets } = gathered();
  packets.flush();
  add(1);
  packets.flush();
  packets.flush();
  t.deepEqual(offered, [[1]]);
  await turn();
  t.deepEqual(offered, [[1]]);
});

test('what fills a datagram goes on in another one: both are offered together', async (t) => {
  const { offered, add, clock } = gathered();
  add(1, 1390);
  await turn();
  await turn();
  t.deepEqual(offered, []);
  clock.at = 0.9;
  add(2, 1390);
  clock.at = 1.5;
  await turn();
  t.deepEqual(offered, []);
  add(3, 700);
  await turn();
  t.deepEqual(offered, [[1, 2, 3]]);
});

test('what does not come within a millisecond is not waited for, nor anything for more than five', async (t) => {
  const { offered, add, clock } = gathered();
  add(1, 1390);
  await turn();
  clock.at = 1;
  await turn();
  await turn();
  t.deepEqual(offered, [[1]]);
  for (let more = 0; more < 6; more += 1) {
    add(2, 1390);
    await turn();
    clock.at += 0.9;
  }
  t.is(offered.length, 1);
  await turn();
  t.is(offered.length, 2);
});
