// What the paths owe whoever closes them. Everything that needs a segment is in test/transport.

import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { instant } from '#lib/time';
import { AdvertSockets } from '#linux/advert-sockets';

test('closed is closed: a later word does not open a socket again, however long after', async (t) => {
  let now = instant(0);
  const sockets = new AdvertSockets({
    transport: {
      port: 38_517,
      multicast4: '224.0.0.18',
      multicast6: 'ff02::12',
      peers: ['127.0.0.1'],
      paths: [{ name: 'peers', interface: null }],
    },
    clock: { now: () => now },
    sink: () => undefined,
    report: { path: () => undefined },
  });
  t.deepEqual(sockets.openPaths, ['peers']);
  await sockets.close();
  now = instant(60_000);
  t.regex((await sockets.send('peers', [Uint8Array.of(1)])) ?? '', /closed/);
  sockets.linksChanged([]);
  await sleep(1);
  t.deepEqual(sockets.openPaths, []);
});
