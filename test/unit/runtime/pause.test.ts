// A host that stands still, in a virtual cluster: for how long two hosts answer when it goes on. Measured for every
// phase of an interval in which it can be stopped, with both clocks (a suspend) and with one (a paused machine).

import test from 'ava';
import { type Host, wakeMs } from '../../world/host.ts';
import { World } from '../../world/world.ts';

const phases = 20;

/** The longest time for which two hosts answered, over all phases; and whether the sleeper went on holding. */
function worst(intervalMs: number, stop: (world: World) => void): { overlapMs: number; holders: string[] } {
  let overlapMs = 0;
  const holders: string[] = [];
  for (let phase = 0; phase < phases; phase += 1) {
    const world = new World();
    world.add({ node: 'h1', priority: 150, intervalMs });
    world.add({ node: 'h2', priority: 100, intervalMs });
    world.startAll();
    world.run(intervalMs * (6 + phase / phases));
    stop(world);
    world.run(intervalMs * 15);
    if (world.answering().join() !== 'h2') throw new Error(`phase ${phase}: nobody took over`);
    world.run(intervalMs * 10);
    overlapMs = Math.max(overlapMs, world.overlapMs);
    holders.push(world.answering().join());
  }
  return { overlapMs, holders };
}

const quorumIntervalMs = 100;

function quorumWorld(lease: 'gate' | 'address', leaseMs: number): World {
  const world = new World();
  const voters = ['h1', 'h2', 'h3'];
  const alike = { intervalMs: quorumIntervalMs, voters, leaseMs, lease, longestHoldMs: 10_000 };
  for (const [i, node] of voters.entries()) world.add({ ...alike, node, priority: 150 - 10 * i });
  world.startAll();
  return world;
}

const stops: readonly (readonly [string, (host: Host, ms: number) => void])[] = [
  ['suspended holder', (host, ms) => host.suspend(ms)],
  ['paused machine', (host, ms) => host.pauseVm(ms)],
];

for (const intervalMs of [1000, 100]) {
  test(`a suspended holder at ${intervalMs} ms lets go as soon as its process runs`, (t) => {
    const { overlapMs, holders } = worst(intervalMs, (world) => world.host('h1').suspend(15.5 * intervalMs));
    t.log(`two holders for up to ${overlapMs.toFixed(2)} ms`);
    t.true(overlapMs > 0 && overlapMs <= wakeMs + 0.001, `${overlapMs} ms`);
    t.deepEqual([...new Set(holders)], ['h1'], 'it ranks better: it is handed the group again');
  });

  test(`a paused machine at ${intervalMs} ms: the next advert heard ends it`, (t) => {
    const { overlapMs } = worst(intervalMs, (world) => world.host('h1').pauseVm(15.5 * intervalMs));
    t.log(`two holders for up to ${overlapMs.toFixed(2)} ms`);
    t.true(overlapMs > 0 && overlapMs <= intervalMs + 1, `${overlapMs} ms`);
  });

  for (const [how, stop] of stops)
    test(`a ${how} at ${intervalMs} ms whose process hangs afterwards: what was left of the lease`, (t) => {
      const { overlapMs } = worst(intervalMs, (world) => {
        world.host('h1').freeze();
        stop(world.host('h1'), 15.5 * intervalMs);
      });
      const { lease } = new World().add({ node: 'h1', intervalMs }).settings;
      const leaseMs = lease.kind === 'off' ? Number.NaN : lease.ms;
      t.log(`two holders for up to ${overlapMs.toFixed(2)} ms, lease ${leaseMs} ms`);
      t.true(overlapMs > 0 && overlapMs <= leaseMs, `${overlapMs} ms`);
    });
}

