// What a rehearsal of a takeover asks the kernel for: addresses that no host has (RFC 1112, section 4; RFC 6666), with
// prefix lengths that no address can have, on interfaces that do not exist, so that everything is done but the last step,
// which the kernel refuses.

import type { EffectId } from '#model/names';
import type { VirtualAddress } from '#model/settings';
import type { HostState } from './address-mirror.ts';

/** Of what nobody waits for an answer to. */
export const rehearsalId: EffectId = -1;

/** How long the gate would be open, if the same call did not shut it. */
export const rehearsedMs = 2000;

const unusable = { 4: { address: '240.0.0.1', prefix: 33 }, 6: { address: '100::1', prefix: 129 } } as const;

/** One of each family that the daemon is to hold. */
export function impossible(addresses: readonly VirtualAddress[]): VirtualAddress[] {
  const like = [4, 6].flatMap((family) => addresses.find((address) => address.family === family) ?? []);
  return like.map((address) => ({ ...address, ...unusable[address.family] }));
}

const noSuchIndex = 0x7fffffff;

/** A host like this one, whose interfaces cannot be reached. */
export function nowhere({ links, addresses }: HostState): HostState {
  const gone = [...links].map(([index, link]) => [index, { ...link, index: noSuchIndex }] as const);
  return { links: new Map(gone), addresses };
}
