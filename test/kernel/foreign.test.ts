// What is not ours is never renewed, changed or deleted: not by a hold, a renewal, a release or a
// cleanup. Needs root and network namespaces.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { addLink, find, ip, makePair } from './netns.ts';
import type { Pair } from './netns.ts';
import { Remote, vip4, vip6, waitFor } from './remote.ts';

const forEver = { valid_life_time: 0xffffffff, preferred_life_time: 0xffffffff };

function give(pair: Pair, address: string, ...more: string[]): void {
  ip('-n', pair.here, 'addr', 'add', address, 'dev', 'eth0', ...more);
}

test.serial('an address that is there already is foreign to hold, renew and release', async (t) => {
  const pair = makePair(t);
  give(pair, '10.9.0.10/32');
  give(pair, 'fd09::10/128', 'nodad');
  const remote = new Remote(t, pair);
  const own = [vip4('10.9.0.10'), vip6('fd09::10')];
  t.deepEqual(
    (await remote.hold(own, 2000)).map(({ kind }) => kind),
    ['foreign', 'foreign'],
  );
  await remote.renew(2000);
  t.deepEqual(
    (await remote.release(own)).map(({ kind }) => kind),
    ['foreign', 'foreign'],
  );
  t.like(find(pair.here, '10.9.0.10'), forEver);
  t.like(find(pair.here, 'fd09::10'), forEver);
});

test.serial(
  'the kernel has the last word where the mirror is behind: added in the same moment, still foreign',
  async (t) => {
    const pair = makePair(t);
    const remote = new Remote(t, pair);
    await remote.start();
    // While the program sleeps it reads no events; the command waits in its pipe.
    remote.send({ do: 'stall', ms: 400 });
    const id = remote.nextId();
    const renewal = remote.nextId();
    remote.send({
      do: 'together',
      commands: [
        { do: 'hold', id, addresses: [vip4('10.9.0.10'), vip6('fd09::10')], forMs: 2000 },
        { do: 'renew', id: renewal, forMs: 2000, livePeers: 0 },
      ],
    });
    await sleep(100);
    give(pair, '10.9.0.10/32');
    give(pair, 'fd09::10/128', 'nodad');
    t.deepEqual(
      (await remote.outcomes(id)).map(({ kind }) => kind),
      ['foreign', 'foreign'],
    );
    t.like(find(pair.here, '10.9.0.10'), forEver);
    t.like(find(pair.here, 'fd09::10'), forEver);
  },
);

test.serial('the same address under another prefix length or on another interface is foreign too', async (t) => {
  const pair = makePair(t);
  addLink(pair, 'eth1');
  give(pair, '10.9.0.10/24');
  ip('-n', pair.here, 'addr', 'add', '10.9.0.11/32', 'dev', 'eth1');
  ip('-n', pair.here, 'addr', 'add', 'fd09::11/64', 'dev', 'eth1', 'nodad');
  give(pair, 'fd09::10/64', 'nodad');
  const remote = new Remote(t, pair);
  const asked = [vip4('10.9.0.10'), vip4('10.9.0.11'), vip6('fd09::10'), vip6('fd09::11')];
  t.deepEqual(
    (await remote.hold(asked, 2000)).map(({ kind }) => kind),
    ['foreign', 'foreign', 'foreign', 'foreign'],
  );
  t.is(find(pair.here, '10.9.0.11'), undefined);
});

test.serial('ours, taken away and put there by an administrator: foreign from then on', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  await remote.hold([vip4('10.9.0.10')], 3000);
  ip('-n', pair.here, 'addr', 'del', '10.9.0.10/32', 'dev', 'eth0');
  give(pair, '10.9.0.10/32');
  await waitFor(() => remote.inputs('address-changed').length > 0);
  t.like(await remote.hold([vip4('10.9.0.10')], 3000), [{ kind: 'foreign' }]);
  await remote.renew(3000);
  t.like(await remote.release([vip4('10.9.0.10')]), [{ kind: 'foreign' }]);
  t.like(find(pair.here, '10.9.0.10'), forEver);
});

test.serial('releasing what was never held is a success and touches nothing', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair);
  t.deepEqual(await remote.release([vip4('10.9.0.10'), vip4('10.9.0.11', { interface: 'eth7' })]), [
    { key: 'eth0/10.9.0.10/32', kind: 'absent' },
    { key: 'eth7/10.9.0.11/32', kind: 'absent' },
  ]);
});
