// Two hosts that hear no advert of each other, each of which found the wire silent: the process of one stands still from
// the end of its questions until just when the other one opens. What both say then parts them.

import test from 'ava';
import { World } from '../../world/world.ts';

/** A few trips of a packet. */
const longestMs = 3;

test('two claims cross on a wire that passes no adverts: two answer for as long as it takes to say so, then one', (t) => {
  let crossed = 0;
  for (let step = 0; step < 60; step += 1) {
    const thawAt = 411 + step / 20;
    const { overlapMs, holders } = cross(thawAt);
    if (overlapMs > 0) crossed += 1;
    t.true(overlapMs < longestMs, `thawed at ${thawAt}: ${overlapMs} ms`);
    t.is(holders.length, 1, `thawed at ${thawAt}: held by "${holders.join(' ')}"`);
  }
  t.log(`${crossed} of 60 crossed`);
  t.true(crossed > 0);
});

function cross(thawAt: number): { readonly overlapMs: number; readonly holders: readonly string[] } {
  const world = new World();
  const names = ['h1', 'h2', 'h3'];
  const [h1, h2, h3] = names.map((node) => world.add({ node, priority: 100, intervalMs: 100, lease: 'gate' }));
  for (const from of names) for (const to of names) if (from !== to) world.filtered.add(`${from}>${to}`);
  // The third one asks first, so both others wait for a second round; it is gone before it claims.
  h3?.start();
  world.events.after(5, () => h1?.start());
  world.events.after(12, () => h2?.start());
  world.events.after(299, () => h3?.powerCut());
  // Their second rounds are from 395 to 405 ms and from 402 to 412.
  world.events.after(404, () => h1?.freeze());
  world.events.after(thawAt, () => h1?.thaw());
  world.run(2000);
  return { overlapMs: world.overlapMs, holders: world.answering() };
}

/** h1 has held it for long, and until `healAfterMs` after the claim of h2 nothing of it comes there. */
function claimBeside(intervalMs: number, healAfterMs: number): World {
  const world = new World();
  // The one with the lower hardware address stands, where both are new.
  for (const node of ['h2', 'h1']) world.add({ node, priority: 100, intervalMs, lease: 'gate' });
  for (const way of ['h1>h2', 'h2>h1']) world.filtered.add(way);
  world.cuts.add('h1>h2');
  world.host('h1').start();
  world.run(20_000);
  world.host('h2').start();
  for (let steps = 0; world.state('h2') !== 'active'; steps += 1) {
    if (steps > 1_000_000) throw new Error('h2 never claimed');
    world.run(0.05);
  }
  world.run(healAfterMs);
  world.cuts.clear();
  return world;
}

for (const intervalMs of [1000, 100]) {
  test(`at ${intervalMs} ms, beside one that has held it for long, and whose answers were lost until now: the second word parts them`, (t) => {
    const world = claimBeside(intervalMs, 0.1);
    world.run(6000);
    t.log(`two holders for ${world.overlapMs.toFixed(2)} ms`);
    t.true(world.overlapMs > 1000 && world.overlapMs < 1200 + longestMs, `${world.overlapMs} ms`);
    t.deepEqual(world.answering(), ['h1']);
  });

  test(`at ${intervalMs} ms, where its answer to the claim is lost as well both hold it and say so, until an advert is heard`, (t) => {
    const world = claimBeside(intervalMs, 10);
    world.run(6000);
    t.is(world.answering().length, 2);
    const said = world.heard.filter(
      ({ event }) => event.code === 'problem' && event.problem.code === 'address-conflict',
    );
    t.deepEqual([...new Set(said.map(({ host }) => host))].toSorted(), ['h1', 'h2']);
    world.filtered.clear();
    world.run(2 * intervalMs);
    t.is(world.answering().length, 1);
  });
}
