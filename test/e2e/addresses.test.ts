// Addresses as the kernel has them: taken away by hand, put there by an administrator, with labels and prefix lengths,
// on hosts that have no IPv4 at all.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { Lab } from '../lab/lab.ts';

const run = promisify(execFile);

interface KernelAddress {
  readonly local: string;
  readonly prefixlen: number;
  readonly label?: string;
  readonly valid_life_time: number;
  readonly preferred_life_time: number;
}

async function addressOn(lab: Lab, host: string, address: string, dev = 'eth0'): Promise<KernelAddress | undefined> {
  const { stdout } = await run('ip', ['-n', lab.host(host).namespace, '-j', 'addr', 'show', 'dev', dev]);
  const links = JSON.parse(stdout) as { readonly addr_info?: readonly KernelAddress[] }[];
  return links.flatMap(({ addr_info }) => addr_info ?? []).find(({ local }) => local === address);
}

const forever = 0xffffffff;

async function remove(lab: Lab, host: string, address: string): Promise<void> {
  await run('ip', ['-n', lab.host(host).namespace, 'addr', 'del', address, 'dev', 'eth0']);
}

/** What is taken away while it is being put back belongs to the removal before: wait until the daemon has it, too. */
async function waitUntilHeld(lab: Lab, host: string, address: string, withinMs: number): Promise<void> {
  await lab.waitForHolders([host], withinMs, address);
  const isHeld = (one: { readonly address: string; readonly present: boolean }) =>
    one.present && one.address.startsWith(`${address}/`);
  await lab.waitFor(host, ({ groups }) => groups.some(({ addresses }) => addresses.some(isHeld)), withinMs);
}

test.serial(
  'an address removed by hand is back at once and reported; with back-off when it keeps happening',
  async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval: '1s' });
    const [v4 = '', v6 = ''] = lab.addresses;
    for (const [address, length] of [
      [v4, 32],
      [v6, 128],
    ] as const) {
      await remove(lab, 'h1', `${address}/${length}`);
      const begun = performance.now();
      await lab.waitForHolders(['h1'], 1000, address);
      const tookMs = performance.now() - begun;
      t.log(`${address}: back ${tookMs} ms after it was gone`);
      t.true(tookMs < 1000, `${tookMs} ms`);
      await waitUntilHeld(lab, 'h1', address, 5000);
    }
    const reported = await lab.waitFor(
      'h1',
      ({ problems }) => problems.some(({ message }) => message.includes(v6)),
      5000,
    );
    const messages = reported.problems.filter(({ code }) => code === 'address-removed').map(({ message }) => message);
    t.true(
      messages.some((message) => message.startsWith(`something keeps removing ${v4}/32 on eth0 of web`)),
      messages.join('; '),
    );
    const logs = await lab.logs('h1');
    t.regex(logs, new RegExp(`something keeps removing ${v4}/32 on eth0.*\\[problem address-removed\\]`));
    t.regex(logs, new RegExp(`something keeps removing ${v6}/128 on eth0.*\\[problem address-removed\\]`));

    // Five are answered at once, these three and the two above; the sixth waits a second.
    for (let i = 0; i < 3; i += 1) {
      await remove(lab, 'h1', `${v4}/32`);
      await waitUntilHeld(lab, 'h1', v4, 5000);
    }
    const begun = performance.now();
    await remove(lab, 'h1', `${v4}/32`);
    await lab.waitForHolders(['h1'], 10_000, v4);
    const waitedMs = performance.now() - begun;
    t.log(`the sixth time: back after ${waitedMs} ms`);
    t.true(waitedMs > 500, `${waitedMs} ms: no back-off`);
    t.is((await lab.status('h1'))?.groups[0]?.state, 'active');
    t.is((await lab.status('h2'))?.groups[0]?.state, 'standby');
  },
);

