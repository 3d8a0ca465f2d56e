// Paths whose interface is not there yet, goes, comes back, or loses its link; and what they say.

import test from 'ava';
import { Segment, transport } from './segment.ts';

const onEth0 = transport({ paths: [{ name: 'eth0', interface: 'eth0' }] });

test('an interface that appears later, is deleted and made again carries adverts each time', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  b.attach('eth0', 'br0', ['192.0.2.2/24']);
  const [late, steady] = [await a.endpoint(onEth0), await b.endpoint(onEth0)];
  const missing = 'adverts on eth0: there is no interface eth0 now; waiting for it';
  t.deepEqual(await late.next('path'), { kind: 'path', path: 'eth0', words: missing, open: [] });
  t.is((await late.send('eth0', 10)).words, 'there is no interface eth0');

  const indexes = new Set<number>();
  for (const round of [1, 2]) {
    a.attach('eth0', 'br0', ['192.0.2.1/24']);
    indexes.add(a.links().find(({ name }) => name === 'eth0')?.index ?? -1);
    await late.tellLinks();
    t.deepEqual(await late.next('path'), { kind: 'path', path: 'eth0', words: null, open: ['eth0'] });
    t.is((await late.send('eth0', round)).words, null);
    t.is((await steady.next('packet')).bytes, round);
    await steady.send('eth0', 50 + round);
    t.is((await late.next('packet')).bytes, 50 + round);

    a.ip('link', 'del', 'eth0');
    // Before anybody tells it, the kernel does.
    t.regex((await late.send('eth0', 10)).words ?? '', /^sending to 224\.0\.0\.18 on eth0: /);
    await late.tellLinks();
    t.is((await late.next('path')).words, missing);
  }
  t.is(indexes.size, 2);
});

test('made again under another index between two tellings, the path moves to the new interface', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  for (const [i, host] of [a, b].entries()) host.attach('eth0', 'br0', [`192.0.2.${i + 1}/24`]);
  const [moved, steady] = [await a.endpoint(onEth0), await b.endpoint(onEth0)];
  a.ip('link', 'del', 'eth0');
  a.attach('eth0', 'br0', ['192.0.2.1/24']);
  await moved.tellLinks();
  t.is((await moved.send('eth0', 33)).words, null);
  t.is((await steady.next('packet')).bytes, 33);
  await steady.send('eth0', 44);
  t.is((await moved.next('packet')).bytes, 44);
});

test('a link that goes down is said with each send, and carries again when it is up', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  for (const [i, host] of [a, b].entries()) host.attach('eth0', 'br0', [`192.0.2.${i + 1}/24`]);
  const [one, two] = [await a.endpoint(onEth0), await b.endpoint(onEth0)];

  a.ip('link', 'set', 'eth0', 'down');
  t.is(
    (await one.send('eth0', 10)).words,
    'sending to 224.0.0.18 on eth0: ENETUNREACH: the link is down, its address is gone, or no route leads there',
  );
  a.ip('link', 'set', 'eth0', 'up');
  segment.switch('link', 'set', 'a-eth0', 'down');
  await one.tellLinks();
  t.is((await one.send('eth0', 11)).words, 'the link of eth0 is down');
  segment.switch('link', 'set', 'a-eth0', 'up');
  await one.tellLinks();
  t.is((await one.send('eth0', 12)).words, null);
  t.is((await two.next('packet')).bytes, 12);
  await two.send('eth0', 13);
  t.is((await one.next('packet')).bytes, 13);
});

test('what a firewall or a lost address does to an advert comes back as words', async (t) => {
  const segment = new Segment(t);
  const host = segment.host('a');
  host.attach('eth0', 'br0', ['192.0.2.1/24', '198.51.100.100/32']);
  const one = await host.endpoint(onEth0);
  host.run('nft', 'add table ip f; add chain ip f o { type filter hook output priority 0; udp dport 10112 drop; }');
  t.is(
    (await one.send('eth0', 10)).words,
    'sending to 224.0.0.18 on eth0: EPERM: a firewall rule of this host drops it',
  );
  host.run('nft', 'delete table ip f');
  t.is((await one.send('eth0', 10)).words, null);
  host.ip('addr', 'del', '192.0.2.1/24', 'dev', 'eth0');
  // ENETUNREACH or EINVAL, as the kernel's age has it.
  t.regex((await one.send('eth0', 10)).words ?? '', /^sending to 224\.0\.0\.18 on eth0: E.*address.* is gone/);
  host.ip('addr', 'del', '198.51.100.100/32', 'dev', 'eth0');
  await one.tellLinks();
  t.is((await one.send('eth0', 10)).words, null);
  host.run('sysctl', '-qw', 'net.ipv6.conf.eth0.disable_ipv6=1');
  await one.tellLinks();
  t.is((await one.send('eth0', 10)).words, 'eth0 has neither an IPv4 nor an IPv6 link-local address to send from');
  t.is((await one.send('nowhere', 10)).words, 'there is no path nowhere');
});

test('a path without IPv6 works over IPv4, and gets IPv6 when the host does', async (t) => {
  const segment = new Segment(t);
  const [a, b] = [segment.host('a'), segment.host('b')];
  a.attach('eth0', 'br0', ['192.0.2.1/24']);
  b.attach('eth0');
  a.run('sysctl', '-qw', 'net.ipv6.conf.eth0.disable_ipv6=1');
  const [four, six] = [await a.endpoint(onEth0), await b.endpoint(onEth0)];
  t.is((await four.send('eth0', 10)).words, null);
  t.is((await six.next('packet')).bytes, 10);
  a.run('sysctl', '-qw', 'net.ipv6.conf.eth0.disable_ipv6=0');
  await four.tellLinks();
  await six.send('eth0', 20);
  t.is((await four.next('packet')).bytes, 20);
});
