// What a renewal makes of the kernel's answers.

import test from 'ava';
import { constants } from 'node:os';
import { Renewals } from '#linux/address-renewal';
import type { AddressWriter } from '#linux/address-writer';
import type { Claim } from '#linux/claims-book';
import { instant } from '#lib/time';

const { ENOBUFS, ENODEV, ENOMEM, EPERM } = constants.errno;

function claim(address: string): Claim {
  return {
    key: `eth0/${address}/32`,
    interface: 'eth0',
    index: 2,
    family: 4,
    address,
    prefix: 32,
    label: null,
    state: 'held',
  };
}

function renew(errnos: readonly number[]) {
  const writer = { write: () => errnos } as unknown as AddressWriter;
  const held = errnos.map((_, i) => claim(`192.0.2.${i + 1}`));
  const renewals = new Renewals({ now: () => instant(1000), suspendedMs: () => 0, wall: () => 0 }, writer);
  return { held, outcomes: renewals.extend(held, instant(3000)) };
}

test('an error of the moment is left to the next renewal', async (t) => {
  const { held, outcomes } = renew([ENOBUFS, 0, ENOMEM]);
  t.deepEqual(outcomes, []);
  t.true(held.every(({ state }) => state === 'held'));
});

test('what is gone or refused is told', async (t) => {
  const { held, outcomes } = renew([ENODEV, EPERM]);
  t.deepEqual(
    outcomes.map(({ kind }) => kind),
    ['absent', 'refused'],
  );
  t.deepEqual(
    held.map(({ state }) => state),
    ['gone', 'held'],
  );
});
