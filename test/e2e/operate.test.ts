// What an operator does beside a daemon: cleanup after a dead one and beside a live one, a second daemon by mistake,
// SIGHUP before reload exists.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { spanCount } from '../lab/seen.ts';
import type { Status } from '../lab/status.ts';

test.serial('cleanup removes what a dead daemon left and nothing else; beside a live one it exits 4', async (t) => {
  const lab = await Lab.up(t, { hosts: 1, interval: '1s', set: ['safety.lease=60s', 'cluster.down_after=2'] });
  await lab.exec('h1', 'ip', 'addr', 'add', '192.0.2.77/32', 'dev', 'eth0');
  await lab.exec('h1', 'ip', 'addr', 'add', '192.0.2.78/32', 'dev', 'eth0', 'valid_lft', '600', 'preferred_lft', '0');
  const live = await lab.tryLocum('h1', 'cleanup');
  t.is(live.code, 4);
  t.regex(live.stderr, new RegExp(`another locum \\(pid ${await lab.pid('h1')}\\) uses .*: stop it first`));
  t.deepEqual(await lab.holders(), ['h1']);

  await lab.freeze('h1');
  t.is((await lab.tryLocum('h1', 'cleanup')).code, 4, 'a frozen daemon is not a dead one');
  await lab.kill('h1');
  await lab.exitCode('h1');
  t.deepEqual(await lab.holders(), ['h1'], 'a lease of a minute still runs');
  const dead = await lab.tryLocum('h1', 'cleanup');
  t.is(dead.code, 0, dead.stderr);
  for (const address of lab.addresses) t.true(dead.stdout.includes(`removed ${address}/`), dead.stdout);
  for (const address of lab.addresses) t.deepEqual(await lab.holders(address), []);
  t.deepEqual(await lab.holders('192.0.2.77'), ['h1']);
  t.deepEqual(await lab.holders('192.0.2.78'), ['h1']);
  t.deepEqual(await lab.holders('192.0.2.1'), ['h1']);
  const again = await lab.tryLocum('h1', 'cleanup');
  t.is(again.code, 0);
  t.regex(again.stdout, /nothing to clean up/);
  const status = await lab.tryLocum('h1', 'status');
  t.is(status.code, 3, 'no daemon runs');
});

test.serial('a second daemon names the first and changes nothing; SIGHUP is logged and changes nothing', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms' });
  const before = await lab.status('h1');
  const probe = await lab.probe();
  const witness = await lab.answering({ everyMs: 5 });
  const second = await lab.tryLocum('h1', 'run');
  t.is(second.code, 1);
  t.regex(second.stderr, new RegExp(`another locum \\(pid ${await lab.pid('h1')}\\) uses`));
  await lab.signal('h1', 'SIGHUP');
  const logged = async () => /SIGHUP: reload is not supported yet; nothing was changed/.test(await lab.logs('h1'));
  await lab.until(
    async () => ((await logged()) ? true : null),
    1000,
    () => 'SIGHUP was not logged',
  );
  const count = before?.adverts.sent ?? 0;
  const after = await lab.waitFor('h1', ({ adverts }) => adverts.sent > count + 5, 3000);
  t.is(after.pid, before?.pid ?? -1);
  const since = (status: Status | null) => Date.parse(status?.groups[0]?.since ?? '');
  t.true(Math.abs(since(after) - since(before)) < 10, 'the group changed its state');
  t.is(after.groups[0]?.state, 'active');
  const seen = await witness.stop();
  t.is(spanCount(seen), 1);
  const { longestMs } = await probe.stop();
  t.true(longestMs < 100, `${longestMs} ms without an answer`);
});
