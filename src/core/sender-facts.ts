// What this node says of its host in every advert: whether a gateway answers it, and by which hardware
// addresses the others will know it when its adverts end.

import type { SenderFacts } from '#model/advert';
import { groupInterfaces } from './links.ts';
import type { Turn } from './turn.ts';

/** The most that an advert carries. */
const mostMacs = 16;

export function senderFacts(turn: Turn): SenderFacts {
  const { gateways } = turn.settings;
  const reached = turn.state.gateway.word === 'reached';
  return { gateway: gateways.length === 0 ? 'none' : reached ? 'reached' : 'unreached', macs: ownMacs(turn) };
}

/** An interface without an Ethernet address is known to nobody by it. */
function ownMacs(turn: Turn): string[] {
  const names = new Set(turn.settings.groups.flatMap((group) => [...groupInterfaces(group)]));
  const macs = [...names].map((name) => turn.state.links.get(name)?.mac.toLowerCase() ?? '');
  return [...new Set(macs.filter((mac) => /^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/.test(mac)))].slice(0, mostMacs);
}
