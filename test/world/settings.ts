// Settings for hosts of a virtual cluster: the defaults of the product, one group unless asked otherwise.

import type { CheckSettings, FenceSettings, GroupSettings, Settings } from '#model/settings';

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
  readonly lease?: 'off' | 'gate';
  readonly probe?: boolean;
  readonly gateways?: readonly string[];
  /** Quorum mode among these; with the millisecond lease. */
  readonly voters?: readonly string[];
  readonly longestHoldMs?: number;
  readonly leaseMs?: number;
  readonly witness?: boolean;
  readonly fence?: Partial<FenceSettings>;
}

export function settingsFor(wish: Wish): Settings {
  const intervalMs = wish.intervalMs ?? 1000;
  const downAfter = wish.downAfter ?? 3;
  const downMs = intervalMs * downAfter;
  const probeMs = Math.min(50, Math.max(2, intervalMs / 10));
  const leaseSeconds = Math.max(2, Math.ceil((1.25 * intervalMs) / 1000), Math.floor((downMs - probeMs - 1250) / 1000));
  const paths = wish.paths ?? ['eth0'];
  return {
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
    lease: leaseFor(wish, leaseSeconds * 1000, downMs - probeMs - gateLateMs),
    probe: wish.probe ?? true,
    gateways: wish.gateways ?? [],
    groups: Array.from({ length: wish.witness === true ? 0 : (wish.groups ?? 1) }, (_, index) => groupFor(wish, index)),
    checks: wish.checks ?? [],
    hook: null,
    fence: { ...noFence, ...wish.fence },
    log: { format: 'text', level: 'info' },
  };
}

/** A tick of a kernel that counts 250 of them in a second. */
const gateLateMs = 4;

function leaseFor(wish: Wish, addressMs: number, gateMs: number): Settings['lease'] {
  if (wish.lease === 'off') return { kind: 'off' };
  if (wish.voters !== undefined) {
    const ms = wish.leaseMs ?? 3 * (wish.intervalMs ?? 1000);
    return { kind: 'nftables', ms, lateMs: gateLateMs, addressMs: 1000 * Math.ceil(ms / 1000) + 1000 };
  }
  // The addresses themselves outlive the gate, in whole seconds.
  const backstopMs = 1000 * Math.max(2, Math.ceil(gateMs / 1000)) + 1000;
  if (wish.lease === 'gate') return { kind: 'nftables', ms: gateMs, lateMs: gateLateMs, addressMs: backstopMs };
  return { kind: 'address', ms: addressMs };
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
    addresses: [
      {
        address: `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
        family: 4,
        prefix: 32,
        interface: 'eth0',
        label: null,
      },
    ],
    priority: wish.priority ?? 100,
    preempt: wish.preempt ?? true,
    preemptDelayMs: wish.preemptDelayMs ?? 0,
    checks: (wish.checks ?? []).map((check) => check.name),
    announce: { count: 5, intervalMs: 0, againAfterMs: 5000, refreshMs: 60_000 },
  };
}
