// Adverts over multicast between hosts on one bridge: who hears what, from which address, in which order.

import test from 'ava';
import { Segment, transport } from './segment.ts';

const onEth0 = transport({ paths: [{ name: 'eth0', interface: 'eth0' }] });

test('three hosts hear each other and not themselves', async (t) => {
  const segment = new Segment(t);
  const endpoints = [];
  for (const i of [1, 2, 3]) {
    const host = segment.host(`n${i}`);
    host.attach('eth0', 'br0', [`192.0.2.${i}/24`]);
    endpoints.push(await host.endpoint(onEth0));
  }
  const [one, two, three] = endpoints;
  if (one === undefined || two === undefined || three === undefined) return t.fail();
  const sent = await one.send('eth0', 1400, 20, 1472);
  t.is(sent.words, null);
  for (const listener of [two, three]) {
    for (const [first, bytes] of [1400, 20, 1472].entries()) {
      t.deepEqual(await listener.next('packet'), { kind: 'packet', path: 'eth0', from: '192.0.2.1', bytes, first });
    }
  }
  t.is((await one.count()).packets, 0);
  t.log(`three datagrams: ${sent.callUs.toFixed(0)} us in the call, ${sent.doneUs.toFixed(0)} us until told`);
});

test('a datagram is with the kernel when send returns', async (t) => {
  const segment = new Segment(t);
  const host = segment.host('n1');
  host.attach('eth0', 'br0', ['192.0.2.1/24']);
  const one = await host.endpoint(onEth0);
  t.is((await one.send('eth0', 1400, 1400)).leftInCall, 2);
  for (let i = 0; i < 50; i += 1) await one.send('eth0', 1400);
  const { callUs, doneUs } = await one.send('eth0', 1400);
  t.log(`warm: ${callUs.toFixed(0)} us in the call, ${doneUs.toFixed(0)} us until told`);
});

test('without an IPv4 address adverts leave over IPv6, and IPv4 is heard all the same', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  a.attach('eth0');
  b.attach('eth0', 'br0', ['192.0.2.2/24']);
  const [bare, addressed] = [await a.endpoint(onEth0), await b.endpoint(onEth0)];
  t.is((await bare.send('eth0', 100)).words, null);
  const linkLocal = a.links().find(({ name }) => name === 'eth0')?.linkLocal6;
  t.is((await addressed.next('packet')).from, linkLocal ?? 'none');
  t.is((await addressed.send('eth0', 1400)).words, null);
  t.is((await bare.next('packet')).from, '192.0.2.2');
});

test('adverts come from the address that the facts call primary, though another one is first', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  a.attach('eth0', 'br0', ['192.0.2.100/32', '192.0.2.1/24']);
  b.attach('eth0', 'br0', ['192.0.2.2/24']);
  const [sender, listener] = [await a.endpoint(onEth0), await b.endpoint(onEth0)];
  const primary = (address: string) => a.links().map((link) => ({ ...link, primary4: address }));
  await sender.tellLinks(primary('192.0.2.1'));
  await sender.send('eth0', 10);
  t.is((await listener.next('packet')).from, '192.0.2.1');
  await sender.tellLinks(primary('192.0.2.100'));
  await sender.send('eth0', 10);
  t.is((await listener.next('packet')).from, '192.0.2.100');
});

test('two paths are apart: each hears its own interface only', async (t) => {
  const segment = new Segment(t, ['br0', 'br1']);
  const [a, b] = [segment.host('a'), segment.host('b')];
  for (const [i, host] of [a, b].entries()) {
    host.attach('eth0', 'br0', [`192.0.2.${i + 1}/24`]);
    host.attach('eth1', 'br1', [`198.51.100.${i + 1}/24`]);
  }
  const paths = ['eth0', 'eth1'].map((name) => ({ name, interface: name }));
  const [one, two] = [await a.endpoint(transport({ paths })), await b.endpoint(transport({ paths }))];
  await one.send('eth1', 30);
  await one.send('eth0', 40);
  const heard = [await two.next('packet'), await two.next('packet')];
  t.deepEqual(
    heard.map(({ path, from, bytes }) => [path, from, bytes]),
    [
      ['eth1', '198.51.100.1', 30],
      ['eth0', '192.0.2.1', 40],
    ],
  );
  t.is((await two.count()).packets, 2);
});

test('what is sent to the host alone, or to another group, does not reach a multicast path', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  a.attach('eth0', 'br0', ['192.0.2.1/24', '2001:db8::1/64']);
  b.attach('eth0', 'br0', ['192.0.2.2/24', '2001:db8::2/64']);
  const listener = await b.endpoint(onEth0);
  const direct = await a.endpoint(
    transport({ peers: ['192.0.2.2', '2001:db8::2'], paths: [{ name: 'peers', interface: null }] }),
  );
  await direct.send('peers', 10);
  const other = await a.endpoint({ ...onEth0, multicast4: '224.0.0.19' });
  await other.send('eth0', 10);
  const right = await a.endpoint(onEth0);
  await right.send('eth0', 77);
  t.is((await listener.next('packet')).bytes, 77);
  t.is((await listener.count()).packets, 1);
});
