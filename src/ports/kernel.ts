// The addresses of this host. Every outcome comes back as an input (`kernel`, `address-changed`,
// `links`); nothing here is awaited. Desired state: an address that is already as asked is a success.

import type { Instant } from '#lib/time';
import type { EffectId } from '#model/names';
import type { VirtualAddress } from '#model/settings';

export interface KernelPort {
  /**
   * Puts addresses there until `until` (null: for ever); none of them after `by`, whoever asked may have been overtaken.
   * The kernel has it when this returns.
   */
  hold(id: EffectId, addresses: readonly VirtualAddress[], until: Instant | null, by: Instant): void;
  /** This host is silent for these when this returns, though they may still be there. Nothing where there is no gate. */
  silence(addresses: readonly VirtualAddress[]): void;
  /** Takes addresses away. They are gone when this returns, unless the outcome says otherwise. */
  release(id: EffectId, addresses: readonly VirtualAddress[]): void;
  /** Everything held lives on until `until`. An outcome comes for whatever could not be renewed. */
  renew(id: EffectId, advertAt: Instant, until: Instant | null, livePeers: number): void;
}

export interface AnnouncePort {
  /**
   * One gratuitous ARP request and reply, or one unsolicited neighbour advertisement, for each. `sent` is called, before
   * this returns or later, when each has been announced once; not where any of them is let go of before.
   */
  announce(addresses: readonly VirtualAddress[], sent: () => void): void;
}
