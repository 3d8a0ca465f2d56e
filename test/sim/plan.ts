// What a seed asks for: in which mode how many hosts, at which pace, with which lease and settings, under which
// weather.

import { addressLateMs, type CheckSettings, type FenceSettings } from '#model/settings';
import { holdMs } from '#core/timing';
import { settingsFor, type Wish } from '../world/settings.ts';
import { type Profile, profiles } from './profiles.ts';
import { Random } from './random.ts';

export interface Plan {
  readonly seed: number;
  readonly random: Random;
  readonly hosts: readonly PlannedHost[];
  readonly mode: Mode;
  /** Null in availability mode. */
  readonly quorum: { readonly longestHoldMs: number; readonly holdMs: number } | null;
  readonly fencing: Fencing;
  readonly intervalMs: number;
  readonly downMs: number;
  readonly groups: number;
  readonly profile: Profile;
  /** The slowest datagram while nothing holds it up. */
  readonly delayMs: number;
  /** One line for people. */
  readonly words: string;
}

export type Mode = 'quorum' | 'availability';
type Fencing = keyof typeof fencings;

interface PlannedHost {
  readonly wish: Wish;
  readonly rate: number;
  readonly offset: number;
  /** How late its kernel ends a lease. */
  readonly lateMs: number;
}

export interface Asked {
  readonly mode?: string | undefined;
  readonly nodes?: number | undefined;
  readonly weather?: string | undefined;
  readonly lease?: string | undefined;
  readonly fence?: string | undefined;
}

/** In quorum mode every clock may be wrong by this part, each way; otherwise two of them differ by at most that. */
export const rateError = 0.01;

const leases = { gate: 6, address: 3, off: 1 } as const;
/** Every node fences itself when an operator says so; beside that an agent for others, or one without which nobody claims. */
const fencings = { self: 6, peer: 2, required: 2 } as const;
/** In quorum mode, with how many of them only voting. Few are large, as in life: an hour of seven costs five of three. */
const electorates = {
  '3+0': 48,
  '2+1': 42,
  '4+0': 3,
  '3+1': 3,
  '5+0': 1.5,
  '4+1': 1,
  '3+2': 1,
  '6+0': 0.25,
  '7+0': 0.25,
} as const;

/** The names that can be asked for. */
export const choices: Readonly<Record<'mode' | 'weather' | 'lease' | 'fence', readonly string[]>> = {
  mode: ['quorum', 'availability'],
  weather: Object.keys(profiles),
  lease: Object.keys(leases),
  fence: Object.keys(fencings),
};

export function planFor(seed: number, asked: Asked = {}): Plan {
  const random = new Random(seed * 7919 + 17);
  const weights = Object.fromEntries(Object.entries(profiles).map(([name, { weight }]) => [name, weight]));
  // Everything is drawn, even what is asked for: the rest of a seed stays as it is.
  const drawn = {
    profile: random.weighted(weights),
    nodes: Number(random.weighted({ 2: 68, 3: 29, 4: 1.5, 5: 1, 6: 0.25, 7: 0.25 })),
    lease: random.weighted(leases),
  };
  // What came later is drawn apart from what was there: so seeds of availability mode stay what they were.
  const more = new Random(seed * 104_729 + 31);
  const mode = modeNamed(asked.mode ?? (more.chance(0.3) ? 'quorum' : 'availability'));
  const electorate = more.weighted(electorates);
  const drawnFencing = more.weighted(fencings);
  const fencing = asked.fence === undefined ? drawnFencing : fencingNamed(asked.fence);
  const intervalMs = Number(random.weighted({ 1000: 5, 100: 4, 50: 1 }));
  const downAfter = Number(random.weighted({ 3: 6, 2: 1, 4: 2, 5: 1 }));
  const [holders = 0, witnesses = 0] = mode === 'quorum' ? electorate.split('+').map(Number) : [drawn.nodes, 0];
  const nodes = asked.nodes ?? holders + witnesses;
  const profileName = asked.weather ?? drawn.profile;
  const profile = profiles[profileName];
  if (profile === undefined)
    throw new Error(`expected one of ${Object.keys(profiles).join(', ')}, found ${profileName}`);
  const drawnLease = drawn.lease === 'off' && mode === 'quorum' ? 'gate' : drawn.lease;
  const lease = leaseNamed(asked.lease ?? drawnLease);
  if (lease === 'off' && mode === 'quorum')
    throw new Error('expected a lease gate or address in quorum mode, found off');
  const common = {
    ...commonWish(random, intervalMs, downAfter),
    ...fenceWish(more, fencing, intervalMs),
    lease,
  };
  const equal = random.chance(0.2);
  const perfect = random.chance(0.3);
  const names = Array.from({ length: nodes }, (_, index) => `h${index + 1}`);
  const off = mode === 'quorum' ? rateError : rateError / 2;
  // The ends of the range are what matters.
  const rate = () => (more.chance(0.5) ? more.pick([1 - off, 1 + off]) : 1 + random.between(-off, off));
  const wishes = names.map((node) => ({
    ...common,
    node,
    priority: equal ? 100 : 50 + Math.floor(random.within(200)),
    ...(fencing !== 'self' || more.chance(0.3) ? { nodes: names } : {}),
  }));
  const voting = mode === 'quorum' ? votingWishes(more, wishes, witnesses) : null;
  const hosts = (voting?.wishes ?? wishes).map((wish) => ({
    wish,
    rate: perfect ? 1 : rate(),
    offset: Math.floor(random.within(1e9)),
    lateMs: lease === 'gate' ? more.within(4) : more.within(addressLateMs),
  }));
  const about =
    voting === null ? '' : `, ${witnesses} of them witnesses, longest hold ${Math.round(voting.longestHoldMs)} ms`;
  const words = `${mode}, ${nodes} nodes${about}, interval ${intervalMs} ms, down_after ${downAfter}, lease ${lease}, fence ${fencing}, weather ${profileName}`;
  const delayMs = 0.1 + random.pick([0.2, 1, intervalMs / 50]);
  const downMs = intervalMs * downAfter;
  const groups = common.groups ?? 1;
  const quorum = voting === null ? null : { longestHoldMs: voting.longestHoldMs, holdMs: voting.holdMs };
  return { seed, random, hosts, mode, quorum, fencing, intervalMs, downMs, groups, profile, delayMs, words };
}

