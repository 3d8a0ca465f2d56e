// Who this node is and how it speaks: name, authentication, paths, multicast or peers.

import type { HostFacts } from '#model/host-facts';
import type { Auth, PathSettings, Transport } from '#model/settings';
import type { Report } from './finding.ts';
import { checkKeyFile, type InterfaceCheck } from './host-checks.ts';
import { isWord } from './kinds.ts';
import { didYouMean } from './near-miss.ts';
import type { Written, WrittenCluster, WrittenGroup } from './schema.ts';
import { complete, completeAll } from './shape.ts';
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
  // A name that was wrong in itself is reported already, and may be the one.
  if (node === undefined || !nodes || nodes.includes(node) || nodes.includes(undefined)) return node;
  const others = nodes.filter((each) => each !== undefined);
  const found = others.length === 0 ? 'an empty array' : alternatives(others);
  return report.problem(
    ['cluster', 'nodes'],
    sentence(`expected this node's name ${quote(node)} among them, found ${found}`, didYouMean(node, others)),
  );
}

export function resolveTransport(written: Written, report: Report, interfaces: InterfaceCheck): Transport | undefined {
  const { cluster } = written;
  if (cluster === undefined) return undefined;
  const peers = cluster.peers === null ? [] : cluster.peers;
  for (const [i, name] of (cluster.paths ?? []).entries()) {
    if (name !== undefined) interfaces.check(name, ['cluster', 'paths', i]);
  }
  if (peers === undefined || peers.length > 0) reportBesidePeers(cluster, report);
  reportMovingPeers(peers ?? [], written.group ?? [], report);
  return complete<Transport>({
    port: cluster.port,
    ...multicastGroups(cluster.multicast),
    peers: peers && completeAll(peers),
    paths: peers && resolvePaths(peers.length > 0, cluster.paths, written.group),
  });
}

/** The group that is written replaces the default of its own family. */
function multicastGroups(
  written: string | null | undefined,
): { multicast4: string; multicast6: string } | { multicast4: undefined; multicast6: undefined } {
  if (written === undefined) return { multicast4: undefined, multicast6: undefined };
  const isIp6 = written?.includes(':') === true;
  return {
    multicast4: written === null || isIp6 ? '224.0.0.18' : written,
    multicast6: written !== null && isIp6 ? written : 'ff02::12',
  };
}

/** What is written beside peers and would do nothing. */
function reportBesidePeers(cluster: WrittenCluster, report: Report): void {
  if (cluster.paths !== null) {
    const why = 'adverts to peers go where routing sends them';
    report.problem(['cluster', 'paths'], `expected no paths beside peers, found both: ${why}.`);
  }
  if (typeof cluster.multicast === 'string') {
    report.warn(['cluster', 'multicast'], 'this is not used: with peers every advert is unicast.');
  }
}

function reportMovingPeers(
  peers: readonly (string | undefined)[],
  groups: readonly (WrittenGroup | undefined)[],
  report: Report,
): void {
  const moving = new Set(groups.flatMap((group) => group?.addresses?.map((each) => each?.ip.address) ?? []));
  for (const [i, peer] of peers.entries()) {
    if (peer === undefined || !moving.has(peer)) continue;
    const found = `found ${quote(peer)}, which moves with a group`;
    report.problem(['cluster', 'peers', i], `expected a peer's own address, ${found}.`);
  }
}

function resolvePaths(
  hasPeers: boolean,
  written: WrittenCluster['paths'],
  groups: Written['group'],
): readonly PathSettings[] | undefined {
  if (hasPeers) return [{ name: 'peers', interface: null }];
  const names = completeAll(written === null ? interfacesOf(groups ?? []) : (written ?? [undefined]));
  return names?.map((name) => ({ name, interface: name }));
}

/** Every interface that carries an address of a group, once, in the order of the file. */
function interfacesOf(groups: readonly (WrittenGroup | undefined)[]): readonly (string | undefined)[] {
  const names = groups.flatMap((group) => [
    group?.interface,
    ...(group?.addresses?.map((each) => (each?.interface === null ? group.interface : each?.interface)) ?? [undefined]),
  ]);
  return [...new Set(names)];
}
