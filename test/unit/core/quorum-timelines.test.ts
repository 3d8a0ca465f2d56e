// Timelines that need whole nodes: a virtual cluster in quorum mode, watched at every change by who would answer.

import test from 'ava';
import { settingsFor, type Wish } from '../../world/settings.ts';
import { World } from '../../world/world.ts';

const three = ['h1', 'h2', 'h3'];
const intervalMs = 1000;

/** Up, past the silence after the start, and held by h1. */
function cluster(voters: readonly string[], wish: Partial<Wish> = {}): World {
  const world = new World();
  for (const [i, node] of voters.entries()) world.add({ node, voters, priority: 200 - i, ...wish });
  world.startAll();
  world.run(12 * intervalMs);
  return world;
}

function cut(world: World, from: readonly string[], to: readonly string[]): void {
  for (const a of from) for (const b of to) world.cuts.add(`${a}>${b}`);
}

test('timeline: a deaf active lets go before a voter is free to promise the group to another', (t) => {
  const world = cluster(three);
  t.deepEqual(world.answering(), ['h1']);
  // It is heard by everybody and hears nobody: in availability mode it would stay.
  cut(world, ['h2', 'h3'], ['h1']);
  const at = world.events.now;
  world.run(8 * intervalMs);
  t.deepEqual(world.answering(), ['h2'], 'the others hear that it let go, and need not wait');
  t.is(world.overlapMs, 0);
  const silentAt = world.answers.find((seen) => seen.at >= at && seen.hosts.length === 0)?.at ?? 0;
  t.true(silentAt <= at + 3 * intervalMs, 'a lease after the last number that was voted for');
});

test('timeline: the probe answered for as long as the holder lives', (t) => {
  // Adverts of the holder are filtered in both directions, the segment is whole: it answers whoever asks.
  const world = cluster(three, { probe: true, lease: 'gate' });
  for (const other of ['h2', 'h3']) world.filtered.add(`h1>${other}`).add(`${other}>h1`);
  world.run(8 * intervalMs);
  t.deepEqual(world.answering(), ['h2'], 'without votes it let go, and an answer from before that holds nobody back');
  t.is(world.overlapMs, 0);

  // With one voter left it would be the same holder as long as that one votes for it: the other never claims.
  const held = cluster(three, { probe: true, lease: 'gate' });
  held.filtered.add('h1>h2').add('h2>h1');
  held.run(20 * intervalMs);
  t.deepEqual(held.answering(), ['h1']);
  held.host('h1').powerCut();
  held.run(8 * intervalMs);
  t.deepEqual(held.answering(), ['h2'], 'once it is dead nothing answers, and its promises end');
  t.is(held.overlapMs, 0);
});

test('timeline: a voter list changed from three to five', (t) => {
  const world = new World();
  for (const node of ['h1', 'h2']) world.add({ node, voters: three, priority: node === 'h1' ? 200 : 100 });
  const five = [...three, 'h4', 'h5'];
  for (const node of ['h3', 'h4', 'h5']) world.add({ node, voters: five, priority: 50 });
  // h3 counted three voters in its last life; with the two new ones it would be a majority of five.
  world.host('h3').memory = { voters: three, longestHoldMs: 10 * intervalMs };
  cut(world, ['h1', 'h2'], ['h3', 'h4', 'h5']);
  cut(world, ['h3', 'h4', 'h5'], ['h1', 'h2']);
  world.startAll();
  world.run(40 * intervalMs);
  t.deepEqual(world.answering(), ['h1']);
  t.is(world.overlapMs, 0);
  // Together they still are two lists, of which one has its majority.
  world.cuts.clear();
  world.run(20 * intervalMs);
  t.deepEqual(world.answering(), ['h1']);
  t.is(world.overlapMs, 0);
});

test('from three to four by one name, a node at a time: never two holders, and one in the end', (t) => {
  const world = new World();
  const four = [...three, 'h4'];
  for (const [i, node] of three.entries()) world.add({ node, voters: three, priority: 200 - i });
  // The same hosts with the new list: they take over the memory of the old ones.
  const next = four.map((node, i) => world.add({ node, voters: four, priority: 100 - i }, { name: `${node}-new` }));
  for (const node of three) world.host(node).start();
  world.run(12 * intervalMs);
  t.deepEqual(world.answering(), ['h1']);
  next[3]?.start();
  for (const [i, node] of [...three.entries()].toReversed()) {
    world.host(node).stop();
    world.run(intervalMs);
    const host = next[i];
    if (host === undefined) throw new Error('no host');
    host.memory = world.host(node).memory;
    host.start();
    world.run(12 * intervalMs);
    t.is(world.overlapMs, 0);
  }
  world.run(12 * intervalMs);
  t.deepEqual(world.answering(), ['h1-new']);
  t.deepEqual(
    next.map(({ memory }) => memory?.voters),
    [four, four, four, four],
  );
});

