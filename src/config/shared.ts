// What all nodes of a cluster must have alike, as one canonical text: nodes hash it into their
// adverts and report a peer whose hash differs. Absent on purpose is what each node has of its own:
// priorities, interfaces, labels, peers, checks, hooks.

import { compareIp, parseIp } from '#lib/ip';
import type { Settings, VirtualAddress } from '#model/settings';

export function sharedSettings(settings: Settings): string {
  const { transport } = settings;
  const groups = settings.groups.map(({ name, addresses }) => ({ name, addresses: inOrder(addresses) }));
  return JSON.stringify({
    cluster: settings.cluster,
    intervalMs: settings.intervalMs,
    downAfter: settings.downAfter,
    port: transport.port,
    transport: transport.peers.length > 0 ? 'unicast' : [transport.multicast4, transport.multicast6],
    ...(settings.quorum === null ? {} : { quorum: settings.quorum }),
    ...(settings.fence.peerRequired ? { peerRequired: true } : {}),
    groups: groups.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  });
}

function inOrder(addresses: readonly VirtualAddress[]): readonly string[] {
  const none = new Uint8Array();
  return addresses
    .toSorted((a, b) => compareIp(parseIp(a.address) ?? none, parseIp(b.address) ?? none))
    .map(({ address, prefix }) => `${address}/${prefix}`);
}
