// The wire port against the kernel of another host: who answers a question, and who speaks unasked.

import test from 'ava';
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExecutionContext } from 'ava';
import type { VirtualAddress } from '#model/settings';
import { gratuitousArp } from '#wire/gratuitous-arp';
import { addLink, ip, makePair, sysctl } from './netns.ts';
import type { Pair } from './netns.ts';
import { vip4, vip6, waitFor } from './remote.ts';
import { WireRemote } from './wire-remote.ts';

const hereMac = '02:00:00:00:00:0a';
const thereMac = '02:00:00:00:00:0b';
const both = [vip4('10.9.0.10'), vip6('fd09::10')];

async function segment(t: ExecutionContext): Promise<Pair> {
  const pair = makePair(t);
  ip('-n', pair.here, 'link', 'set', 'eth0', 'address', hereMac);
  ip('-n', pair.there, 'link', 'set', 'eth0', 'address', thereMac);
  await waitFor(() => !/tentative/.test(ip('-n', pair.here, 'addr', 'show')));
  return pair;
}

async function listener(
  t: ExecutionContext,
  pair: Pair,
  addresses: readonly VirtualAddress[] = both,
): Promise<WireRemote> {
  return new WireRemote(t, pair.here, { addresses, gateways: [] }).ready();
}

function sendFrames(namespace: string, times: number, ...frames: readonly Uint8Array[]): void {
  const program = fileURLToPath(new URL('frame-sender.js', import.meta.url));
  const index = ip('netns', 'exec', namespace, 'cat', '/sys/class/net/eth0/ifindex').trim();
  const hex = frames.map((frame) => Buffer.from(frame).toString('hex'));
  execFileSync('ip', ['netns', 'exec', namespace, process.execPath, program, String(times), index, ...hex]);
}

test.serial('who has an address answers within milliseconds, over IPv4 and IPv6, and no table changes', async (t) => {
  const pair = await segment(t);
  ip('-n', pair.there, 'addr', 'add', '10.9.0.10/32', 'dev', 'eth0');
  ip('-n', pair.there, 'addr', 'add', 'fd09::10/128', 'dev', 'eth0', 'nodad');
  const remote = await listener(t, pair);
  const took: number[] = [];
  for (let i = 1; i <= 20; i += 1) {
    await remote.perform({ do: 'ask', addresses: both });
    await waitFor(() => remote.heard('seen').length >= 2 * i);
    took.push(
      ...remote
        .heard('seen')
        .slice(-2)
        .map(({ ms }) => ms),
    );
    await sleep(5);
  }
  t.deepEqual([...new Set(remote.heard('seen').map(({ key, mac }) => `${key} ${mac}`))].toSorted(), [
    `eth0/10.9.0.10/32 ${thereMac}`,
    `eth0/fd09::10/128 ${thereMac}`,
  ]);
  const sorted = took.toSorted((a, b) => a - b);
  const [median = 99, latest = 99] = [sorted[20], sorted.at(-1)];
  t.log(`from question to input: median ${median.toFixed(2)} ms, latest ${latest.toFixed(2)} ms`);
  t.true(median <= 30, JSON.stringify(sorted));
  t.notRegex(ip('-n', pair.there, '-4', 'neigh', 'show'), new RegExp(hereMac));
  t.deepEqual(remote.warnings, []);
});

test.serial('an address that nobody has is not answered, nor is one on a link that is down', async (t) => {
  const pair = await segment(t);
  const remote = await listener(t, pair);
  await remote.perform({ do: 'ask', addresses: both });
  await sleep(100);
  t.deepEqual(remote.heard('seen'), []);
  ip('-n', pair.there, 'addr', 'add', '10.9.0.10/32', 'dev', 'eth0');
  ip('-n', pair.here, 'link', 'set', 'eth0', 'down');
  await remote.perform({ do: 'links' });
  await remote.perform({ do: 'ask', addresses: both });
  await sleep(50);
  t.deepEqual(remote.heard('seen'), []);
  t.deepEqual(remote.warnings, []);
  ip('-n', pair.here, 'link', 'set', 'eth0', 'up');
  await remote.perform({ do: 'links' });
  await waitFor(() => ip('-n', pair.here, 'link', 'show', 'eth0').includes('LOWER_UP'));
  await remote.perform({ do: 'links' });
  await remote.perform({ do: 'ask', addresses: both });
  await waitFor(() => remote.heard('seen').length > 0);
});

test.serial('without a link-local address of ours, an answer to all nodes is heard', async (t) => {
  const pair = await segment(t);
  ip('-n', pair.there, 'addr', 'add', 'fd09::10/128', 'dev', 'eth0', 'nodad');
  ip('-n', pair.here, '-6', 'addr', 'flush', 'dev', 'eth0');
  const remote = await listener(t, pair);
  await remote.perform({ do: 'ask', addresses: both });
  await waitFor(() => remote.heard('seen').length > 0);
  t.like(remote.heard('seen')[0], { key: 'eth0/fd09::10/128', mac: thereMac });
});

