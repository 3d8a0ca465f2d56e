// Floods on the port of the adverts: bytes that mean nothing, adverts with a bit turned, adverts of another life and of
// this one again. Each is refused by name and counted; nothing moves, and adverts keep their time.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { spanCount } from '../lab/seen.ts';
import { type Datagram, Tap } from '../lab/tap.ts';

const intervalMs = 100;
const stranger = '192.0.2.200';

/** Reproducible, so that a failure can be looked at again. */
function noise(length: number, seed: number): Buffer {
  let state = seed;
  return Buffer.from(
    Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

function turned(payload: Buffer, at: number): Buffer {
  const copy = Buffer.from(payload);
  copy.writeUInt8(copy.readUInt8(at) ^ 0x01, at);
  return copy;
}

function longestGapMs(heard: readonly Datagram[]): number {
  return heard.reduce((longest, { atMs }, i) => Math.max(longest, atMs - (heard[i - 1]?.atMs ?? atMs)), 0);
}

test('a flood of random, broken and replayed packets is refused by name; nothing moves, adverts keep their time', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: `${intervalMs}ms`, downAfter: 5 });
  const tap = await Tap.open(t, lab);
  const heard = (from: string) => tap.adverts().filter((advert) => advert.from === from);
  const recorded = async (): Promise<Datagram[]> => {
    tap.forget();
    const enough = () => heard('192.0.2.1').length > 10 && heard('192.0.2.2').length > 10;
    await lab.until(
      async () => (enough() ? true : null),
      5000,
      () => 'the client hears no adverts',
    );
    return tap.adverts();
  };
  // Of a life that is over: both daemons start anew, so that nobody knows these boots.
  const dead = await recorded();
  await lab.stop('h1');
  await lab.stop('h2');
  await Promise.all([lab.start('h1'), lab.start('h2')]);
  await lab.waitForState('h1', 'active', 5000);
  await lab.waitFor('h1', ({ peers }) => peers.some(({ name, state }) => name === 'h2' && state === 'two-way'), 3000);
  await lab.waitForState('h2', 'standby', 3000);
  const live = await recorded();
  const some = live[0]?.payload ?? Buffer.alloc(0);

  const witness = await lab.answering({ everyMs: 2 });
  tap.forget();
  const frames = [
    ...Array.from({ length: 40 }, (_, i) => tap.frame(stranger, noise(1 + i * 35, i))),
    ...Array.from({ length: 20 }, (_, i) => tap.frame(stranger, turned(some, some.length - 1 - i))),
    ...Array.from({ length: 20 }, (_, i) => tap.frame(stranger, Buffer.concat([some.subarray(0, 10), noise(60, i)]))),
    tap.frame(stranger, turned(some, 0)),
    tap.frame(stranger, turned(some, 4)),
    tap.frame(stranger, some.subarray(0, 5)),
    // As their senders sent them, and from somewhere else, because a host drops its own address as a source.
    ...[...dead, ...live].flatMap(({ from, payload }) => [tap.frame(from, payload), tap.frame(stranger, payload)]),
  ];
  await tap.send({ frames, perSecond: 3000, count: 9000 });
  const flooded = tap.adverts();
  for (const host of ['h1', 'h2']) {
    const status = await lab.status(host);
    const refused = status?.adverts.refused ?? {};
    t.log(`${host}: ${JSON.stringify(refused)}, ${status?.adverts.received} received`);
    for (const reason of ['too-short', 'bad-magic', 'bad-mac', 'other-major', 'replayed']) {
      t.true((refused[reason] ?? 0) > 0, `${host}: nothing refused as ${reason}: ${JSON.stringify(refused)}`);
    }
    const dropped = Object.values(refused).reduce((sum, count) => sum + count, 0);
    t.true(dropped > 4000, `${host}: ${dropped} of 9000 refused`);
  }
  const own = flooded.filter(({ from }) => from !== stranger);
  for (const from of ['192.0.2.1', '192.0.2.2']) {
    const gapMs = longestGapMs(own.filter((advert) => advert.from === from));
    t.log(`${from}: longest time between two adverts ${gapMs} ms`);
    t.true(gapMs < 4 * intervalMs, `${from}: ${gapMs} ms between two adverts`);
  }
  const seen = await witness.stop();
  t.is(spanCount(seen), 1, 'the address moved or fell silent');
  t.is((await lab.status('h1'))?.groups[0]?.state, 'active');
  t.is((await lab.status('h2'))?.groups[0]?.state, 'standby');
  for (const host of ['h1', 'h2']) {
    t.deepEqual((await lab.status(host))?.problems, [], host);
  }
  // And it still works: a handover right after.
  t.is(await lab.stop('h1'), 0);
  await lab.waitForState('h2', 'active', 3000);
});

test('adverts of a dead holder, replayed, do not keep the address from who is left', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: `${intervalMs}ms` });
  const tap = await Tap.open(t, lab);
  const recorded = () => tap.adverts().filter(({ from }) => from === '192.0.2.1');
  await lab.until(
    async () => (recorded().length > 5 ? true : null),
    5000,
    () => 'the client hears no adverts',
  );
  const frames = recorded().map(({ from, payload }) => tap.frame(from, payload));
  await lab.kill('h1');
  const sending = tap.send({ frames, perSecond: 500, count: 1500 });
  await lab.waitForState('h2', 'active', 2000);
  await sending;
  t.true(((await lab.status('h2'))?.adverts.refused['replayed'] ?? 0) > 100);
});
