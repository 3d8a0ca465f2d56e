// Random faults on a small virtual cluster in quorum mode, drawn from a seed: partitions of every shape, loss, freezes,
// crashes, restarts. At no instant may two hosts answer for a group, and once all is calm one must.
// `node dist-test/random/quorum.js SEED` replays one run and tells every transition.

import { argv } from 'node:process';
import { Random } from '../sim/random.ts';
import type { Host } from '../world/host.ts';
import { World } from '../world/world.ts';

const names = ['h1', 'h2', 'h3', 'h4', 'h5'];

export interface Outcome {
  readonly findings: readonly string[];
  readonly log: readonly string[];
  /** How many claims won. */
  readonly won: number;
}

export function runQuorum(seed: number): Outcome {
  const random = new Random(seed);
  const world = new World();
  const log: string[] = [];
  const findings: string[] = [];
  const voters = names.slice(0, random.chance(0.3) ? 5 : 3);
  const intervalMs = random.chance(0.5) ? 1000 : 100;
  const groups = 1 + Math.floor(random.within(3));
  const slowest = random.pick([0.3, 3, intervalMs / 4]);
  const usual = () => 0.1 + random.within(slowest);
  world.delay = usual;
  for (const node of voters) {
    const witness = node === voters.at(-1) && random.chance(0.4);
    const paths = random.chance(0.3) ? ['eth0', 'eth1'] : ['eth0'];
    const priority = 50 + Math.floor(random.within(200));
    const rate = 0.99 + random.within(0.02);
    world.add({ node, voters, intervalMs, groups, witness, paths, priority }, { rate });
  }
  const say = (text: string) => log.push(`${world.events.now.toFixed(1)} ${text}`);
  const noted = world.events.watch;
  world.events.watch = () => {
    noted();
    for (let group = 0; group < groups; group += 1) {
      const hosts = world.answering(group);
      if (hosts.length > 1 && findings.length < 5) {
        findings.push(`${world.events.now.toFixed(2)}: ${hosts.join(' and ')} answer for group ${group}`);
      }
    }
  };
  world.startAll();
  world.run(11 * intervalMs);
  for (let i = 0; i < 40; i += 1) {
    world.run(random.within(random.pick([0.1, 1, 4]) * intervalMs));
    say(`> ${disturb(world, random)}`);
    if (random.chance(0.15)) calm(world, usual, say);
  }
  calm(world, usual, say);
  // The silence of whoever was started last, the promises before it, and the waits of those who gave way.
  world.run(36 * intervalMs);
  for (let group = 0; group < groups; group += 1) {
    const hosts = world.answering(group);
    if (hosts.length !== 1) findings.push(`in the end ${hosts.join(' and ') || 'nobody'} answers for group ${group}`);
  }
  for (const { at, host, event } of world.transitions) {
    log.push(`${at.toFixed(1)} ${host} ${event.group} ${event.from} -> ${event.to} ${JSON.stringify(event.reason)}`);
  }
  const won = world.transitions.filter(({ event }) => event.to === 'active').length;
  return { findings, won, log: log.toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b)) };
}

function disturb(world: World, random: Random): string {
  const hosts = [...world.hosts.values()];
  const host = random.pick(hosts);
  const other = random.pick(hosts);
  switch (Math.floor(random.within(14))) {
    case 9: {
      // Between two calls of one step, and back as fast as a service manager may be.
      const calls = 1 + Math.floor(random.within(6));
      if (host.process !== null) host.process.killIn = calls;
      if (random.chance(0.5)) host.stop();
      const back = random.within(500);
      world.events.after(back, () => {
        if (!host.running) host.start();
      });
      return `kill ${host.name} in ${calls} calls, start it after ${back.toFixed(0)} ms`;
    }
    case 10: {
      let calls = 1 + Math.floor(random.within(20));
      const ms = random.within(5 * host.settings.intervalMs);
      host.slowness = () => {
        calls -= 1;
        return calls === 0 ? ms : 0;
      };
      return `stall ${host.name} for ${ms.toFixed(0)} ms in ${calls} calls`;
    }
    case 11: {
      // Adverts that come much later than those after them, and more than once.
      const slowest = random.within(5 * host.settings.intervalMs);
      world.delay = () => (random.chance(0.2) ? random.within(slowest) : 0.1 + random.within(1));
      world.copies = () => (random.chance(0.1) ? 2 : 1);
      return `storm of ${slowest.toFixed(0)} ms`;
    }
    case 12: {
      const longestHoldMs = random.pick([4, 7, 10, 14]) * host.settings.intervalMs;
      host.kill();
      promiseUpTo(host, longestHoldMs);
      host.start();
      return `restart ${host.name} with longest_hold ${longestHoldMs}`;
    }
    case 13: {
      if (host.settings.quorum?.longestHoldMs !== 10 * host.settings.intervalMs) return 'nothing';
      if (host.memory !== null && host.memory.longestHoldMs !== host.settings.quorum.longestHoldMs) return 'nothing';
      host.kill();
      host.memory = null;
      host.start();
      return `restart ${host.name} without its state`;
    }
    case 0:
      world.cuts.add(`${host.name}>${other.name}`);
      return `cut ${host.name}>${other.name}`;
    case 1: {
      const left = hosts.filter(() => random.chance(0.5)).map(({ name }) => name);
      for (const a of hosts) {
        for (const b of hosts) {
          if (left.includes(a.name) !== left.includes(b.name)) world.cuts.add(`${a.name}>${b.name}`);
        }
      }
      return `partition ${left.join(' ')} | the others`;
    }
    case 2:
      world.cuts.clear();
      return 'heal';
    case 3:
      if (host.frozen) host.thaw();
      else host.freeze();
      return `${host.frozen ? 'freeze' : 'thaw'} ${host.name}`;
    case 4:
      if (host.running) host.kill();
      else host.start();
      return `${host.running ? 'start' : 'kill'} ${host.name}`;
    case 5:
      host.kill();
      host.start();
      return `restart ${host.name}`;
    case 6:
      if (host.running) host.stop();
      else host.start();
      return `stop or start ${host.name}`;
    case 7:
      host.setLink('eth0', host.down.has('eth0'));
      return `link of ${host.name} ${host.down.has('eth0') ? 'down' : 'up'}`;
    default: {
      const nth = 2 + Math.floor(random.within(6));
      let count = 0;
      world.tap = () => {
        count += 1;
        return count % nth === 0 ? 'drop' : 'pass';
      };
      return `lose every ${nth}th`;
    }
  }
}

function promiseUpTo(host: Host, longestHoldMs: number): void {
  const { settings } = host;
  if (settings.quorum !== null) host.settings = { ...settings, quorum: { ...settings.quorum, longestHoldMs } };
}

function calm(world: World, delay: () => number, say: (text: string) => void): void {
  world.cuts.clear();
  world.copies = () => 1;
  world.delay = delay;
  world.tap = () => 'pass';
  for (const host of world.hosts.values()) {
    if (host.down.has('eth0')) host.setLink('eth0', true);
    if (host.process !== null) host.process.killIn = null;
    if (host.frozen) host.thaw();
    const { quorum, intervalMs } = host.settings;
    if (quorum?.longestHoldMs !== 10 * intervalMs) {
      host.kill();
      promiseUpTo(host, 10 * intervalMs);
    }
    if (!host.running) host.start();
  }
  say('> calm');
}

if (argv[1]?.endsWith('quorum.js') === true) {
  const seed = Number(argv[2] ?? 1);
  const { findings, log } = runQuorum(seed);
  console.log([...log, ...findings.map((finding) => `FINDING ${finding}`)].join('\n'));
}
