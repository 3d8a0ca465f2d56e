// The effective settings in words: what this node will do, with every default filled in. For
// programs the same stands in describe-json.ts.

import type { CheckSettings, FenceKey, GroupSettings, HookSettings, Settings, VirtualAddress } from '#model/settings';
import { type Json, settingsJson } from './describe-json.ts';
import { formatDuration } from './duration.ts';
import { startSilenceMs, worstFailoverMs } from './resolve-quorum.ts';
import { overlap, twoHoldersForMs } from './lease.ts';

interface Description {
  readonly lines: readonly string[];
  /** Plain JSON. */
  readonly json: Json;
}

export function describeSettings(settings: Settings): Description {
  const { groups, checks, hook } = settings;
  return {
    lines: [
      ...nodeLines(settings),
      ...groups.flatMap(groupLines),
      ...checks.flatMap(checkLines),
      ...fenceLines(settings),
      ...hookLines(hook),
    ],
    json: settingsJson(settings),
  };
}

function nodeLines(settings: Settings): readonly string[] {
  const { auth, nodes, intervalMs, downAfter, log } = settings;
  const named = nodes === null ? 'any that has the key' : nodes.join(', ');
  return [
    `cluster ${settings.cluster}, node ${settings.node}`,
    `  adverts: every ${formatDuration(intervalMs)} ${route(settings)}, port ${settings.transport.port}`,
    `  authentication: ${auth.kind === 'none' ? 'none, so anybody on the wire can speak' : `key in ${auth.file}`}`,
    `  nodes: ${auth.kind === 'none' && nodes === null ? 'any' : named}`,
    `  a silent node counts as gone after ${downAfter} adverts (${formatDuration(downAfter * intervalMs)})`,
    `  listens for ${formatDuration(settings.startupDelayMs)} before the first claim`,
    ...quorumLines(settings),
    `  lease: ${leaseText(settings)}`,
    `  watchdog: ${settings.watchdog ?? 'none but that of the service manager'}`,
    `  wire: ${settings.probe ? 'asked who answers for an address before it is claimed from a silent holder' : 'not asked'}`,
    `  gateways: ${gatewayText(settings.gateways)}`,
    `  log: ${log.format}, from level ${log.level}`,
  ];
}

function quorumLines(settings: Settings): readonly string[] {
  const { quorum } = settings;
  if (quorum === null) return [];
  const majority = Math.floor(quorum.voters.length / 2) + 1;
  const worst = formatDuration(worstFailoverMs(settings));
  return [
    `  quorum: holds only with the votes of ${majority} of ${quorum.voters.length} nodes${settings.witness ? '; this one is a witness, and never holds' : ''}`,
    `  worst failover: ${worst} and a round trip after the last sign of a lost holder`,
    `  after its start a voter is silent for ${formatDuration(startSilenceMs(quorum))}: if all start, nobody holds for so long`,
  ];
}

function route({ transport }: Settings): string {
  if (transport.peers.length > 0) return `to ${transport.peers.join(', ')}`;
  const paths = transport.paths.map(({ name }) => name).join(', ');
  return `on ${paths} to ${transport.multicast4} (IPv4) or ${transport.multicast6} (where there is no IPv4)`;
}

function leaseText(settings: Settings): string {
  const openMs = twoHoldersForMs(settings);
  if (settings.lease.kind === 'off' || openMs === null) return 'off; addresses stay where a daemon was killed or hangs';
  const { kind, ms } = settings.lease;
  if (settings.quorum !== null) {
    const what = kind === 'nftables' ? 'lets this host answer for' : 'keeps an address';
    return `the kernel ${what} ${formatDuration(ms)} after an advert that a majority has voted for`;
  }
  const whom = kind === 'nftables' ? 'lets this host answer for' : 'keeps an address';
  const length = `the kernel ${whom} ${formatDuration(ms)} after the last advert`;
  return openMs === 0
    ? `${length}, and lets go before another host claims`
    : `${length}; if ${overlap(openMs, settings)}`;
}

function gatewayText(gateways: readonly string[]): string {
  return gateways.length === 0 ? 'none' : `${gateways.join(', ')}; a node that alone reaches none hands over`;
}

function groupLines(group: GroupSettings): readonly string[] {
  const { announce } = group;
  const preempts = group.preemptDelayMs === 0 ? 'at once' : `after ${formatDuration(group.preemptDelayMs)}`;
  const again = announce.againAfterMs === 0 ? '' : `, again after ${formatDuration(announce.againAfterMs)}`;
  const refresh = announce.refreshMs === 0 ? '' : `, then every ${formatDuration(announce.refreshMs)}`;
  const gap = announce.intervalMs === 0 ? '' : `, ${formatDuration(announce.intervalMs)} apart`;
  return [
    `group ${group.name} on ${group.interface}`,
    ...group.addresses.map((address) => `  ${addressText(address)} on ${address.interface}${labelText(address)}`),
    `  priority ${group.priority}, ${group.preempt ? `preempts ${preempts}` : 'never preempts'}`,
    `  checks: ${group.checks.length === 0 ? 'none' : group.checks.join(', ')}`,
    `  announces ${announce.count} times${gap}${again}${refresh}`,
  ];
}

function fenceLines({ fence }: Settings): readonly string[] {
  const { self, peer, peerKeys, releaseMs, timeoutMs, peerRequired } = fence;
  const within = `at most ${formatDuration(timeoutMs)}, as root`;
  if (self === null && peer === null && releaseMs === null) return [];
  return [
    `fenced, this node stays out ${releaseMs === null ? 'until "locum unfence"' : `for ${formatDuration(releaseMs)}`}`,
    ...(self === null ? [] : [`  and runs, ${within}: ${self.map(argument).join(' ')}`]),
    ...(peer === null ? [] : [`a lost holder is fenced first, ${within}, by ${peer.map(argument).join(' ')}`]),
    ...(peerKeys.length === 0 ? [] : [`  which is told ${peerKeys.map(keyName).join(', ')}`]),
    ...(peerRequired ? ['  without that nothing is claimed from it'] : []),
  ];
}

/** Without its value, which may be a password. */
function keyName({ node, key }: FenceKey): string {
  return node === null ? key : `${key} of ${node}`;
}

function hookLines(hook: HookSettings | null): readonly string[] {
  if (hook === null) return [];
  return [
    `hook on each change, at most ${formatDuration(hook.timeoutMs)}, as ${hook.user}`,
    `  ${hook.command.map(argument).join(' ')}`,
  ];
}

function checkLines(check: CheckSettings): readonly string[] {
  const { onFail } = check;
  const effect =
    onFail.kind === 'weight'
      ? `the priority changes by ${onFail.weight}`
      : onFail.kind === 'fence'
        ? 'this node fences itself'
        : 'its groups fault';
  return [
    `check ${check.name} every ${formatDuration(check.intervalMs)}, at most ${formatDuration(check.timeoutMs)}, as ${check.user}`,
    `  ${check.script.map(argument).join(' ')}`,
    `  fails after ${check.fall}, passes after ${check.rise}; when it fails ${effect}`,
  ];
}

function argument(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) ? text : JSON.stringify(text);
}

function addressText({ address, prefix }: VirtualAddress): string {
  return `${address}/${prefix}`;
}

function labelText({ label }: VirtualAddress): string {
  return label === null ? '' : ` labelled ${label}`;
}
