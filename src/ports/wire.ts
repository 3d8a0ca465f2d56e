// The wire as a witness: asks who is there, and listens to who speaks for our addresses. What is heard
// comes back as the inputs `seen` and `gateway-answered`; nothing here is awaited.

import type { VirtualAddress } from '#model/settings';

export interface WirePort {
  /** One ARP probe or neighbour solicitation for each, which disturbs nobody's tables. */
  ask(addresses: readonly VirtualAddress[]): void;
  /** One ARP request or neighbour solicitation, and one ICMP echo, to each gateway. */
  askGateways(): void;
}
