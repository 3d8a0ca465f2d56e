// The wire as witness, with real daemons: where adverts are filtered between two live hosts there stays one holder; an
// address that a stranger answers for is not claimed; somebody who speaks for a held address is reported.

import test from 'ava';
import { Keepalived } from '../bench/keepalived.ts';
import { Lab } from '../lab/lab.ts';
import { spanCount, untilAnswers } from '../lab/seen.ts';
import type { Status } from '../lab/status.ts';

const has = (code: string) => (status: { readonly problems: readonly { readonly code: string }[] }) =>
  status.problems.some((problem) => problem.code === code);

const heldFor =
  (ms: number) =>
  ({ groups }: Status) =>
    Date.now() - Date.parse(groups[0]?.since ?? '') > ms;

/** On the bridge, as a switch with a broken snooping table does it. */
async function filterMulticast(lab: Lab): Promise<void> {
  const hook = '{ type filter hook forward priority 0; }';
  await lab.exec('bridge', 'nft', `add table bridge filtered; add chain bridge filtered multicast ${hook}`);
  await lab.exec('bridge', 'nft', 'add rule bridge filtered multicast ip daddr 224.0.0.18 drop');
}

for (const interval of ['1s', '100ms']) {
  test(`multicast filtered between two live hosts at ${interval}: one holder, and both say what is wrong`, async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval });
    const witness = await lab.answering();
    await untilAnswers(witness, 'h1', 2000);
    // A machine in a hurry may have let h2 be first.
    const before = (await lab.logs('h2')).length;
    await filterMulticast(lab);
    const status = await lab.waitFor('h2', has('holder-silent-but-answers'), 8000);
    t.regex(status.groups[0]?.reason ?? '', /h1 is silent, but \S+, which is its own, still answers for/);
    await lab.waitFor('h1', has('no-peer-heard'), 8000);
    await lab.until(
      async () => ((await lab.status('h2'))?.groups[0]?.state === 'standby' ? true : null),
      1000,
      () => 'not a standby any more',
    );
    // Long enough for every silence that could end the wait.
    await new Promise((resolve) => setTimeout(resolve, interval === '1s' ? 5000 : 1500));
    t.deepEqual(await lab.holders(), ['h1']);
    await lab.exec('bridge', 'nft', 'delete table bridge filtered');
    await lab.waitFor('h2', (after) => !has('holder-silent-but-answers')(after), 5000);
    const seen = await witness.stop();
    t.is(seen.longestOverlapMs, 0, 'two holders');
    t.is(spanCount(seen), 1, 'the holder answered all the time, and nobody else ever');
    t.notRegex((await lab.logs('h2')).slice(before), /claiming/);
  });
}

test('keepalived under the same filter: two holders, for as long as it lasts', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, addresses: 1, daemon: false });
  const first = await Keepalived.start(lab, 'h1', { priority: 150, interval: '100ms' });
  await first.waitForLog('Entering MASTER STATE', 1, 10_000);
  const second = await Keepalived.start(lab, 'h2', { priority: 100, interval: '100ms' });
  await second.waitForLog('Entering BACKUP STATE', 1, 10_000);
  await lab.waitForHolders(['h1'], 5000);
  const witness = await lab.answering();
  await filterMulticast(lab);
  await untilAnswers(witness, 'h2', 8000);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  t.deepEqual(await lab.holders(), ['h1', 'h2']);
  const { longestOverlapMs } = await witness.stop();
  t.log(`two holders for ${longestOverlapMs} ms, until the test ended`);
  t.true(longestOverlapMs > 1000, `${longestOverlapMs} ms of two holders`);
});

for (const only of [null, '2001:db8::1:77']) {
  const what = only === null ? 'IPv4 and IPv6' : 'IPv6 alone';
  test(`two hosts start together while multicast is filtered, ${what}: one of them holds`, async (t) => {
    const group = ['[[group]]', 'name = "six"', 'interface = "eth0"', `addresses = ["${only}"]`].join('\n');
    const toml = only === null ? '' : group;
    const lab = await Lab.up(t, { hosts: 2, interval: '100ms', daemon: false, toml });
    await filterMulticast(lab);
    await Promise.all([lab.start('h1'), lab.start('h2')]);
    const address = only ?? lab.addresses[0] ?? '';
    await lab.until(
      async () => ((await lab.holders(address)).length > 0 ? true : null),
      5000,
      () => 'nobody holds the address',
    );
    const witness = await lab.answering({ to: address });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    t.is((await lab.holders(address)).length, 1);
    t.is((await witness.stop()).longestOverlapMs, 0, 'two holders');
  });
}

test('a stranger has the address: nobody claims it until the stranger is gone', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', daemon: false });
  const [address = ''] = lab.addresses;
  await lab.exec('client', 'ip', 'addr', 'add', `${address}/32`, 'dev', 'eth0');
  await Promise.all([lab.start('h1'), lab.start('h2')]);
  const status = await lab.waitFor('h1', has('address-answered'), 5000);
  t.regex(status.groups[0]?.reason ?? '', /which belongs to no node that is heard, answers for/);
  await lab.waitFor('h2', has('address-answered'), 5000);
  await new Promise((resolve) => setTimeout(resolve, 1000));
  t.deepEqual(await lab.holders(), []);
  await lab.exec('client', 'ip', 'addr', 'del', `${address}/32`, 'dev', 'eth0');
  await lab.waitForState('h1', 'active', 5000);
  t.false(has('address-answered')((await lab.status('h1')) ?? { problems: [] }));
});

test('somebody speaks for an address that was only just claimed: let go of, and claimed again when that one is gone', async (t) => {
  const lab = await Lab.up(t, { hosts: 1, interval: '1s' });
  await lab.waitFor('h1', heldFor(300), 1000, 'time that it has held');
  await speakFrom(lab, 'client');
  const status = await lab.waitForState('h1', 'starting', 3000);
  t.regex(status.groups[0]?.reason ?? '', /which belongs to no node that is heard, answers for/);
  t.deepEqual(await lab.holders(), []);
  await lab.waitFor('h1', has('address-answered'), 5000);
  await lab.exec('client', 'ip', 'addr', 'del', `${lab.addresses[0]}/32`, 'dev', 'eth0');
  await lab.waitForState('h1', 'active', 5000);
});

test('somebody speaks for an address that is held: reported, announced again, never let go of', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms' });
  // When somebody spoke is known to some 50 ms.
  await lab.waitFor('h1', heldFor(2300), 5000, 'time that it has held');
  await speakFrom(lab, 'client');
  await lab.waitFor('h1', has('address-conflict'), 3000);
  await lab.exec('client', 'ip', 'addr', 'del', `${lab.addresses[0]}/32`, 'dev', 'eth0');
  t.is((await lab.status('h1'))?.groups[0]?.state, 'active');
  t.deepEqual(await lab.holders(), ['h1']);
  t.notRegex(await lab.logs('h1'), /active ->/);
});

/** Gives it the address, and has it look for a neighbour: who does names the address that it speaks from. */
async function speakFrom(lab: Lab, host: string): Promise<void> {
  const [address = ''] = lab.addresses;
  await lab.exec(host, 'ip', 'addr', 'add', `${address}/32`, 'dev', 'eth0');
  await lab.exec(host, 'ip', 'route', 'add', '192.0.2.199', 'dev', 'eth0', 'src', address);
  await lab.exec(host, 'bash', '-c', 'echo >/dev/udp/192.0.2.199/9');
}
