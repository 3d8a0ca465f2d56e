// Addresses that an administrator put on this host. Beside one, a group is not claimed and not asked for: two
// hosts would answer. A group that is held already stays: letting go would not silence this host.

import { addressKey } from '#lib/ip';
import type { AddressKey } from '#model/input';
import type { Reason } from '#model/reason';
import { raise, settle } from './problems.ts';
import { groupAt, type Turn } from './turn.ts';

export function takeForeign(turn: Turn, keys: readonly AddressKey[]): void {
  turn.state.foreign = new Set(keys);
  turn.stirred = true;
  settle(turn, (problem) => problem.code === 'address-foreign' && !turn.state.foreign.has(problem.key));
  if (keys.length === 0) return;
  for (const group of turn.settings.groups) {
    for (const key of group.addresses.map(addressKey)) {
      if (turn.state.foreign.has(key)) raise(turn, { code: 'address-foreign', group: group.name, key });
    }
  }
}

export function foreignFault(turn: Turn, index: number): Reason | null {
  if (turn.state.foreign.size === 0) return null;
  const { group, asked } = groupAt(turn, index);
  if (group.role === 'active' || group.role === 'claiming') return null;
  const found = asked.addresses.find((address) => turn.state.foreign.has(addressKey(address)));
  return found === undefined ? null : { kind: 'address-foreign', address: found.address, interface: found.interface };
}
