// Whose an address is. Ours are only those that the record of this kernel boot names, that the kernel
// still has at that place, and whose form is the one we write: a finite life (unless the lease was off)
// and our tag, where the kernel knows tags. Everything else is an administrator's.

import { addressKey } from '#lib/ip';
import type { AddressKey } from '#model/input';
import type { HostState } from './address-mirror.ts';
import { OUR_TAG, placeKey } from './address-message.ts';
import type { KernelAddress } from './address-message.ts';
import type { ClaimedAddress, ClaimsRecord } from './record-file.ts';

export interface Verdict {
  readonly key: AddressKey;
  readonly claimed: ClaimedAddress;
  /** Null: ours, and there. */
  readonly notOurs: string | null;
  /** The kernel has an address at that place, whosever it is. */
  readonly there: boolean;
}

export function judgeRecord(record: ClaimsRecord, kernelBoot: string, state: HostState): Verdict[] {
  const tags = kernelReportsTags(state);
  return record.addresses.map((claimed) => {
    const found = state.addresses.get(placeKey(claimed));
    const notOurs =
      found === undefined
        ? 'the kernel does not have it'
        : record.kernelBoot === kernelBoot
          ? formNotOurs(found, record.lease === 'off', tags)
          : 'it was recorded before the last boot of this host';
    return { key: addressKey(claimed), claimed, notOurs, there: found !== undefined };
  });
}

/** Null when an address looks as we write it, otherwise what speaks against it. */
export function formNotOurs(found: KernelAddress, leaseOff: boolean, tags: boolean): string | null {
  if (tags && found.tag !== OUR_TAG) return `its protocol tag is ${found.tag ?? 'not set'}, ours is ${OUR_TAG}`;
  if (found.permanent && !leaseOff) return 'it is permanent, ours have a lifetime';
  return null;
}

/**
 * Linux 5.18 and later tag the loopback and link-local addresses themselves, older kernels report no
 * tag at all: so one tag anywhere says that a missing tag means something.
 */
export function kernelReportsTags(state: HostState): boolean {
  return [...state.addresses.values()].some((address) => address.tag !== null);
}
