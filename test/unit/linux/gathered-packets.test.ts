// Datagrams that came together go on together, before whoever asks whether all of them were offered gets an answer.

import test from 'ava';
import { setImmediate as turn } from 'node:timers/promises';
import { GatheredPackets } from '#linux/gathered-packets';

const bytes = (value: number): Uint8Array => Uint8Array.of(value);

function gathered() {
  const offered: number[][] = [];
  const packets = new GatheredPackets((some) => offered.push(some.map((packet) => packet.bytes[0] ?? 0)));
  return { offered, add: (value: number) => packets.add('eth0', '192.0.2.2', bytes(value)), packets };
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
