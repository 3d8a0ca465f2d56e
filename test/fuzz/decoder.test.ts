// A million generated packets with a new seed in each run; the log says how to repeat it.

import test from 'ava';
import { refusals } from '#wire/refusal';
import { fuzzDecoder } from './decoder.ts';

test('a million packets: no exception, every refusal seen, some accepted', (t) => {
  const seed = Date.now() % 0x1_0000_0000;
  t.log(`repeat with: node dist-test/fuzz/decoder.js 1000000 ${seed}`);
  const { packets, accepted, refused, failures } = fuzzDecoder(1_000_000, seed);
  t.deepEqual(failures, []);
  const decided = [...refused.values()].reduce((sum, count) => sum + count, accepted);
  t.true(packets >= 1_000_000);
  t.is(decided, packets);
  t.deepEqual(
    refusals.filter((reason) => !refused.has(reason)),
    [],
  );
  t.true(accepted > 0);
});
