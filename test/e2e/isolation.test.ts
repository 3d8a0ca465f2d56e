// Gateways, with real daemons: the client plays the router. Who alone does not reach it hands over; when it reboots
// nothing moves; who reaches neither it nor another host lets go.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { spanCount, untilAnswers, untilSilent } from '../lab/seen.ts';

const set = ['safety.gateway=["192.0.2.254"]'];

test.serial('the holder alone loses the gateway: a handover, and back', async (t) => {
  const lab = await Lab.up(t, { hosts: 3, interval: '100ms', set });
  const witness = await lab.answering();
  await untilAnswers(witness, 'h1', 2000);
  await lab.partition(['h1'], ['client']);
  await lab.waitForState('h2', 'active', 3000);
  const h1 = await lab.waitForState('h1', 'faulted', 3000);
  t.regex(h1.groups[0]?.reason ?? '', /no gateway answers this node, and one answers h[23]/);
  t.true(h1.problems.some(({ code }) => code === 'gateway-unreached'));
  t.regex(await lab.logs('h2'), /standby -> claiming: h1 handed the group over to this node/);
  await lab.heal('all');
  await lab.waitForState('h1', 'active', 3000);
  await lab.waitForState('h2', 'standby', 3000);
  t.deepEqual((await lab.status('h1'))?.problems, []);
  const seen = await witness.stop();
  t.is(seen.longestOverlapMs, 0, 'two holders');
});

test.serial('the router reboots: nothing moves, and every host says that it is gone', async (t) => {
  const lab = await Lab.up(t, { hosts: 3, interval: '100ms', set });
  const before = await Promise.all(['h1', 'h2', 'h3'].map(async (host) => (await lab.logs(host)).length));
  const word = (known: boolean) => (status: { readonly problems: readonly { readonly code: string }[] }) =>
    known !== status.problems.some(({ code }) => code === 'gateway-lost');
  for (let times = 0; times < 3; times += 1) {
    await lab.exec('client', 'ip', 'link', 'set', 'eth0', 'down');
    for (const host of ['h1', 'h2', 'h3']) await lab.waitFor(host, word(false), 3000);
    await lab.exec('client', 'ip', 'link', 'set', 'eth0', 'up');
    for (const host of ['h1', 'h2', 'h3']) await lab.waitFor(host, word(true), 5000);
    // A word of one node ends the problem of all; each has found the router itself after another interval or two.
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  t.deepEqual(await lab.holders(), ['h1']);
  for (const [i, host] of ['h1', 'h2', 'h3'].entries()) {
    t.notRegex((await lab.logs(host)).slice(before[i]), /active ->|faulted|gateway-unreached/);
  }
});

test.serial('a host that reaches neither gateway nor host lets go', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms', set });
  const witness = await lab.answering();
  await untilAnswers(witness, 'h1', 2000);
  await lab.cut('h1', { way: 'silent' });
  const h1 = await lab.waitForState('h1', 'faulted', 3000);
  t.regex(h1.groups[0]?.reason ?? '', /reaches no gateway and hears no other node/);
  t.false((await lab.kernelAddresses('h1')).includes(lab.addresses[0]));
  await lab.waitForState('h2', 'active', 8000);
  await lab.heal('h1');
  await lab.waitForState('h1', 'active', 5000);
  await untilSilent(witness, 'h2', 2000);
  const seen = await witness.stop();
  t.is(seen.longestOverlapMs, 0);
  t.true(spanCount(seen) >= 2);
});
