// The gate from outside: what a host whose lease has ended still lets out, and what it forwards for others. Needs root
// and network namespaces.

import test from 'ava';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { advertisementsOf, arpsOf, capture } from './frames.ts';
import { find, ip, makePair, shown, sysctl } from './netns.ts';
import { Remote, vip4, vip6, waitFor } from './remote.ts';
import { openTo } from './tables.ts';

const [four, six] = [vip4('10.9.0.10'), vip6('fd09::10')];

test.serial('announcements of its own: out while it is open, and not one frame after the lease ended', async (t) => {
  const pair = makePair(t);
  const frames = await capture(t, pair);
  const remote = new Remote(t, pair, 'nftables');
  // Once it is proven, advertisements leave from it, and only their target tells what they are about.
  await waitFor(() => shown(pair.here).some(({ local, tentative }) => local.startsWith('fe80') && tentative !== true));
  await remote.hold([four, six], 60_000);
  remote.send({ do: 'announce', addresses: [four, six] });
  await waitFor(() => arpsOf(frames).length >= 2 && advertisementsOf(frames).length > 0);
  remote.send({ do: 'silence', addresses: [four, six] });
  await waitFor(() => openTo(pair.here).length === 0);
  const before = [arpsOf(frames).length, advertisementsOf(frames).length];
  for (let i = 0; i < 5; i += 1) remote.send({ do: 'announce', addresses: [four, six] });
  await sleep(200);
  t.deepEqual([arpsOf(frames).length, advertisementsOf(frames).length], before);
  await remote.hold([four, six], 60_000);
  remote.send({ do: 'announce', addresses: [four, six] });
  await waitFor(() => arpsOf(frames).length > (before[0] ?? 0) && advertisementsOf(frames).length > (before[1] ?? 0));
  t.pass();
});

test.serial('the gate of an interface that was made anew holds its frames back too', async (t) => {
  const pair = makePair(t);
  const remote = new Remote(t, pair, 'nftables');
  await remote.hold([four], 60_000);
  ip('-n', pair.here, 'link', 'del', 'eth0');
  await waitFor(() => remote.inputs('address-changed').length > 0);
  ip('link', 'add', 'eth0', 'netns', pair.here, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', pair.there);
  for (const namespace of [pair.here, pair.there]) ip('-n', namespace, 'link', 'set', 'eth0', 'up');
  await sleep(100);
  const frames = await capture(t, pair);
  t.deepEqual(await remote.hold([four], 60_000), [{ key: 'eth0/10.9.0.10/32', kind: 'present' }]);
  remote.send({ do: 'announce', addresses: [four] });
  await waitFor(() => arpsOf(frames).length >= 2);
  remote.send({ do: 'silence', addresses: [four] });
  await waitFor(() => openTo(pair.here).length === 0);
  const before = arpsOf(frames).length;
  remote.send({ do: 'announce', addresses: [four] });
  await sleep(150);
  t.is(arpsOf(frames).length, before);
});

/** A listener at an address, and a client that says whether a connection to it is answered: what was lost is said again. */
const listener =
  'require("net").createServer((s) => s.end("here")).listen(7, process.argv[1], () => console.log("listens"))';
const client = `const s = require("net").connect({ port: 7, host: process.argv[1], timeout: 2500 });
s.on("data", (d) => { console.log(String(d)); process.exit() });
for (const e of ["error", "timeout"]) s.on(e, () => { console.log("silence"); process.exit() })`;

async function listen(t: ExecutionContext, namespace: string, address: string): Promise<void> {
  const child = spawn('ip', ['netns', 'exec', namespace, process.execPath, '-e', listener, address]);
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data', { signal: AbortSignal.timeout(5000) });
}

const ask = (namespace: string, address: string) =>
  ip('netns', 'exec', namespace, process.execPath, '-e', client, address).trim();

test.serial(
  'a host that routes to the real holder forwards to it, guarded or not, and answers nothing itself',
  async (t) => {
    // client - here - there: `there` is the real holder, `here` had the addresses and still guards them.
    const pair = makePair(t);
    const outside = `${pair.here}-c`;
    ip('netns', 'add', outside);
    t.teardown(() => ip('netns', 'del', outside));
    ip('link', 'add', 'eth1', 'netns', pair.here, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', outside);
    ip('-n', pair.here, 'link', 'set', 'eth1', 'up');
    ip('-n', outside, 'link', 'set', 'eth0', 'up');
    for (const [namespace, dev, ...addresses] of [
      [pair.here, 'eth0', '10.9.0.1/24', 'fd09::1/64'],
      [pair.here, 'eth1', '10.8.0.1/24', 'fd08::1/64'],
      [pair.there, 'eth0', '10.9.0.2/24', 'fd09::2/64'],
      [outside, 'eth0', '10.8.0.2/24', 'fd08::2/64'],
    ] as const) {
      for (const address of addresses) {
        ip('-n', namespace, 'addr', 'add', address, 'dev', dev, ...(address.includes(':') ? ['nodad'] : []));
      }
    }
    sysctl(pair.here, 'net/ipv4/ip_forward', '1');
    sysctl(pair.here, 'net/ipv6/conf/all/forwarding', '1');
    for (const [namespace, four4, six6] of [
      [outside, '10.8.0.1', 'fd08::1'],
      [pair.there, '10.9.0.1', 'fd09::1'],
    ] as const) {
      ip('-n', namespace, 'route', 'add', 'default', 'via', four4);
      ip('-n', namespace, '-6', 'route', 'add', 'default', 'via', six6);
    }
    const remote = new Remote(t, pair, 'nftables');
    await remote.hold([four, six], 60_000);
    await listen(t, pair.here, '10.9.0.10');
    t.is(ask(outside, '10.9.0.10'), 'here', 'open: it answers, also on an interface that has not the address');
    remote.send({ do: 'silence', addresses: [four, six] });
    await waitFor(() => openTo(pair.here).length === 0);
    t.is(ask(outside, '10.9.0.10'), 'silence');
    // As the kernel does when the backstop ends: the addresses go, the gate stays.
    for (const address of ['10.9.0.10/32', 'fd09::10/128']) {
      ip('-n', pair.here, 'addr', 'del', address, 'dev', 'eth0');
      ip('-n', pair.there, 'addr', 'add', address, 'dev', 'eth0', ...(address.includes(':') ? ['nodad'] : []));
    }
    t.is(find(pair.here, '10.9.0.10'), undefined);
    await listen(t, pair.there, '10.9.0.10');
    await listen(t, pair.there, 'fd09::10');
    t.is(ask(outside, '10.9.0.10'), 'here');
    t.is(ask(outside, 'fd09::10'), 'here');
    t.is(ask(pair.here, '10.9.0.10'), 'here', 'and reaches it as a client of its own');
  },
);