for (const [how, stop] of stops)
  test(`quorum mode, a ${how} whose process hangs afterwards: what was left of the lease`, (t) => {
    const leaseMs = 2000;
    let longestMs = 0;
    for (let phase = 0; phase < phases; phase += 1) {
      const world = quorumWorld('gate', leaseMs);
      world.run(15_000 + (quorumIntervalMs * phase) / phases);
      t.deepEqual(world.answering(), ['h1']);
      const h1 = world.host('h1');
      h1.freeze();
      stop(h1, 15_050);
      world.run(15_000);
      t.deepEqual(world.answering(), ['h2'], 'its promises went on, so another one came');
      world.run(15_000);
      t.deepEqual(world.answering(), ['h2']);
      longestMs = Math.max(longestMs, world.overlapMs);
    }
    t.log(`two holders for up to ${longestMs.toFixed(2)} ms, lease ${leaseMs} ms`);
    t.true(longestMs > 0 && longestMs <= leaseMs, `${longestMs} ms`);
  });

for (const lease of ['gate', 'address'] as const) {
  test(`quorum mode, a paused holder with a lease by ${lease}: the next word of the new holder that answers it ends it`, (t) => {
    let longestMs = 0;
    let longestTailMs = 0;
    for (let phase = 0; phase < phases; phase += 1) {
      const world = quorumWorld(lease, 2000);
      world.run(15_000 + (quorumIntervalMs * phase) / phases);
      t.deepEqual(world.answering(), ['h1']);
      const pauseMs = 15_050;
      world.host('h1').pauseVm(pauseMs);
      world.run(pauseMs - 50);
      t.deepEqual(world.answering(), ['h2'], 'its promises went on, so another one came');
      t.is(world.overlapMs, 0, 'who stands still answers nobody');
      // A packet may be an old one that somebody plays again: what counts is the first that answers one of its own.
      const wokeAt = world.events.now + 50;
      let spokeAt = Number.NaN;
      let heardAt = Number.NaN;
      world.tap = (from, to) => {
        const { now } = world.events;
        if (now < wokeAt) return 'pass';
        if (from === 'h1' && Number.isNaN(spokeAt)) spokeAt = now;
        if (from === 'h2' && to === 'h1' && now > spokeAt && Number.isNaN(heardAt)) heardAt = now;
        return 'pass';
      };
      world.run(15_000);
      const over = world.answers.find(({ at, hosts }) => at > wokeAt && hosts.length < 2);
      longestMs = Math.max(longestMs, world.overlapMs);
      longestTailMs = Math.max(longestTailMs, (over?.at ?? Number.NaN) - heardAt);
      t.deepEqual(world.answering(), ['h1'], 'it ranks better: it is handed the group again');
    }
    t.log(`two holders for up to ${longestMs.toFixed(2)} ms, ${longestTailMs.toFixed(2)} after that word`);
    t.true(longestMs > 0, 'a pause of all clocks is the one thing that a lease cannot see');
    t.true(longestMs <= quorumIntervalMs + 2, `${longestMs} ms`);
    t.true(longestTailMs <= 2, `${longestTailMs} ms after the word`);
  });
}

test('a daemon that was started as its host fell asleep goes on from nothing that the one before it held', (t) => {
  const world = new World();
  world.add({ node: 'h1', priority: 150, intervalMs: 1000 });
  world.add({ node: 'h2', priority: 100, intervalMs: 1000 });
  world.startAll();
  world.run(6000);
  const h1 = world.host('h1');
  h1.suspend(15_500);
  h1.kill();
  h1.start();
  world.run(15_400);
  t.deepEqual(world.answering(), ['h2']);
  world.run(1100);
  t.deepEqual(world.answering(), ['h2'], 'it took nothing on');
  t.true(world.overlapMs <= wakeMs + 0.001, `${world.overlapMs} ms`);
});

test('a wall clock that is set back or forth changes nothing at all', (t) => {
  const story = (offsetsMs: readonly number[]): unknown => {
    const world = new World();
    world.add({ node: 'h1', priority: 150, intervalMs: 100 });
    world.add({ node: 'h2', priority: 100, intervalMs: 100 });
    world.startAll();
    for (const offsetMs of offsetsMs) {
      world.run(1000);
      for (const host of world.hosts.values()) host.clock.wallOffsetMs = offsetMs;
    }
    return { heard: world.heard, answers: world.answers, datagrams: world.datagrams };
  };
  const hour = 3_600_000;
  t.deepEqual(story([hour, -hour, 0, 100 * hour]), story([0, 0, 0, 0]));
});
