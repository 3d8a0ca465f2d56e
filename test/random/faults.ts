// Random faults on a small virtual cluster, drawn from a seed, and what must hold whatever they were.
// `node dist-test/random/faults.js SEED` replays one run and tells every transition.

import { argv } from 'node:process';
import { World } from '../world/world.ts';

const kernelLateMs = 1250;

interface Rules {
  readonly intervalMs: number;
  readonly downMs: number;
  readonly leaseMs: number;
}

/** One run; the findings are empty when all is well. */
export function runFaults(seed: number): { readonly findings: string[]; readonly log: string[] } {
  const random = randomOf(seed);
  const world = new World();
  const log: string[] = [];
  const findings: string[] = [];
  const rules = populate(world, random);
  const say = (text: string) => log.push(`${world.events.now.toFixed(1)} ${text}`);
  world.startAll();
  for (let i = 0; i < 40; i += 1) {
    world.run(random.chance(0.5) ? random.within(rules.downMs * 2) : random.within(20));
    say(`> ${disturb(world, random)}`);
    if (random.chance(0.2)) {
      calm(world);
      say('> calm');
      const bound = rules.downMs + rules.leaseMs + kernelLateMs;
      world.run(bound);
      settleAndWatch(world, rules, findings);
    }
  }
  calm(world);
  say('> calm for good');
  world.run(boundMs(rules));
  findings.push(...holdersWrong(world));
  lookForUnrest(world, findings);
  stopAll(world, findings);
  for (const { at, host, event } of world.transitions) {
    log.push(`${at.toFixed(1)} ${host} ${event.group} ${event.from} -> ${event.to} ${JSON.stringify(event.reason)}`);
  }
  for (const { at, hosts } of world.answers) log.push(`${at.toFixed(1)} = ${hosts.join(' ')}`);
  return { findings, log: log.toSorted((a, b) => Number.parseFloat(a) - Number.parseFloat(b)) };
}

function populate(world: World, random: Random): Rules {
  const slowest = random.pick([0.3, 3, 30]);
  world.delay = () => 0.1 + random.within(slowest);
  const intervalMs = random.chance(0.5) ? 1000 : 100;
  const paths = random.chance(0.4) ? ['eth0', 'eth1'] : ['eth0'];
  const count = 2 + Math.floor(random.within(3));
  let leaseMs = 0;
  for (let i = 0; i < count; i += 1) {
    const host = world.add({
      node: `h${i + 1}`,
      priority: random.chance(0.3) ? 100 : 50 + Math.floor(random.within(200)),
      intervalMs,
      paths,
      preempt: random.chance(0.8),
      preemptDelayMs: random.chance(0.3) ? intervalMs * 2 : 0,
      groups: random.chance(0.2) ? 3 : 1,
    });
    host.kernel.lateMs = random.within(kernelLateMs);
    leaseMs = host.settings.lease.kind === 'off' ? 0 : host.settings.lease.ms;
  }
  return { intervalMs, downMs: intervalMs * 3, leaseMs };
}

function disturb(world: World, random: Random): string {
  const hosts = [...world.hosts.values()];
  const host = random.pick(hosts);
  const other = random.pick(hosts.filter((candidate) => candidate !== host));
  const path = random.pick(host.settings.transport.paths).name;
  const faults: Record<string, () => void> = {
    [`kill ${host.name}`]: () => host.kill(),
    [`power-cut ${host.name}`]: () => host.powerCut(),
    [`stop ${host.name}`]: () => host.stop(),
    [`start ${host.name}`]: () => void (host.running || host.start()),
    [`restart ${host.name}`]: () => {
      host.kill();
      host.start();
    },
    [`freeze ${host.name}`]: () => void (host.running && host.freeze()),
    [`thaw ${host.name}`]: () => host.thaw(),
    [`link ${host.name} ${path} down`]: () => host.setLink(path, false),
    [`link ${host.name} ${path} up`]: () => host.setLink(path, true),
    [`cut ${host.name}>${other.name}`]: () => void world.cuts.add(`${host.name}>${other.name}`),
    [`cut ${host.name}>${other.name}@${path}`]: () => void world.cuts.add(`${host.name}>${other.name}@${path}`),
    [`partition ${host.name}`]: () => {
      for (const { name } of hosts) world.cuts.add(`${host.name}>${name}`).add(`${name}>${host.name}`);
    },
    heal: () => world.cuts.clear(),
    loss: () => (world.tap = () => (random.chance(0.3) ? 'drop' : 'pass')),
    'no loss': () => (world.tap = () => 'pass'),
    [`remove ${host.name}`]: () => host.kernel.remove('eth0/10.0.0.0/32'),
  };
  const [name, fault] = random.pick(Object.entries(faults));
  fault();
  return name;
}