test('timeline: two claimants at once, each with its own vote: the better one wins within a round trip', (t) => {
  const world = new World();
  for (const node of three) world.add({ node, voters: three, preempt: false });
  world.startAll();
  world.run(12 * intervalMs);
  t.deepEqual(world.answering(), ['h3'], 'the highest address');
  world.host('h3').powerCut();
  world.run(3.5 * intervalMs);
  t.is(world.answering().length, 1);
  t.is(world.overlapMs, 0);
});

test('a holder that crashed and is back in time goes on, without a majority having to wait for its silence', (t) => {
  const world = cluster(three);
  world.run(500);
  const before = world.host('h1').daemon?.view()?.groups[0]?.epoch ?? 0;
  world.host('h1').kill();
  world.run(300);
  world.host('h1').start();
  world.run(8 * intervalMs);
  t.deepEqual(world.answering(), ['h1']);
  const from = world.answers.filter(({ hosts }) => hosts.length === 0).at(-1)?.at ?? 0;
  t.true(from < 12 * intervalMs, 'it never fell silent');
  t.true((world.host('h1').daemon?.view()?.groups[0]?.epoch ?? 0) > before);
});

test('an idle advert is as long with a thousand groups as with one', (t) => {
  const bytes = (groups: number) => {
    const world = cluster(three, { groups });
    t.is(world.answering(groups - 1).length, 1);
    const before = { bytes: world.bytes, datagrams: world.datagrams };
    world.run(3 * intervalMs);
    return (world.bytes - before.bytes) / (world.datagrams - before.datagrams);
  };
  t.is(bytes(1000), bytes(1));
});

test('a hook is told the epoch, and each holder has a greater one than the one before', (t) => {
  const hook = { command: ['/bin/true'], timeoutMs: 1000, user: 'root' };
  const world = new World();
  for (const [i, node] of three.entries()) {
    const host = world.add({ node, voters: three, priority: 200 - i });
    host.settings = { ...host.settings, hook };
  }
  world.startAll();
  world.run(12 * intervalMs);
  const told = (name: string) => world.host(name).hooked.filter(({ state }) => state === 'active');
  t.deepEqual([told('h1').length, told('h2').length], [1, 0]);
  world.host('h1').stop();
  world.run(intervalMs);
  world.host('h2').powerCut();
  world.host('h1').start();
  world.run(30 * intervalMs);
  t.deepEqual(world.answering(), ['h1']);
  const holders = ['h1', 'h2', 'h3'].flatMap((name) => told(name).map(({ epoch }) => ({ name, epoch })));
  holders.sort((a, b) => a.epoch - b.epoch);
  t.true((holders[0]?.epoch ?? 0) > 0);
  t.is(new Set(holders.map(({ epoch }) => epoch)).size, holders.length);
  const inOrder = holders.map(({ name }) => name);
  t.deepEqual([inOrder.at(0), inOrder.at(1), inOrder.at(-1)], ['h1', 'h2', 'h1']);
  t.is(world.host('h1').daemon?.view()?.groups[0]?.epoch, holders.at(-1)?.epoch);
});

test('timeline: a holder that crashed comes back with a shorter lease than its last life had, and freezes', (t) => {
  const wished = { lease: 'gate', leaseMs: 9000, longestHoldMs: 10_000, probe: false } as const;
  const world = cluster(three, wished);
  t.deepEqual(world.answering(), ['h1']);
  const h1 = world.host('h1');
  h1.kill();
  world.run(100);
  h1.settings = settingsFor({ ...wished, node: 'h1', voters: three, priority: 200, leaseMs: 3000 });
  h1.start();
  world.run(100);
  h1.freeze();
  world.run(15_000);
  t.is(world.overlapMs, 0);
  t.deepEqual(world.answering(), ['h2']);
});

test('without a gate nobody hears that a group was let go of before the kernel has confirmed it', (t) => {
  const world = cluster(three, { lease: 'address' });
  t.deepEqual(world.answering(), ['h1']);
  const h1 = world.host('h1');
  for (const key of h1.kernel.claimed) h1.kernel.stuck.add(key);
  const at = world.events.now;
  h1.fence('a test');
  world.run(20 * intervalMs);
  t.deepEqual(world.answering(), ['h2']);
  t.is(world.overlapMs, 0);
  const silentAt = world.answers.find((seen) => seen.at >= at && seen.hosts.length === 0)?.at ?? 0;
  t.true(silentAt > at + intervalMs, 'it answered until the lifetime of the address was over');
});
