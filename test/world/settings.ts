// Settings for hosts of a virtual cluster: the defaults of the product, one group unless asked otherwise.

import { Report } from '#config/finding';
import { leaseWithoutGate, resolveLease } from '#config/lease';
import type { CheckSettings, FenceSettings, GroupSettings, Lease, Settings } from '#model/settings';

export interface Wish {
  readonly node: string;
  readonly priority?: number;
  readonly intervalMs?: number;
  readonly downAfter?: number;
  readonly paths?: readonly string[];
  readonly preempt?: boolean;
  readonly preemptDelayMs?: number;
  readonly startupDelayMs?: number;
  readonly groups?: number;
  readonly checks?: readonly CheckSettings[];
  readonly nodes?: readonly string[];
  /** How long what nobody renews is kept: by a gate, by the lifetime of the addresses (the default), or for ever. */
  readonly lease?: 'gate' | 'address' | 'off';
  /** Of each group. */
  readonly addresses?: number;
  readonly probe?: boolean;
  readonly gateways?: readonly string[];
  /** Quorum mode among these; with the millisecond lease unless asked otherwise. */
  readonly voters?: readonly string[];
  readonly longestHoldMs?: number;
  readonly leaseMs?: number;
  readonly witness?: boolean;
  readonly fence?: Partial<FenceSettings>;
}

/** A tick of a kernel that counts 250 of them in a second. */
const tickMs = 4;

export function settingsFor(wish: Wish): Settings {
  const intervalMs = wish.intervalMs ?? 1000;
  const downAfter = wish.downAfter ?? 3;
  const downMs = intervalMs * downAfter;
  const paths = wish.paths ?? ['eth0'];
  const settings: Settings = {
    cluster: 'test',
    node: wish.node,
    auth: { kind: 'none' },
    intervalMs,
    downAfter,
    transport: {
      port: 10112,
      multicast4: '224.0.0.18',
      multicast6: 'ff02::12',
      peers: [],
      paths: paths.map((name) => ({ name, interface: name })),
    },
    nodes: wish.voters ?? wish.nodes ?? null,
    quorum:
      wish.voters === undefined
        ? null
        : { voters: wish.voters.toSorted(), longestHoldMs: wish.longestHoldMs ?? 10 * intervalMs },
    witness: wish.witness ?? false,
    startupDelayMs: Math.max(wish.startupDelayMs ?? 0, downMs),
    watchdog: null,
    lease: { kind: 'off' },
    probe: wish.probe ?? true,
    gateways: wish.gateways ?? [],
    groups: Array.from({ length: wish.witness === true ? 0 : (wish.groups ?? 1) }, (_, index) => groupFor(wish, index)),
    checks: wish.checks ?? [],
    hook: null,
    fence: { ...noFence, ...wish.fence },
    log: { format: 'text', level: 'info' },
  };
  return { ...settings, lease: leaseFor(wish, settings) };
}

function leaseFor(wish: Wish, settings: Settings): Lease {
  if (wish.lease === 'off') return { kind: 'off' };
  if (wish.voters !== undefined) {
    const ms = wish.leaseMs ?? 3 * settings.intervalMs;
    if (wish.lease === 'address') return { kind: 'address', ms: Math.max(3000, 1000 * Math.ceil(ms / 1000)) };
    return { kind: 'nftables', ms, lateMs: tickMs, addressMs: 1000 * Math.ceil(ms / 1000) + 4000 };
  }
  const lease = resolveLease(
    { kind: 'auto' },
    { ...settings, tickMs, votes: false },
    new Report('', { lineOf: () => 1 }),
  );
  if (lease === undefined) throw new Error('an automatic lease has no problem');
  return wish.lease === 'gate' ? lease : leaseWithoutGate({ ...settings, lease });
}
const noFence: FenceSettings = {
  self: null,
  releaseMs: null,
  peer: null,
  peerKeys: [],
  timeoutMs: 30_000,
  peerRequired: false,
};

function groupFor(wish: Wish, index: number): GroupSettings {
  return {
    name: index === 0 ? 'web' : `g${index}`,
    interface: 'eth0',
    addresses: Array.from({ length: wish.addresses ?? 1 }, (_, nth) => ({
      address: `10.${((index >> 16) & 127) + 128 * nth}.${(index >> 8) & 255}.${index & 255}`,
      family: 4 as const,
      prefix: 32,
      interface: 'eth0',
      label: null,
    })),
    priority: wish.priority ?? 100,
    preempt: wish.preempt ?? true,
    preemptDelayMs: wish.preemptDelayMs ?? 0,
    checks: (wish.checks ?? []).map((check) => check.name),
    announce: { count: 5, intervalMs: 0, againAfterMs: 5000, refreshMs: 60_000 },
  };
}
