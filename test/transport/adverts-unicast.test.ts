// Adverts to a list of peers, over IPv4 and IPv6.

import test from 'ava';
import { Segment, transport } from './segment.ts';

const paths = [{ name: 'peers', interface: null }];
const to = (...peers: string[]) => transport({ peers, paths });

test('each listed peer gets each datagram in order, over both families', async (t) => {
  const segment = new Segment(t);
  const [a, b, c] = [segment.host('a'), segment.host('b'), segment.host('c')];
  a.attach('eth0', 'br0', ['192.0.2.1/24', '2001:db8::1/64']);
  b.attach('eth0', 'br0', ['192.0.2.2/24']);
  c.attach('eth0', 'br0', ['2001:db8::3/64']);
  const one = await a.endpoint(to('192.0.2.2', '2001:db8::3'));
  const [two, three] = [await b.endpoint(to('192.0.2.1')), await c.endpoint(to('2001:db8::1'))];
  t.is((await one.send('peers', 1400, 20)).words, null);
  for (const [listener, from] of [[two, '192.0.2.1'] as const, [three, '2001:db8::1'] as const]) {
    t.deepEqual(await listener.next('packet'), { kind: 'packet', path: 'peers', from, bytes: 1400, first: 0 });
    t.deepEqual(await listener.next('packet'), { kind: 'packet', path: 'peers', from, bytes: 20, first: 1 });
  }
  await three.send('peers', 5);
  t.is((await one.next('packet')).from, '2001:db8::3');
});

test('who is not on the list is counted and not heard', async (t) => {
  const segment = new Segment(t);
  const [a, b, c] = [segment.host('a'), segment.host('b'), segment.host('c')];
  for (const [i, host] of [a, b, c].entries()) host.attach('eth0', 'br0', [`192.0.2.${i + 1}/24`]);
  const one = await a.endpoint(to('192.0.2.2'));
  const [listed, stranger] = [await b.endpoint(to('192.0.2.1')), await c.endpoint(to('192.0.2.1'))];
  await stranger.send('peers', 7);
  await listed.send('peers', 8);
  t.is((await one.next('packet')).bytes, 8);
  t.deepEqual(await one.count(), { kind: 'count', packets: 1, unlisted: 1 });
});

test('a send fails in words only when no peer could be sent to', async (t) => {
  const segment = new Segment(t);
  const a = segment.host('a');
  a.attach('eth0', 'br0', ['192.0.2.1/24']);
  const some = await a.endpoint(to('192.0.2.2', '203.0.113.1'));
  t.is((await some.send('peers', 10)).words, null);
  await some.end();
  const none = await a.endpoint(to('198.51.100.1', '203.0.113.1'));
  const why = 'ENETUNREACH: the link is down, its address is gone, or no route leads there';
  t.is((await none.send('peers', 10)).words, `sending to every peer failed: 198.51.100.1: ${why}; 203.0.113.1: ${why}`);
});

test('a port that another program has is said, and taken once it is free', async (t) => {
  const a = new Segment(t).host('a');
  a.attach('eth0', 'br0', ['192.0.2.1/24']);
  const first = await a.endpoint(to('192.0.2.2'));
  const second = await a.endpoint(to('192.0.2.2'));
  const busy = 'adverts on peers: bind: EADDRINUSE (address already in use)';
  t.deepEqual(await second.next('path'), { kind: 'path', path: 'peers', words: busy, open: [] });
  t.regex((await second.send('peers', 1)).words ?? '', /EADDRINUSE/);
  await first.end();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  t.is((await second.send('peers', 1)).words, null);
  t.is((await second.next('path')).words, null);
});
