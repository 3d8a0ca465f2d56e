// A holder that dies between its last word and the deletion of its addresses, and is back at once: the word
// was heard, so whatever it left behind must not be taken on again.

import test from 'ava';
import { World } from '../../world/world.ts';

const names = ['h1', 'h2', 'h3'];
const modes = {
  quorum: { voters: names },
  'availability, with a gate': { lease: 'gate' },
  'availability, with the lifetime of addresses': { lease: 'address' },
  'availability, without a lease': { lease: 'off' },
} as const;

const cases = Object.entries(modes).flatMap(([mode, wish]) => [1, 2, 3, 4, 5].map((calls) => ({ mode, wish, calls })));

for (const { mode, wish, calls } of cases) {
  test(`timeline: ${mode}: killed at call ${calls} of its resignation and started again`, (t) => {
    const world = new World();
    for (const node of names) world.add({ node, ...wish, groups: 2, priority: node === 'h1' ? 200 : 100 });
    world.startAll();
    world.run(15_000);
    t.deepEqual(world.answering(), ['h1']);
    const most = world.countAnswering();
    const h1 = world.host('h1');
    const { process } = h1;
    if (process === null) return t.fail();
    process.killIn = calls;
    h1.stop();
    h1.kill();
    world.run(2);
    h1.start();
    world.run(5000);
    t.true(most() <= 1, `${most()} hosts answered at once`);
    return t.is(world.answering().length, 1);
  });
}
