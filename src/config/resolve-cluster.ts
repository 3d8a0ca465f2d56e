// Who this node is and how it speaks: name, authentication, paths, multicast or peers.

import { canonicalIp } from '#lib/ip';
import type { HostFacts } from '#model/host-facts';
import type { Auth, GroupSettings, PathSettings, Transport } from '#model/settings';
import type { Report } from './finding.ts';
import { checkKeyFile, type InterfaceCheck } from './host-checks.ts';
import { isWord } from './kinds.ts';
import { didYouMean } from './near-miss.ts';
import type { Written, WrittenCluster } from './schema.ts';
import { complete } from './shape.ts';
import { alternatives, quote, sentence } from './wording.ts';

export function resolveAuth(cluster: WrittenCluster, report: Report, host: HostFacts): Auth | undefined {
  const { key_file: file, auth } = cluster;
  if (file !== null && file !== undefined) checkKeyFile(file, ['cluster', 'key_file'], report, host);
  if (file === undefined || auth === undefined) return undefined;
  if (file === null && auth === null) {
    return report.problem(
      ['cluster'],
      'expected key_file = "/etc/locum/cluster.key" or, spelled out, auth = "none", found neither.',
    );
  }
  if (file !== null && auth !== null) {
    return report.problem(
      ['cluster', 'auth'],
      'expected either key_file or auth = "none", found both. Keep one of them.',
    );
  }
  return file === null ? { kind: 'none' } : { kind: 'key', file };
}

export function resolveNode(written: Written, report: Report, host: HostFacts): string | undefined {
  const name = written.node?.name;
  if (name === null && !isWord(host.hostName)) {
    const found = `found the host's name ${quote(host.hostName)}`;
    return report.problem(
      ['node', 'name'],
      `expected a name of letters, digits, ".", "_" or "-", ${found}. Write [node] name = "…".`,
    );
  }
  const node = name === null ? host.hostName : name;
  const nodes = written.cluster?.nodes;
  if (node === undefined || nodes === null || nodes === undefined || nodes.includes(node)) return node;
  const found = nodes.length === 0 ? 'an empty array' : alternatives(nodes);
  return report.problem(
    ['cluster', 'nodes'],
    sentence(`expected this node's name ${quote(node)} among them, found ${found}`, didYouMean(node, nodes)),
  );
}

export function resolveTransport(
  cluster: WrittenCluster,
  groups: readonly GroupSettings[] | undefined,
  report: Report,
  interfaces: InterfaceCheck,
): Transport | undefined {
  const { multicast } = cluster;
  const peers = cluster.peers === null ? [] : cluster.peers;
  for (const [i, name] of (cluster.paths ?? []).entries()) interfaces.check(name, ['cluster', 'paths', i]);
  if (peers !== undefined && peers.length > 0) reportPeers(cluster, peers, groups, report);
  return complete<Transport>({
    port: cluster.port,
    multicast4:
      multicast?.includes('.') === true && !multicast.includes(':')
        ? multicast
        : multicast === undefined
          ? undefined
          : '224.0.0.18',
    multicast6: multicast?.includes(':') === true ? multicast : multicast === undefined ? undefined : 'ff02::12',
    peers,
    paths: peers === undefined ? undefined : resolvePaths(peers, cluster.paths, groups),
  });
}

/** What is written beside peers and would do nothing, and peers that are no hosts of their own. */
function reportPeers(
  cluster: WrittenCluster,
  peers: readonly string[],
  groups: readonly GroupSettings[] | undefined,
  report: Report,
): void {
  if (cluster.paths !== null) {
    report.problem(
      ['cluster', 'paths'],
      'expected no paths beside peers, found both: adverts to peers go where routing sends them.',
    );
  }
  if (typeof cluster.multicast === 'string') {
    report.warn(['cluster', 'multicast'], 'this is not used: with peers every advert is unicast.');
  }
  const virtual = new Set((groups ?? []).flatMap((group) => group.addresses.map(({ address }) => address)));
  for (const [i, peer] of peers.entries()) {
    const address = canonicalIp(peer);
    if (address === null || !virtual.has(address)) continue;
    report.problem(
      ['cluster', 'peers', i],
      `expected a peer's own address, found ${quote(peer)}, which moves with a group.`,
    );
  }
}

function resolvePaths(
  peers: readonly string[],
  written: readonly string[] | null | undefined,
  groups: readonly GroupSettings[] | undefined,
): readonly PathSettings[] | undefined {
  if (peers.length > 0) return [{ name: 'peers', interface: null }];
  const names = written === null ? groups && interfacesOf(groups) : written;
  return names?.map((name) => ({ name, interface: name }));
}

function interfacesOf(groups: readonly GroupSettings[]): readonly string[] {
  const names = groups.flatMap((group) => [group.interface, ...group.addresses.map((address) => address.interface)]);
  return [...new Set(names)];
}
