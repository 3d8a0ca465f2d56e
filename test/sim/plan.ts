// What a seed asks for: how many hosts, at which pace, with which lease and settings, under which weather.

import type { CheckSettings } from '#model/settings';
import type { Wish } from '../world/settings.ts';
import { type Profile, profiles } from './profiles.ts';
import { Random } from './random.ts';

export interface Plan {
  readonly seed: number;
  readonly random: Random;
  readonly hosts: readonly { readonly wish: Wish; readonly rate: number; readonly offset: number }[];
  readonly intervalMs: number;
  readonly downMs: number;
  readonly groups: number;
  readonly profile: Profile;
  /** The slowest datagram while nothing holds it up. */
  readonly delayMs: number;
  /** One line for people. */
  readonly words: string;
}

export interface Asked {
  readonly nodes?: number | undefined;
  readonly weather?: string | undefined;
  readonly lease?: string | undefined;
}

/** Clock rates of two hosts differ by at most this part. */
export const rateError = 0.01;

const leases = { gate: 6, address: 3, off: 1 } as const;

export function planFor(seed: number, asked: Asked = {}): Plan {
  const random = new Random(seed * 7919 + 17);
  const weights = Object.fromEntries(Object.entries(profiles).map(([name, { weight }]) => [name, weight]));
  // Everything is drawn, even what is asked for: the rest of a seed stays as it is.
  const drawn = {
    profile: random.weighted(weights),
    nodes: Number(random.weighted({ 2: 56, 3: 38, 4: 2, 5: 2, 6: 1, 7: 1 })),
    lease: random.weighted(leases),
  };
  const intervalMs = Number(random.weighted({ 1000: 5, 100: 4, 50: 1 }));
  const downAfter = Number(random.weighted({ 3: 6, 2: 1, 4: 2, 5: 1 }));
  const nodes = asked.nodes ?? drawn.nodes;
  const profileName = asked.weather ?? drawn.profile;
  const profile = profiles[profileName];
  if (profile === undefined)
    throw new Error(`expected one of ${Object.keys(profiles).join(', ')}, found ${profileName}`);
  const lease = leaseNamed(asked.lease ?? drawn.lease);
  const common = commonWish(random, intervalMs, downAfter);
  const equal = random.chance(0.2);
  const perfect = random.chance(0.3);
  const hosts = Array.from({ length: nodes }, (_, index) => ({
    wish: { ...common, node: `h${index + 1}`, priority: equal ? 100 : 50 + Math.floor(random.within(200)), lease },
    rate: perfect ? 1 : 1 + random.between(-rateError / 2, rateError / 2),
    offset: Math.floor(random.within(1e9)),
  }));
  const words = `${nodes} nodes, interval ${intervalMs} ms, down_after ${downAfter}, lease ${lease}, weather ${profileName}`;
  const delayMs = 0.1 + random.pick([0.2, 1, intervalMs / 50]);
  const downMs = intervalMs * downAfter;
  return { seed, random, hosts, intervalMs, downMs, groups: common.groups ?? 1, profile, delayMs, words };
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
    onFail: random.chance(0.5) ? { kind: 'fault' } : { kind: 'weight', weight: -120 },
    user: 'nobody',
  };
}
