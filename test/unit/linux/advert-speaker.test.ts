// When what became of an advert is told: within the call where the kernel took every datagram, so that the answer to what
// the same step asks the kernel for cannot come before it.

import test from 'ava';
import { AdvertSpeaker } from '#linux/advert-speaker';
import { instant } from '#lib/time';
import type { Input } from '#model/input';
import type { AdvertPort } from '#ports/adverts';

function speaker(send: AdvertPort['send']) {
  const offered: Input[] = [];
  const says = new AdvertSpeaker({ send, close: () => Promise.resolve() }, (input) => offered.push(input));
  const speak = (...paths: string[]): void =>
    says.speak(
      7,
      instant(5),
      3,
      paths.map((path) => ({ path, datagrams: [Uint8Array.of(1)] })),
    );
  return { offered, speak };
}

test('taken at once on every path: told before the call returns', (t) => {
  const { offered, speak } = speaker((path) => (path === 'eth1' ? 'the link is down' : null));
  speak('eth0', 'eth1');
  t.deepEqual(offered, [
    {
      kind: 'sent',
      id: 7,
      at: instant(5),
      last: 3,
      paths: [
        { path: 'eth0', error: null },
        { path: 'eth1', error: 'the link is down' },
      ],
    },
  ]);
});

test('one path whose socket is full: told once, when the last of them has answered', async (t) => {
  const waiting = new Promise<null>((resolve) => setTimeout(() => resolve(null), 10));
  const { offered, speak } = speaker((path) => (path === 'eth1' ? waiting : null));
  speak('eth0', 'eth1');
  t.deepEqual(offered, []);
  await waiting;
  await new Promise((resolve) => setImmediate(resolve));
  t.like(offered[0], {
    kind: 'sent',
    paths: [
      { path: 'eth0', error: null },
      { path: 'eth1', error: null },
    ],
  });
  t.is(offered.length, 1);
});