/** Leases that voters promise, of several lengths in some clusters; and the longest that they promise. */
function votingWishes(
  random: Random,
  wishes: readonly Wish[],
  witnesses: number,
): { readonly wishes: readonly Wish[]; readonly longestHoldMs: number; readonly holdMs: number } {
  const voters = wishes.map(({ node }) => node);
  const differing = random.chance(0.2);
  const part = () => (random.chance(0.5) ? 3 : random.between(3, 6));
  const all = part();
  const voting = wishes.map((wish, index): Wish => {
    const leaseMs = Math.ceil((differing ? part() : all) * (wish.intervalMs ?? 1000));
    return { ...wish, voters, leaseMs, witness: index >= wishes.length - witnesses };
  });
  const holds = voting.map((wish) => holdMs(settingsFor(wish)));
  const hold = Math.max(...holds);
  const longestHoldMs = Math.ceil(hold * random.pick([1, 1, 1.3, 2]));
  return { wishes: voting.map((wish) => ({ ...wish, longestHoldMs })), longestHoldMs, holdMs: hold };
}

function fenceWish(random: Random, fencing: Fencing, intervalMs: number): { readonly fence: Partial<FenceSettings> } {
  const self = random.chance(0.5) ? ['/bin/true'] : null;
  const releaseMs = random.chance(0.3) ? random.within(20) * intervalMs : null;
  const timeoutMs = 3 * intervalMs;
  const peer = fencing === 'self' ? null : ['/bin/true'];
  return { fence: { self, releaseMs, timeoutMs, peer, peerRequired: fencing === 'required' } };
}

function fencingNamed(name: string): Fencing {
  for (const known of ['self', 'peer', 'required'] as const) if (known === name) return known;
  throw new Error(`expected a fence self, peer or required, found ${name}`);
}

function modeNamed(name: string): Mode {
  for (const known of ['quorum', 'availability'] as const) if (known === name) return known;
  throw new Error(`expected a mode quorum or availability, found ${name}`);
}

function leaseNamed(name: string): keyof typeof leases {
  for (const known of ['gate', 'address', 'off'] as const) if (known === name) return known;
  throw new Error(`expected a lease gate, address or off, found ${name}`);
}

function commonWish(random: Random, intervalMs: number, downAfter: number): Partial<Wish> {
  return {
    intervalMs,
    downAfter,
    paths: random.chance(0.3) ? ['eth0', 'eth1'] : ['eth0'],
    preempt: random.chance(0.7),
    preemptDelayMs: random.chance(0.2) ? intervalMs * 2 : 0,
    startupDelayMs: random.chance(0.1) ? intervalMs * 5 : 0,
    groups: random.chance(0.15) ? 3 : 1,
    addresses: random.chance(0.3) ? 2 : 1,
    probe: random.chance(0.8),
    gateways: random.chance(0.3) ? ['192.0.2.254'] : [],
    checks: random.chance(0.4) ? [checkFor(random, intervalMs)] : [],
  };
}

function checkFor(random: Random, intervalMs: number): CheckSettings {
  return {
    name: 'service',
    script: ['/bin/true'],
    intervalMs: Math.max(1000, intervalMs),
    timeoutMs: 1000,
    rise: 2,
    fall: 3,
    onFail: random.pick([{ kind: 'fault' }, { kind: 'weight', weight: -120 }, { kind: 'fence' }]),
    user: 'nobody',
  };
}
