// The effective settings for programs: the keys of the configuration, every default filled in, every
// duration with its unit.

import type { CheckSettings, FenceSettings, GroupSettings, Settings } from '#model/settings';
import { formatDuration } from './duration.ts';
import { twoHoldersForMs } from './lease.ts';
import { startSilenceMs, worstFailoverMs } from './resolve-quorum.ts';

export type Json = Readonly<Record<string, unknown>>;

export function settingsJson(settings: Settings): Json {
  const { auth, transport, hook } = settings;
  const openMs = twoHoldersForMs(settings);
  return {
    cluster: {
      name: settings.cluster,
      ...(auth.kind === 'none' ? { auth: 'none' } : { key_file: auth.file }),
      interval: formatDuration(settings.intervalMs),
      down_after: settings.downAfter,
      down_time: formatDuration(settings.downAfter * settings.intervalMs),
      paths: transport.paths.flatMap((path) => path.interface ?? []),
      multicast: transport.peers.length > 0 ? [] : [transport.multicast4, transport.multicast6],
      port: transport.port,
      peers: transport.peers,
      nodes: settings.nodes,
    },
    node: {
      name: settings.node,
      startup_delay: formatDuration(settings.startupDelayMs),
      ...(settings.witness ? { witness: true } : {}),
    },
    safety: {
      mode: settings.quorum === null ? 'availability' : 'quorum',
      ...quorumJson(settings),
      lease: settings.lease.kind === 'off' ? 'off' : formatDuration(settings.lease.ms),
      watchdog: settings.watchdog,
      probe: settings.probe,
      gateway: settings.gateways,
      two_holders_for: openMs === null ? null : formatDuration(Math.ceil(openMs)),
    },
    group: settings.groups.map(groupJson),
    check: settings.checks.map(checkJson),
    fence: fenceJson(settings.fence),
    hooks: hook === null ? null : { change: hook.command, timeout: formatDuration(hook.timeoutMs), user: hook.user },
    log: settings.log,
  };
}

function quorumJson(settings: Settings): Json {
  const { quorum } = settings;
  if (quorum === null) return {};
  return {
    longest_hold: formatDuration(quorum.longestHoldMs),
    majority: Math.floor(quorum.voters.length / 2) + 1,
    worst_failover: formatDuration(worstFailoverMs(settings)),
    silent_after_start: formatDuration(startSilenceMs(quorum)),
  };
}

function groupJson(group: GroupSettings): Json {
  return {
    name: group.name,
    interface: group.interface,
    addresses: group.addresses.map((each) => ({
      address: `${each.address}/${each.prefix}`,
      interface: each.interface,
      label: each.label,
    })),
    priority: group.priority,
    preempt: group.preempt,
    preempt_delay: formatDuration(group.preemptDelayMs),
    checks: group.checks,
    announce: {
      count: group.announce.count,
      interval: formatDuration(group.announce.intervalMs),
      again_after: formatDuration(group.announce.againAfterMs),
      refresh: formatDuration(group.announce.refreshMs),
    },
  };
}

function checkJson(check: CheckSettings): Json {
  return {
    name: check.name,
    script: check.script,
    interval: formatDuration(check.intervalMs),
    timeout: formatDuration(check.timeoutMs),
    rise: check.rise,
    fall: check.fall,
    on_fail: check.onFail.kind,
    ...(check.onFail.kind === 'weight' ? { weight: check.onFail.weight } : {}),
    user: check.user,
  };
}

/** The keys of the agent without their values: one may be a password. */
function fenceJson(fence: FenceSettings): Json {
  return {
    self: fence.self,
    release: fence.releaseMs === null ? 'manual' : formatDuration(fence.releaseMs),
    peer: fence.peer,
    peer_keys: fence.peerKeys.map(({ node, key }) => (node === null ? key : `${node}:${key}`)),
    timeout: formatDuration(fence.timeoutMs),
    peer_required: fence.peerRequired,
  };
}
