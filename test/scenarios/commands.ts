// The little language of the scenarios: one command a line, done on a virtual cluster. Durations are
// in ms, s, I (intervals) or D (down times), so that one scenario runs at every pace.

import { addressKey } from '#lib/ip';
import type { CheckOutcome } from '#model/input';
import type { CheckSettings } from '#model/settings';
import { decodeDatagram } from '#wire/decode-datagram';
import type { Host } from '../world/host.ts';
import type { Wish } from '../world/settings.ts';
import { World } from '../world/world.ts';

const kernelLateMs = 350;
const downAfter = 3;
const hash = { keyId: 0, sign: () => new Uint8Array(16), verify: () => 'good' as const };

type Command = (stage: Stage, words: readonly string[]) => void;

/** A virtual cluster, what was said of it before its hosts exist, and the pace at which it runs. */
export class Stage {
  readonly world = new World();
  readonly intervalMs: number;
  readonly checks = new Map<string, CheckSettings>();
  common: Partial<Wish> = {};

  constructor(intervalMs: number) {
    this.intervalMs = intervalMs;
  }

  /** Performs one line; an unknown word or a missing host is an error. */
  perform(line: string): void {
    const [name = '', ...words] = line.split(/\s+/);
    const command = commands[name];
    if (command === undefined) throw new Error(`unknown command in "${line}"`);
    command(this, words);
  }

  /** One duration, or several joined by a plus sign. */
  ms(text: string): number {
    const units: Record<string, number> = { ms: 1, s: 1000, I: this.intervalMs, D: downAfter * this.intervalMs };
    const parts = text.split('+').map((part) => /^([0-9.]+)(ms|s|I|D)$/.exec(part));
    return parts.reduce((sum, part) => {
      if (part === null) throw new Error(`"${text}" is no duration: expected 5ms, 5s, 5I, 5D or 5I+5ms`);
      return sum + Number(part[1]) * (units[part[2] ?? ''] ?? 0);
    }, 0);
  }

  hosts(words: readonly string[]): Host[] {
    return words.length === 0 ? [...this.world.hosts.values()] : words.map((name) => this.world.host(name));
  }
}

const commands: Record<string, Command> = {
  common: (stage, words) => (stage.common = wishes(stage, words)),
  check: (stage, [name = '', ...words]) => stage.checks.set(name, checkOf(stage, name, words)),
  host: (stage, [name = '', priority = '100', ...words]) => {
    const wish = { node: name, priority: Number(priority), intervalMs: stage.intervalMs, downAfter, ...stage.common };
    const host = stage.world.add({ ...wish, ...wishes(stage, words) }, { name });
    host.kernel.lateMs = host.settings.quorum === null ? kernelLateMs : 0;
  },
  start: (stage, words) => stage.hosts(words).forEach((host) => host.start()),
  stop: (stage, words) => stage.hosts(words).forEach((host) => host.stop()),
  kill: (stage, words) => stage.hosts(words).forEach((host) => host.kill()),
  'power-cut': (stage, words) => stage.hosts(words).forEach((host) => host.powerCut()),
  freeze: (stage, words) => stage.hosts(words).forEach((host) => host.freeze()),
  thaw: (stage, words) => stage.hosts(words).forEach((host) => host.thaw()),
  suspend: (stage, [name = '', time = '']) => stage.world.host(name).suspend(stage.ms(time)),
  'pause-vm': (stage, [name = '', time = '']) => stage.world.host(name).pauseVm(stage.ms(time)),
  'set-clock': (stage, [name = '', way = '', time = '']) => {
    stage.world.host(name).clock.wallOffsetMs += way === 'back' ? -stage.ms(time) : stage.ms(time);
  },
  run: (stage, [time = '']) => stage.world.run(stage.ms(time)),
  link: (stage, [name = '', link = '', to = '']) => stage.world.host(name).setLink(link, to === 'up'),
  cut: (stage, words) => words.flatMap(routes).forEach((route) => stage.world.cuts.add(route)),
  heal: (stage, words) => heal(stage.world, words.flatMap(routes)),
  filter: (stage, words) => words.flatMap(routes).forEach((route) => stage.world.filtered.add(route)),
  'not-filtered': (stage) => stage.world.filtered.clear(),
  stranger: (stage, [mac = '']) => setStranger(stage, mac),
  'no-stranger': (stage) => stage.world.wire.strangers.clear(),
  'proxy-arp': (stage, [mac = '']) => (stage.world.wire.proxyMac = mac),
  'no-proxy-arp': (stage) => (stage.world.wire.proxyMac = null),
  'gateway-dead': (stage, words) => stage.world.wire.deadGateways.add(words.join(' ')),
  'gateway-back': (stage) => stage.world.wire.deadGateways.clear(),
  partition: (stage, words) => partition(stage.world, words),
  outcome: (stage, [name = '', check = '', ...words]) => {
    stage.world.host(name).checkOutcomes.set(check, outcomeOf(words));
  },
  remove: (stage, words) => stage.hosts(words).forEach((host) => host.kernel.remove(firstKey(host))),
  foreign: (stage, words) => stage.hosts(words).forEach((host) => host.setForeign(firstKey(host), true)),
  'not-foreign': (stage, words) => stage.hosts(words).forEach((host) => host.setForeign(firstKey(host), false)),
  refuse: (stage, words) => stage.hosts(words).forEach((host) => host.kernel.refused.add(firstKey(host))),
  allow: (stage, words) => stage.hosts(words).forEach((host) => host.kernel.refused.delete(firstKey(host))),
  fence: (stage, [name = '', ...words]) => stage.world.host(name).fence(words.join(' ')),
  unfence: (stage, words) => stage.hosts(words).forEach((host) => host.unfence()),
  agent: (stage, [name = '', time = '', does = '', ...words]) => {
    const agent = { outcome: outcomeOf(words), ms: stage.ms(time), works: does === 'works' };
    stage.world.host(name).fencer.agent = agent;
  },
  'lose-role': (stage, [from = '', role = '', count = '']) => loseRole(stage.world, from, role, Number(count)),
  'lose-every': (stage, [nth = '']) => loseEvery(stage.world, Number(nth)),
  'lose-nothing': (stage) => (stage.world.tap = () => 'pass'),
};

