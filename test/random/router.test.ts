// A router that reboots, at any moment and for any time: every node loses it at a moment of its own and finds it again
// at another. Nothing may move because of it, nobody may be told that this node alone is cut off, and no time is lost.

import test from 'ava';
import { Random } from '../sim/random.ts';
import { World } from '../world/world.ts';

const runs = 200;
const router = '192.0.2.254';

test('a router reboots at a random moment: nothing moves', (t) => {
  const found: string[] = [];
  let lost = 0;
  for (let seed = 1; seed <= runs; seed += 1) {
    const { moves, reports } = reboot(seed);
    found.push(...moves.map((move) => `seed ${seed}: ${move}`));
    lost += reports.filter((code) => code === 'gateway-lost').length;
    if (reports.includes('gateway-unreached')) found.push(`seed ${seed}: somebody thinks that it alone is cut off`);
  }
  t.deepEqual(found.slice(0, 10), []);
  t.true(lost > runs, 'most reboots are noticed, by most nodes');
});

function reboot(seed: number): { readonly moves: string[]; readonly reports: string[] } {
  const random = new Random(seed);
  const world = new World();
  const intervalMs = random.pick([100, 1000]);
  const downMs = 3 * intervalMs;
  world.delay = () => random.between(0.1, 3.1);
  const count = random.pick([2, 3, 4]);
  for (let i = 1; i <= count; i += 1) {
    const wish = { node: `h${i}`, priority: 50 + Math.floor(random.within(200)), intervalMs };
    world.add({ ...wish, lease: 'gate', gateways: [router] });
  }
  for (const host of world.hosts.values()) {
    host.start();
    world.run(random.within(intervalMs));
  }
  world.run(4 * downMs);
  const before = world.transitions.length;
  for (let times = 0; times < 3; times += 1) {
    world.run(random.within(intervalMs));
    // It may come up once for a moment, in which it answers some and not others, and go down again.
    for (let downs = random.pick([1, 2]); downs > 0; downs -= 1) {
      world.wire.deadGateways.add(router);
      world.run(random.within(3 * downMs));
      world.wire.deadGateways.clear();
      world.run(random.within(intervalMs));
    }
    world.run(2 * downMs);
  }
  const moves = world.transitions
    .slice(before)
    .map(({ at, host, event }) => `${at.toFixed(1)} ${host} ${event.from} -> ${event.to} ${event.reason.kind}`);
  const reports = world.heard.flatMap(({ event }) => (event.code === 'problem' ? [event.problem.code] : []));
  return { moves, reports };
}
