// A claim whose word and whose addresses reach the kernel late, because the process stalls on its way there and hangs
// afterwards: by then whoever it claims after may have gone on without it.

import test from 'ava';
import { World } from '../../world/world.ts';

const intervalMs = 1000;

/**
 * The next call of h2, once it claims, does nothing for so long; behind that call the process stands still, for a second
 * more, for good or not at all. The most hosts that answered at once, and for how long two did.
 */
function playLate(
  world: World,
  stallMs: number,
  then: 'a second' | 'for good' | 'goes on' = 'a second',
): { most: number; overlapMs: number } {
  const most = world.countAnswering();
  let stalled = false;
  const h2 = world.host('h2');
  const { process } = h2;
  if (process === null) throw new Error('h2 does not run');
  process.slowness = () => {
    if (stalled || world.state('h2') !== 'claiming') return 0;
    stalled = true;
    if (then !== 'goes on') world.events.after(stallMs / 2, () => h2.freeze());
    if (then === 'a second') world.events.after(stallMs + 1000, () => h2.thaw());
    return stallMs;
  };
  world.run(60_000);
  if (!stalled) throw new Error('h2 never claimed');
  return { most: most(), overlapMs: world.overlapMs };
}

for (const stallMs of [60, 400, 1040, 1060, 1200, 1500, 1900]) {
  test(`a successor whose claim takes ${stallMs} ms to the kernel does not open beside whoever took the group back`, (t) => {
    const world = new World();
    world.add({ node: 'h1', priority: 100, intervalMs, lease: 'gate' });
    world.add({ node: 'h2', priority: 150, intervalMs, lease: 'gate' });
    world.host('h1').start();
    world.run(5000);
    t.deepEqual(world.answering(), ['h1']);
    world.host('h2').start();
    const { most, overlapMs } = playLate(world, stallMs);
    t.is(most, 1, `${overlapMs.toFixed(2)} ms`);
    t.is(world.answering().length, 1);
  });

  test(`whose turn it is and whose claim takes ${stallMs} ms to the kernel does not open beside the next in line`, (t) => {
    const world = new World();
    world.add({ node: 'h1', priority: 200, intervalMs, lease: 'gate' });
    world.add({ node: 'h2', priority: 150, intervalMs, lease: 'gate' });
    world.add({ node: 'h3', priority: 100, intervalMs, lease: 'gate' });
    world.startAll();
    world.run(15_000);
    t.deepEqual(world.answering(), ['h1']);
    world.host('h1').powerCut();
    const { most, overlapMs } = playLate(world, stallMs);
    t.is(most, 1, `${overlapMs.toFixed(2)} ms`);
    t.is(world.answering().length, 1);
  });
}

for (const then of ['goes on', 'for good'] as const) {
  const bound = then === 'goes on' ? 'until it hears the next one' : 'and hangs there: what was left of its lease';
  test(`whose turn it is, stands still for the second before it and once more on the way to the kernel: ${bound}`, (t) => {
    let longestMs = 0;
    for (const stallMs of [20, 49, 51, 100, 300, 600, 900, 999, 1040, 1060]) {
      const world = new World();
      world.add({ node: 'h1', priority: 200, intervalMs, lease: 'gate' });
      const h2 = world.add({ node: 'h2', priority: 150, intervalMs, lease: 'gate' });
      world.add({ node: 'h3', priority: 100, intervalMs, lease: 'gate' });
      world.startAll();
      world.run(15_000);
      world.host('h1').powerCut();
      world.events.after(2000, () => h2.freeze());
      world.events.after(3000.1, () => h2.thaw());
      const { overlapMs } = playLate(world, stallMs, then);
      longestMs = Math.max(longestMs, overlapMs);
      const { lease } = h2.settings;
      const leaseMs = lease.kind === 'off' ? Number.NaN : lease.ms;
      t.true(overlapMs <= (then === 'goes on' ? 2 : leaseMs), `${stallMs} ms: ${overlapMs.toFixed(2)} ms`);
      t.is(world.answering().length, 1);
    }
    t.log(`two holders for up to ${longestMs.toFixed(2)} ms`);
    t.true(longestMs > 0);
  });
}

for (const lease of ['gate', 'address'] as const) {
  for (const stallMs of [100, 800, 1300, 1600, 2500, 3200]) {
    test(`what is adopted, and stalls for ${stallMs} ms on its way, opens nothing beside the next holder (${lease})`, (t) => {
      const world = new World();
      world.add({ node: 'h1', priority: 200, intervalMs, lease });
      world.add({ node: 'h2', priority: 100, intervalMs, lease });
      world.startAll();
      world.run(15_000);
      t.deepEqual(world.answering(), ['h1']);
      const most = world.countAnswering();
      world.host('h1').kill();
      world.run(900);
      let stalls = 0;
      world.host('h1').slowness = () => {
        stalls += 1;
        return stalls === 1 ? stallMs : 0;
      };
      world.host('h1').start();
      t.is(world.state('h1'), 'active', 'it adopts');
      world.run(60_000);
      t.true(stalls > 0);
      t.is(most(), 1, `${world.overlapMs.toFixed(2)} ms`);
      t.is(world.answering().length, 1);
    });
  }
}