function wishes(stage: Stage, words: readonly string[]): Partial<Wish> {
  return Object.fromEntries(words.map((word) => settingOf(stage, word)));
}

function settingOf(stage: Stage, word: string): [keyof Wish, unknown] {
  const [key = '', value = ''] = word.split('=');
  const list = value.split(',');
  switch (key) {
    case 'node':
      return ['node', value];
    case 'preempt':
      return ['preempt', value === 'true'];
    case 'preempt-delay':
      return ['preemptDelayMs', stage.ms(value)];
    case 'startup-delay':
      return ['startupDelayMs', stage.ms(value)];
    case 'groups':
      return ['groups', Number(value)];
    case 'paths':
      return ['paths', list];
    case 'nodes':
      return ['nodes', list];
    case 'voters':
      return ['voters', list];
    case 'longest-hold':
      return ['longestHoldMs', stage.ms(value)];
    case 'hold':
      return ['leaseMs', stage.ms(value)];
    case 'witness':
      return ['witness', value === 'true'];
    case 'lease':
      return ['lease', value];
    case 'probe':
      return ['probe', value === 'true'];
    case 'gateways':
      return ['gateways', list];
    case 'fence-peer':
      return ['fence', { peer: ['/sbin/agent'], timeoutMs: stage.ms(value) }];
    case 'fence-required':
      return ['fence', { peer: ['/sbin/agent'], timeoutMs: stage.ms(value), peerRequired: true }];
    case 'fence-self':
      return ['fence', { self: ['/sbin/off'], releaseMs: value === 'manual' ? null : stage.ms(value) }];
    case 'checks':
      return ['checks', list.flatMap((name) => stage.checks.get(name) ?? [])];
    default:
      throw new Error(`unknown setting "${word}"`);
  }
}

function checkOf(stage: Stage, name: string, words: readonly string[]): CheckSettings {
  const asked = new Map(words.map((word) => word.split('=') as [string, string]));
  const weight = asked.get('weight');
  return {
    name,
    script: ['/bin/true'],
    intervalMs: stage.ms(asked.get('interval') ?? '1I'),
    timeoutMs: stage.ms(asked.get('timeout') ?? '1I'),
    rise: Number(asked.get('rise') ?? 2),
    fall: Number(asked.get('fall') ?? 3),
    onFail: asked.has('fence')
      ? { kind: 'fence' }
      : weight === undefined
        ? { kind: 'fault' }
        : { kind: 'weight', weight: Number(weight) },
    user: 'nobody',
  };
}

function outcomeOf([kind = '', value = '0']: readonly string[]): CheckOutcome {
  if (kind === 'timeout') return { kind: 'timeout' };
  if (kind === 'cannot-run') return { kind: 'cannot-run', error: 'ENOENT' };
  if (kind === 'signal') return { kind: 'signal', signal: value };
  return { kind: 'exit', code: Number(value) };
}

function firstKey(host: Host): string {
  const address = host.settings.groups[0]?.addresses[0];
  if (address === undefined) throw new Error(`${host.name} has no address`);
  return addressKey(address);
}

/** A host that is none of ours has the first address of the group. */
function setStranger(stage: Stage, mac: string): void {
  const [host] = stage.hosts([]);
  if (host !== undefined) stage.world.wire.strangers.set(firstKey(host), mac);
}

/** `a>b`, `a<>b`, each with an optional `@path`. */
function routes(word: string): string[] {
  const [pair = '', path] = word.split('@');
  const at = path === undefined ? '' : `@${path}`;
  if (!pair.includes('<>')) return [`${pair}${at}`];
  const [a = '', b = ''] = pair.split('<>');
  return [`${a}>${b}${at}`, `${b}>${a}${at}`];
}

function heal(world: World, healed: readonly string[]): void {
  if (healed.length === 0) world.cuts.clear();
  for (const route of healed) world.cuts.delete(route);
}

/** `partition h1 | h2 h3`: nothing passes between the parts. */
function partition(world: World, words: readonly string[]): void {
  const sides = words
    .join(' ')
    .split('|')
    .map((side) => side.trim().split(' '));
  for (const [i, side] of sides.entries()) {
    const others = sides.filter((_, j) => j !== i).flat();
    for (const from of side) for (const to of others) world.cuts.add(`${from}>${to}`);
  }
}

/** Loses the next so many datagrams of a host that show some group in this role. */
function loseRole(world: World, from: string, role: string, count: number): void {
  const lost = new Set<Uint8Array>();
  world.tap = (sender, _to, _path, bytes) => {
    if (sender !== from || (!lost.has(bytes) && lost.size >= count)) return 'pass';
    const decoded = decodeDatagram(bytes, { cluster: 'test', hash });
    if (decoded.kind === 'refused') throw new Error(`a host sent what is no advert: ${decoded.reason}`);
    if (decoded.advert.table?.entries.some((entry) => entry.role === role) !== true) return 'pass';
    lost.add(bytes);
    return 'drop';
  };
}

/** Loses every nth delivery of the whole cluster. */
function loseEvery(world: World, nth: number): void {
  let count = 0;
  world.tap = () => {
    count += 1;
    return count % nth === 0 ? 'drop' : 'pass';
  };
}
