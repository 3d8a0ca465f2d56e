// Gateways on the segment, behind a router, and nowhere: which of them give a sign of life, and how.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { ip, makePair, sysctl } from './netns.ts';
import type { Pair } from './netns.ts';
import { vip4, waitFor } from './remote.ts';
import { WireRemote } from './wire-remote.ts';

const addresses = [vip4('10.9.0.10')];

async function routed(t: ExecutionContext): Promise<Pair> {
  const pair = makePair(t);
  ip('-n', pair.here, 'addr', 'add', '10.9.0.1/24', 'dev', 'eth0');
  ip('-n', pair.here, 'addr', 'add', 'fd09::1/64', 'dev', 'eth0', 'nodad');
  ip('-n', pair.there, 'addr', 'add', '10.9.0.254/24', 'dev', 'eth0');
  ip('-n', pair.there, 'addr', 'add', 'fd09::254/64', 'dev', 'eth0', 'nodad');
  await waitFor(() => [pair.here, pair.there].every((name) => !/tentative/.test(ip('-n', name, 'addr', 'show'))));
  return pair;
}

async function asker(t: ExecutionContext, pair: Pair, gateways: readonly string[]): Promise<WireRemote> {
  return new WireRemote(t, pair.here, { addresses, gateways }).ready();
}

const answered = (remote: WireRemote) =>
  [...new Set(remote.heard('gateway-answered').map(({ gateway }) => gateway))].toSorted();

test.serial('a gateway on the segment answers ARP and solicitation though it drops ICMP echo', async (t) => {
  const pair = await routed(t);
  sysctl(pair.there, 'net/ipv4/icmp_echo_ignore_all', '1');
  sysctl(pair.there, 'net/ipv6/icmp/echo_ignore_all', '1');
  const remote = await asker(t, pair, ['10.9.0.254', 'fd09::254', '10.9.0.253', 'fd09::253']);
  await remote.perform({ do: 'ask-gateways' });
  await waitFor(() => answered(remote).length === 2);
  await sleep(50);
  t.deepEqual(answered(remote), ['10.9.0.254', 'fd09::254']);
  t.true(remote.heard('gateway-answered').every(({ ms }) => ms < 60));
});

test.serial('a link-local gateway is found by solicitation', async (t) => {
  const pair = await routed(t);
  const linkLocal = /fe80::[0-9a-f:]+/.exec(ip('-n', pair.there, '-6', 'addr', 'show', 'dev', 'eth0'))?.[0] ?? '';
  const remote = await asker(t, pair, [linkLocal]);
  await remote.perform({ do: 'ask-gateways' });
  await waitFor(() => answered(remote).length === 1);
  t.deepEqual(remote.warnings, []);
});

test.serial('a gateway behind a router answers ICMP echo; one without a route is no answer, said once', async (t) => {
  const pair = await routed(t);
  // The far side of the router, without a third host.
  ip('-n', pair.there, 'link', 'set', 'lo', 'up');
  ip('-n', pair.there, 'addr', 'add', '198.51.100.1/32', 'dev', 'lo');
  ip('-n', pair.there, 'addr', 'add', '2001:db8::1/128', 'dev', 'lo', 'nodad');
  ip('-n', pair.here, 'route', 'add', '198.51.100.0/24', 'via', '10.9.0.254');
  ip('-n', pair.here, 'route', 'add', '2001:db8::/64', 'via', 'fd09::254');
  const remote = await asker(t, pair, ['198.51.100.1', '2001:db8::1', '203.0.113.1', '2001:db8:1::1']);
  for (let i = 0; i < 3; i += 1) {
    await remote.perform({ do: 'ask-gateways' });
    await sleep(20);
  }
  await waitFor(() => answered(remote).length === 2);
  t.deepEqual(answered(remote), ['198.51.100.1', '2001:db8::1']);
  t.deepEqual(remote.warnings.toSorted(), [
    'gateway 2001:db8:1::1 cannot be asked by ICMP: Network is unreachable',
    'gateway 203.0.113.1 cannot be asked by ICMP: Network is unreachable',
  ]);
});

test.serial('replies to another program of this host are no answer', async (t) => {
  const pair = await routed(t);
  ip('-n', pair.there, 'link', 'set', 'lo', 'up');
  ip('-n', pair.there, 'addr', 'add', '198.51.100.1/32', 'dev', 'lo');
  ip('-n', pair.here, 'route', 'add', '198.51.100.0/24', 'via', '10.9.0.254');
  const remote = await asker(t, pair, ['198.51.100.1']);
  const other = await asker(t, pair, ['198.51.100.1']);
  await other.perform({ do: 'ask-gateways' });
  await waitFor(() => answered(other).length === 1);
  await sleep(50);
  t.deepEqual(answered(remote), []);
});

test.serial('what a gateway says to all is no answer, nor does this host answer itself', async (t) => {
  const pair = await routed(t);
  const remote = await asker(t, pair, ['10.9.0.254', '10.9.0.1']);
  sysctl(pair.there, 'net/ipv4/conf/eth0/arp_notify', '1');
  ip('-n', pair.there, 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0c');
  await sleep(150);
  t.deepEqual(answered(remote), []);
  ip('-n', pair.there, 'link', 'set', 'eth0', 'down');
  await remote.perform({ do: 'ask-gateways' });
  await sleep(100);
  t.deepEqual(answered(remote), []);
  t.true(remote.warnings.includes('gateway 10.9.0.1 is not asked: it is an address of this host'));
});

test.serial('the question comes from the address of the host, never from a virtual one', async (t) => {
  const pair = await routed(t);
  ip('-n', pair.here, 'addr', 'add', '10.9.0.10/24', 'dev', 'eth0', 'valid_lft', '60', 'preferred_lft', '0');
  ip('-n', pair.here, 'addr', 'add', '10.9.0.11/32', 'dev', 'eth0', 'valid_lft', '60', 'preferred_lft', '0');
  const remote = await asker(t, pair, ['10.9.0.254']);
  ip('-n', pair.there, 'neigh', 'flush', 'dev', 'eth0');
  await remote.perform({ do: 'ask-gateways' });
  await waitFor(() => answered(remote).length === 1);
  const neighbours = ip('-n', pair.there, '-4', 'neigh', 'show');
  t.regex(neighbours, /^10\.9\.0\.1 /m);
  t.notRegex(neighbours, /^10\.9\.0\.1[01] /m);
});
