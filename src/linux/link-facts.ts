// The links of this host as the core wants to know them, and the word when one of them changed.
// A link that goes down is told in the same turn; changes of addresses wait for the end of the turn.

import type { Input, LinkFacts } from '#model/input';
import type { HostState } from './address-mirror.ts';
import { OUR_TAG } from './address-message.ts';
import type { KernelAddress } from './address-message.ts';
import type { HostWatch } from './netlink-watch.ts';

/** BOUNDED: the interfaces with the lowest index; a host has some dozens of them. */
const MOST_FACTS = 4096;

export type IsOurs = (address: KernelAddress) => boolean;

export function linkFacts(state: HostState, isOurs: IsOurs): LinkFacts[] {
  const first4 = new Map<number, string>();
  const first6 = new Map<number, string>();
  for (const address of state.addresses.values()) {
    const first = address.family === 4 ? first4 : first6;
    if (first.has(address.index) || !isPrimary(address) || isOurs(address)) continue;
    first.set(address.index, address.address);
  }
  return [...state.links.values()]
    .toSorted((a, b) => a.index - b.index)
    .slice(0, MOST_FACTS)
    .map(({ name, index, up, mac }) => ({
      name,
      index,
      up,
      mac,
      primary4: first4.get(index) ?? null,
      linkLocal6: first6.get(index) ?? null,
    }));
}

/** Other failover agents deprecate their addresses as we do; DHCP's are finite and not deprecated. */
function isPrimary(address: KernelAddress): boolean {
  if (address.deprecated || address.tag === OUR_TAG) return false;
  if (address.family === 4) return !address.secondary && !address.hostScope;
  return !address.unproven && /^fe[89ab]/.test(address.address);
}

export class LinkReporter {
  readonly #watch: HostWatch;
  readonly #isOurs: IsOurs;
  readonly #offer: (input: Input) => void;
  #told: string;
  #pending: NodeJS.Immediate | null = null;
  #closed = false;

  /** `told`: what the core knows already, from the facts of the start. */
  constructor(watch: HostWatch, isOurs: IsOurs, told: readonly LinkFacts[], offer: (input: Input) => void) {
    this.#watch = watch;
    this.#isOurs = isOurs;
    this.#offer = offer;
    this.#told = JSON.stringify(told);
    watch.listen({
      changed: (change) => {
        if (change.kind === 'link') this.#report();
        else if (!isOurs(change.address)) this.#pending ??= setImmediate(() => this.#report());
      },
    });
    // Something may have changed between the facts and now.
    this.#report();
  }

  close(): void {
    this.#closed = true;
  }

  #report(): void {
    if (this.#closed) return;
    if (this.#pending !== null) clearImmediate(this.#pending);
    this.#pending = null;
    const links = linkFacts(this.#watch.state, this.#isOurs);
    const text = JSON.stringify(links);
    if (text === this.#told) return;
    this.#told = text;
    this.#offer({ kind: 'links', links });
  }
}
