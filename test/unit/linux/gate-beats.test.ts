// What is kept of a renewal must be what would be made anew: another time to live, or another beat before, is another request.

import test from 'ava';
import { GateBeats } from '#linux/gate-beats';
import { datagramOf } from '#linux/netlink-bytes';

const tables = [
  { family: 'inet', name: 'locum' },
  { family: 'arp', name: 'locum' },
] as const;

const bytes = (requests: Parameters<typeof datagramOf>[0]) => datagramOf(requests, 1).toString('hex');

test('a beat that is armed again is not made again, and says what a new one says', (t) => {
  const beats = new GateBeats(tables);
  const first = beats.arming({ place: 0, ms: 2948 });
  t.is(beats.arming({ place: 0, ms: 2948 }), first);
  t.not(bytes(beats.arming({ place: 1, ms: 2948 })), bytes(first));
  t.is(beats.arming({ place: 0, ms: 2948 }), first);
  const shorter = beats.arming({ place: 0, ms: 2944 });
  t.is(bytes(shorter), bytes(new GateBeats(tables).arming({ place: 0, ms: 2944 })));
  t.not(bytes(shorter), bytes(first));
});

test('a beat that counts takes the place of the one before, and of none where there was none', (t) => {
  const beats = new GateBeats(tables);
  const turns = [
    { place: 0, before: null },
    { place: 1, before: 0 },
    { place: 0, before: 1 },
  ] as const;
  const made = turns.map((turn) => beats.counting(turn));
  t.is(new Set(made.map(bytes)).size, turns.length);
  t.deepEqual(
    turns.map((turn) => beats.counting(turn)),
    made,
  );
  t.deepEqual(
    turns.map((turn) => new GateBeats(tables).counting(turn)),
    made,
  );
});
