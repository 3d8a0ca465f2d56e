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
