// What all checkers are: each watches the cluster for one thing that must never be. The first finding ends a run.

import type { DaemonEvent } from '#model/event';
import type { VirtualAddress } from '#model/settings';
import type { Host, Parcel } from '../../world/host.ts';

export interface Checker {
  readonly name: string;
  /** After everything that happens. */
  step?(): string | null;
  /** The set of hosts that answer for a group has changed; a bit for each host. */
  moved?(group: number, before: number, after: number): string | null;
  told?(host: Host, event: DaemonEvent): string | null;
  /** What a host says is about to leave it. */
  sends?(host: Host): void;
  /** A datagram was given to the daemon of a host, which has done with it what it does. */
  took?(to: Host, parcel: Parcel): void;
  announced?(host: Host, addresses: readonly VirtualAddress[]): void;
}