for (const length of [32, 24]) {
  test.serial(
    `an administrator's permanent address (/${length}) is never touched: a problem, and nobody is active beside it`,
    async (t) => {
      const lab = await Lab.up(t, { hosts: 2, interval: '100ms', daemon: false });
      const virtual = lab.addresses[0] ?? '';
      await lab.exec('h1', 'ip', 'addr', 'add', `${virtual}/${length}`, 'dev', 'eth0', 'label', 'eth0:adm');
      const before = await addressOn(lab, 'h1', virtual);
      await Promise.all([lab.start('h1'), lab.start('h2')]);
      // The other host hears this one answer, whoever put the address there.
      const beside = await lab.waitFor(
        'h2',
        (status) => status.problems.some(({ code }) => code === 'address-answered'),
        5000,
      );
      t.is(beside.groups[0]?.state, 'standby');
      const { problems, groups } = await lab.waitForState('h1', 'faulted', 2000);
      t.is(groups[0]?.reason, `${virtual} is on eth0 already, and locum did not put it there`);
      t.true(problems.some(({ code, message }) => code === 'address-foreign' && message.includes(virtual)));
      const sent = (await lab.status('h1'))?.adverts.sent ?? 0;
      await lab.waitFor('h1', ({ adverts }) => adverts.sent > sent + 10, 5000);
      t.deepEqual(await addressOn(lab, 'h1', virtual), before, 'renewed or changed');
      // Not even a stop takes it along, nor a restart.
      t.is(await lab.stop('h1'), 0);
      t.deepEqual(await addressOn(lab, 'h1', virtual), before, 'removed');
      await lab.start('h1');
      await lab.waitForState('h1', 'faulted', 5000);
      await remove(lab, 'h1', `${virtual}/${length}`);
      await lab.waitForState('h1', 'active', 5000);
      await lab.waitForHolders(['h1'], 3000);
      t.not((await addressOn(lab, 'h1', virtual))?.valid_life_time, forever);
    },
  );
}

test.serial(
  'labels, prefix lengths, other interfaces: as written, under a lease, and gone after the move',
  async (t) => {
    const toml = `
[[group]]
name = "forms"
interface = "eth0"
addresses = [
  { address = "192.0.2.165/28", label = "eth0:forms" },
  "192.0.2.166",
  "2001:db8::a5/80",
  { address = "198.51.100.165/27", interface = "eth1" },
  { address = "2001:db8:0:2::a1", interface = "eth1" },
]
`;
    const lab = await Lab.up(t, { hosts: 2, paths: 2, interval: '100ms', toml });
    const written = [
      ['192.0.2.165', 28, 'eth0', 'eth0:forms'],
      ['192.0.2.166', 32, 'eth0', 'eth0'],
      ['2001:db8::a5', 80, 'eth0', undefined],
      ['198.51.100.165', 27, 'eth1', 'eth1'],
      ['2001:db8:0:2::a1', 128, 'eth1', undefined],
    ] as const;
    // The lifetime of an address ends four seconds and more behind its lease, in whole seconds.
    const lifetime = Math.ceil(((await lab.status('h1'))?.lease.ms ?? Number.NaN) / 1000 + 4);
    const holds = async (host: string) => {
      await lab.waitForState(host, 'active', 3000, 'forms');
      for (const [address, length, dev, label] of written) {
        const found = await addressOn(lab, host, address, dev);
        t.is(found?.prefixlen, length, address);
        t.is(found?.label, label, address);
        t.true((found?.valid_life_time ?? forever) <= lifetime, `${address}: ${found?.valid_life_time} s`);
        t.is(found?.preferred_life_time, 0, `${address} can be a source`);
      }
    };
    await holds('h1');
    // Longer than any lifetime: renewal keeps what was written.
    const sent = (await lab.status('h1'))?.adverts.sent ?? 0;
    await lab.waitFor('h1', ({ adverts }) => adverts.sent > sent + 10 * lifetime + 5, 15_000);
    await holds('h1');
    t.is(await lab.stop('h1'), 0);
    await holds('h2');
    for (const [address] of written) t.deepEqual(await lab.holders(address), ['h2']);
    t.deepEqual(await lab.holders('192.0.2.1'), ['h1'], "the host's own address");
  },
);

test.serial('hosts without any IPv4: adverts go over IPv6, both kinds of address move', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', daemon: false });
  const to = lab.addresses[1] ?? '';
  for (const host of ['h1', 'h2']) await lab.exec(host, 'ip', '-4', 'addr', 'flush', 'dev', 'eth0');
  await Promise.all([lab.start('h1'), lab.start('h2')]);
  await lab.waitForState('h1', 'active', 5000);
  const status = await lab.waitFor('h2', ({ peers }) => peers[0]?.state === 'two-way', 2000);
  t.regex(status.peers[0]?.address ?? '', /^fe80::/);
  await lab.waitForState('h2', 'standby', 2000);
  const probe = await lab.probe({ to });
  await lab.stop('h1');
  await lab.waitForState('h2', 'active', 3000);
  await lab.waitForHolders(['h2'], 3000);
  await lab.waitForHolders(['h2'], 500, to);
  await lab.until(
    async () => ((await lab.clientBelieves(to)) === 'h2' ? true : null),
    1000,
    () => 'stale neighbour',
  );
  const { longestMs } = await probe.stop();
  t.log(`handover: outage ${longestMs} ms`);
  t.true(longestMs < 150, `${longestMs} ms without an answer`);
});
