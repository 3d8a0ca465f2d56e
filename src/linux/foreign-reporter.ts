// Tells the core which of its addresses somebody else has put on this host, at the start and whenever
// that changes. What becomes of it is decided there.

import type { Input } from '#model/input';
import type { VirtualAddress } from '#model/settings';
import type { AddressPort } from './address-port.ts';
import type { HostWatch } from './netlink-watch.ts';

export class ForeignReporter {
  readonly #kernel: AddressPort;
  readonly #addresses: readonly VirtualAddress[];
  readonly #offer: (input: Input) => void;
  #told = '';
  #pending: NodeJS.Immediate | null = null;
  #closed = false;

  constructor(
    watch: HostWatch,
    kernel: AddressPort,
    addresses: readonly VirtualAddress[],
    offer: (input: Input) => void,
  ) {
    this.#kernel = kernel;
    this.#addresses = addresses;
    this.#offer = offer;
    watch.listen({
      changed: (change) => {
        // Renewals of our own addresses make an event each: they are not looked at.
        if (change.kind === 'link' || !kernel.isOurs(change.address)) this.#soon();
      },
      resynced: () => this.#soon(),
    });
    this.#report();
  }

  close(): void {
    this.#closed = true;
    if (this.#pending !== null) clearImmediate(this.#pending);
  }

  #soon(): void {
    this.#pending ??= setImmediate(() => this.#report());
  }

  #report(): void {
    this.#pending = null;
    if (this.#closed) return;
    const keys = this.#kernel.foreign(this.#addresses);
    const text = keys.join(' ');
    if (text === this.#told) return;
    this.#told = text;
    this.#offer({ kind: 'foreign', keys });
  }
}
