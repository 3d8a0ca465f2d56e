// What this node says of its host in every advert: whether a gateway answers it, and by which hardware
// addresses the others will know it when its adverts end.

import type { SenderFacts } from '#model/advert';
import type { Turn } from './turn.ts';

export function senderFacts(turn: Turn): SenderFacts {
  const { gateways } = turn.settings;
  const reached = turn.state.gateway.word === 'reached';
  return { gateway: gateways.length === 0 ? 'none' : reached ? 'reached' : 'unreached', macs: turn.state.macs };
}
