// Somebody took an address of a holder away. It is put back at once and reported; when it keeps
// happening, later each time, since two hands that pull at one address help nobody.

import { type Instant, later } from '#lib/time';
import { addressKey } from '#lib/ip';
import type { AddressKey } from '#model/input';
import type { Settings } from '#model/settings';
import { raise, settle } from './problems.ts';
import type { Removals } from './state.ts';
import { changeGroup, groupAt, holdAddresses, type Turn } from './turn.ts';

/** Removals within this time of each other belong together. */
const memoryMs = 60_000;

/** So many are answered at once; after that each waits twice as long as the one before. */
const patientRemovals = 5;

export function takeAddressChange(turn: Turn, key: AddressKey, isThere: boolean): void {
  const index = ownerOf(turn, key);
  if (index === null) return;
  const { group } = groupAt(turn, index);
  // Told twice, by an event and by a renewal that found it gone: one removal.
  if (group.present.has(key) === isThere) return;
  const present = new Set(group.present);
  if (isThere) present.add(key);
  else present.delete(key);
  changeGroup(turn, index, { present });
  if (isThere || group.role !== 'active') return;
  const removals = countRemoval(group.removals, turn.now);
  changeGroup(turn, index, { removals });
  raise(turn, { code: 'address-removed', group: group.name, key, times: removals.times });
  turn.stirred = true;
}

export function putBackDue(turn: Turn, index: number): void {
  const { group, asked } = groupAt(turn, index);
  if (group.removals === null) return;
  const { putBackAt, lastAt } = group.removals;
  if (putBackAt === null) {
    if (turn.now < later(lastAt, memoryMs)) return;
    changeGroup(turn, index, { removals: null });
    settle(turn, (problem) => problem.code === 'address-removed' && problem.group === group.name);
    return;
  }
  if (putBackAt > turn.now || turn.state.lapse !== null) return;
  const missing = asked.addresses.filter((address) => !group.present.has(addressKey(address)));
  const removals = { ...group.removals, putBackAt: null };
  changeGroup(turn, index, missing.length === 0 ? { removals } : { removals, holdId: holdAddresses(turn, missing) });
}

export function removalsWakeAt(removals: Removals): Instant {
  return removals.putBackAt ?? later(removals.lastAt, memoryMs);
}

/** The group that an address belongs to, or null when it is none of ours. */
export function ownerOf({ settings }: Turn, key: AddressKey): number | null {
  return (owners.get(settings) ?? ownersIn(settings)).get(key) ?? null;
}

/** A takeover of many addresses asks for each frame by which it is announced. */
const owners = new WeakMap<Settings, ReadonlyMap<AddressKey, number>>();

function ownersIn(settings: Settings): ReadonlyMap<AddressKey, number> {
  const found = new Map<AddressKey, number>();
  for (const [index, { addresses }] of settings.groups.entries())
    for (const address of addresses) found.set(addressKey(address), index);
  owners.set(settings, found);
  return found;
}

function countRemoval(known: Removals | null, now: Instant): Removals {
  const times = (known === null || now > later(known.lastAt, memoryMs) ? 0 : known.times) + 1;
  const delayMs = times <= patientRemovals ? 0 : Math.min(memoryMs / 2, 500 * 2 ** (times - patientRemovals));
  return { times, lastAt: now, putBackAt: known?.putBackAt ?? later(now, delayMs) };
}