test.serial('what another host announces is seen without a question; what this host announces is not', async (t) => {
  const pair = await segment(t);
  const remote = await listener(t, pair);
  sendFrames(pair.here, 1, gratuitousArp('request', hereMac, '10.9.0.10'));
  // As a loop in the network would bring our own frame back.
  sendFrames(pair.there, 1, gratuitousArp('reply', hereMac, '10.9.0.10'));
  sendFrames(pair.there, 1, gratuitousArp('request', thereMac, '10.9.0.11'));
  await sleep(150);
  t.deepEqual(remote.heard('seen'), []);
  sendFrames(pair.there, 1, gratuitousArp('request', thereMac, '10.9.0.10'));
  await waitFor(() => remote.heard('seen').length === 1);
  sendFrames(pair.there, 1, gratuitousArp('reply', thereMac, '10.9.0.10'));
  await waitFor(() => remote.heard('seen').length === 2);
  sysctl(pair.there, 'net/ipv6/conf/eth0/ndisc_notify', '1');
  ip('-n', pair.there, 'addr', 'add', 'fd09::10/128', 'dev', 'eth0', 'nodad');
  ip('-n', pair.there, 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0c');
  await waitFor(() => remote.heard('seen').some(({ key }) => key === 'eth0/fd09::10/128'));
  t.is(remote.heard('seen').at(-1)?.mac, '02:00:00:00:00:0c');
});

test.serial('a probe and a solicitation of another standby are no voice', async (t) => {
  const pair = await segment(t);
  const remote = await listener(t, pair);
  const other = await new WireRemote(t, pair.there, { addresses: both, gateways: [] }).ready();
  await other.perform({ do: 'ask', addresses: both });
  await sleep(150);
  t.deepEqual(remote.heard('seen'), []);
});

test.serial('an interface that goes and comes back is heard and asked again; a MAC that changes is ours', async (t) => {
  const pair = await segment(t);
  addLink(pair, 'eth1');
  const own = [vip4('10.9.0.10', { interface: 'eth1' })];
  const remote = await listener(t, pair, own);
  ip('-n', pair.here, 'link', 'del', 'eth1');
  await remote.perform({ do: 'links' });
  await remote.perform({ do: 'ask', addresses: own });
  await remote.perform({ do: 'ask', addresses: own });
  t.deepEqual(remote.warnings, ['the wire cannot be asked on eth1: it does not exist']);
  addLink(pair, 'eth1');
  ip('-n', pair.there, 'addr', 'add', '10.9.0.10/32', 'dev', 'eth1');
  await waitFor(() => /LOWER_UP/.test(ip('-n', pair.here, 'link', 'show', 'eth1')));
  await remote.perform({ do: 'links' });
  await remote.perform({ do: 'ask', addresses: own });
  await waitFor(() => remote.heard('seen').length > 0);
  const before = remote.heard('seen').length;
  ip('-n', pair.there, 'addr', 'del', '10.9.0.10/32', 'dev', 'eth1');
  ip('-n', pair.here, 'link', 'set', 'eth0', 'address', '02:00:00:00:00:0d');
  await remote.perform({ do: 'links' });
  sendFrames(pair.there, 1, gratuitousArp('request', '02:00:00:00:00:0d', '10.9.0.10'));
  await sleep(100);
  t.is(remote.heard('seen').length, before);
});

test.serial('an interface that speaks no ARP is not asked, in a word', async (t) => {
  const pair = await segment(t);
  ip('-n', pair.here, 'link', 'set', 'eth0', 'arp', 'off');
  const own = [...both, vip4('10.9.0.11', { interface: 'lo' })];
  const remote = await listener(t, pair, own);
  for (let i = 0; i < 3; i += 1) await remote.perform({ do: 'ask', addresses: own });
  t.deepEqual(remote.warnings, [
    'the wire cannot be asked on eth0: it speaks no ARP',
    'the wire cannot be asked on lo: it has no Ethernet address',
  ]);
});

test.serial('a thousand addresses are asked at once, and all answers are heard', async (t) => {
  const pair = await segment(t);
  const many = Array.from({ length: 1000 }, (_, i) => vip4(`10.9.${i >> 8}.${i & 255}`));
  const lines = many.map(({ address }) => `addr add ${address}/32 dev eth0`).join('\n');
  execFileSync('ip', ['-n', pair.there, '-batch', '-'], { input: lines });
  const remote = await listener(t, pair, many);
  for (const round of ['cold', 'warm', 'warm']) {
    const before = remote.heard('seen').length;
    await remote.perform({ do: 'ask', addresses: many });
    const seen = () => remote.heard('seen').slice(before);
    await waitFor(() => new Set(seen().map(({ key }) => key)).size === 1000);
    const asked = await remote.until('asked');
    const last = seen().at(-1)?.ms ?? 0;
    t.log(`${round}: the call ${asked.ms.toFixed(1)} ms, the last of 1,000 answers after ${last.toFixed(1)} ms`);
    t.true(last < 500, String(last));
    await sleep(20);
  }
});

test.serial('a flood of ARP leaves the loop usable, in our name and in that of others', async (t) => {
  const pair = await segment(t);
  const remote = await listener(t, pair);
  const strangers = Array.from({ length: 50 }, (_, i) => gratuitousArp('request', thereMac, `10.8.0.${i + 1}`));
  const forgeries = Array.from({ length: 50 }, (_, i) =>
    gratuitousArp('request', `02:00:00:00:01:${i.toString(16).padStart(2, '0')}`, '10.9.0.10'),
  );
  for (const [what, frames, most] of [
    ['10,000 frames of others', strangers, 0],
    // Four voices in two milliseconds at most.
    ['10,000 frames that claim our address', forgeries, 2 * 700],
  ] as const) {
    const measured = remote.perform({ do: 'loop', ms: 700 });
    sendFrames(pair.there, 200, ...frames);
    await measured;
    const { latestMs, cpuMs, seen } = await remote.until('loop');
    t.log(`${what}: a timer was ${latestMs.toFixed(1)} ms late at most, ${cpuMs.toFixed(0)} ms of CPU, ${seen} inputs`);
    t.true(latestMs < 250, what);
    t.true(most === 0 ? seen === 0 : seen > 0 && seen <= most, `${what}: ${seen}`);
  }
});