/** Whole links, live daemons. */
function calm(world: World): void {
  world.cuts.clear();
  world.tap = () => 'pass';
  for (const host of world.hosts.values()) {
    for (const path of host.down) host.setLink(path, true);
    if (host.frozen) host.thaw();
  }
  // Whoever was told to stop ends first.
  world.run(600);
  for (const host of world.hosts.values()) if (!host.running) host.start();
}

/** Long enough for every listening, turn, put-back and handover. */
function boundMs(rules: Rules): number {
  return rules.downMs * 4 + rules.leaseMs + kernelLateMs + rules.intervalMs * 6;
}

/** From here on never two; the answers are watched at every change. */
function settleAndWatch(world: World, rules: Rules, findings: string[]): void {
  const from = world.answers.length;
  world.run(rules.downMs * 2);
  for (const { at, hosts } of world.answers.slice(Math.max(0, from - 1))) {
    if (hosts.length > 1) findings.push(`two holders while all is whole: ${hosts.join(' ')} since ${at.toFixed(1)}`);
  }
}

function holdersWrong(world: World): string[] {
  const groups = Math.min(...[...world.hosts.values()].map((host) => host.settings.groups.length));
  return Array.from({ length: groups }, (_, group) => world.answering(group)).flatMap((hosts, group) =>
    hosts.length === 1 ? [] : [`group ${group} is answered for by ${hosts.length}: ${hosts.join(' ')}`],
  );
}

/** Nothing moves for a minute and more, and nothing is left over. */
function lookForUnrest(world: World, findings: string[]): void {
  const moves = world.transitions.length;
  world.run(70_000);
  for (const { at, host, event } of world.transitions.slice(moves)) {
    findings.push(`unrest: ${at.toFixed(1)} ${host} ${event.from} -> ${event.to} ${JSON.stringify(event.reason)}`);
  }
  for (const host of world.hosts.values()) {
    const view = host.daemon?.view();
    for (const { problem } of view?.problems ?? []) {
      findings.push(`${host.name} still reports ${JSON.stringify(problem)}`);
    }
    for (const peer of view?.peers ?? []) {
      if (peer.state !== 'two-way') findings.push(`${host.name} has ${peer.name} as ${peer.state}`);
    }
    if ((view?.peers.length ?? 0) !== world.hosts.size - 1) findings.push(`${host.name} does not know everybody`);
  }
}

function stopAll(world: World, findings: string[]): void {
  for (const host of world.hosts.values()) {
    host.stop();
    world.run(550);
    if (host.running) findings.push(`${host.name} did not end within half a second`);
  }
  for (const { name } of world.hosts.values())
    if (world.answering().includes(name)) findings.push(`${name} still answers`);
}

interface Random {
  within(limit: number): number;
  chance(probability: number): boolean;
  pick<T>(items: readonly T[]): T;
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): Random {
  let a = seed >>> 0;
  const next = () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    within: (limit) => next() * limit,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new Error('nothing to pick from');
      return item;
    },
  };
}

const asked = argv[1]?.endsWith('faults.js') === true ? argv[2] : undefined;
if (asked !== undefined) {
  const { findings, log } = runFaults(Number(asked));
  for (const line of [...log, ...findings.map((finding) => `FOUND ${finding}`)]) console.log(line);
}
