// The lab itself: that a cut cuts what it says and nothing else, and that nothing stays behind. Without these, a test
// that passes because its cut did nothing would look like one that passes.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { script } from '../lab/lab-script.ts';

const run = promisify(execFile);
const virtual = '192.0.2.100';

/** Whether a host's own address answers the client, or the host named; the time is also that of the probe to start. */
async function reaches(lab: Lab, address: string, from = 'client'): Promise<boolean> {
  const probe = await lab.probe({ to: address, from, everyMs: 5, unanswered: true });
  const answered = await probe
    .until((line) => line.kind === 'answered', 600)
    .then(
      () => true,
      () => false,
    );
  await probe.stop();
  return answered;
}

test('a silent cut takes one host away and leaves its link up; heal brings it back', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, daemon: false });
  t.true(await reaches(lab, '192.0.2.1'));
  await lab.cut('h1', { way: 'silent' });
  t.false(await reaches(lab, '192.0.2.1'));
  t.true(await reaches(lab, '192.0.2.2'));
  t.is((await lab.exec('h1', 'cat', '/sys/class/net/eth0/carrier')).trim(), '1');
  await lab.heal('h1');
  t.true(await reaches(lab, '192.0.2.1'));
});

test('a cut without a word takes the link down on that path only', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, paths: 2, daemon: false });
  await lab.cut('h1', { path: 2 });
  t.is((await lab.exec('h1', 'cat', '/sys/class/net/eth1/carrier')).trim(), '0');
  t.true(await reaches(lab, '192.0.2.1'));
  await lab.heal('all');
  t.is((await lab.exec('h1', 'cat', '/sys/class/net/eth1/carrier')).trim(), '1');
});

test('one-way loss loses one way', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, daemon: false });
  const counter = async (): Promise<number> =>
    Number(await lab.exec('h1', 'cat', '/sys/class/net/eth0/statistics/rx_packets'));
  await lab.oneWay('h1', 'out');
  const before = await counter();
  t.false(await reaches(lab, '192.0.2.1'));
  t.true((await counter()) > before, 'requests still reach it');
  await lab.heal('h1');
  await lab.oneWay('h1', 'in');
  const quiet = await counter();
  t.false(await reaches(lab, '192.0.2.1'));
  t.is(await counter(), quiet, 'nothing reaches it');
});

test('a partition parts the hosts and leaves the client with both', async (t) => {
  const lab = await Lab.up(t, { hosts: 3, daemon: false });
  await lab.partition(['h1'], ['h2', 'h3']);
  t.false(await reaches(lab, '192.0.2.2', 'h1'));
  t.false(await reaches(lab, '192.0.2.1', 'h3'));
  t.true(await reaches(lab, '192.0.2.3', 'h2'));
  t.true(await reaches(lab, '192.0.2.1'));
  t.true(await reaches(lab, '192.0.2.2'));
});

test('the witness sees two holders, and for how long', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, daemon: false });
  const add = (host: string) => lab.exec(host, 'ip', 'addr', 'add', `${virtual}/32`, 'dev', 'eth0');
  await add('h1');
  t.deepEqual(await lab.holders(), ['h1']);
  const witness = await lab.answering();
  await add('h2');
  await witness.until((line) => line.kind === 'begins' && line.host === 'h2', 2000);
  await lab.exec('h1', 'ip', 'addr', 'del', `${virtual}/32`, 'dev', 'eth0');
  await witness.until((line) => line.kind === 'ends' && line.host === 'h1', 2000);
  const seen = await witness.stop();
  t.true(seen.longestOverlapMs > 0 && seen.longestOverlapMs < 1000, `${seen.longestOverlapMs} ms`);
  t.deepEqual(await lab.holders(), ['h2']);
  t.is(await lab.clientBelieves(), null, 'the witness asks past the neighbour cache');
  t.true(await reaches(lab, virtual));
  t.is(await lab.clientBelieves(), 'h2');
});

test('a lab that fails half way takes away what it made, and nothing else', async (t) => {
  const name = `t${process.pid}-broken`;
  const foreign = `locum-${name}-h2`;
  await run('ip', ['netns', 'add', foreign]);
  t.teardown(() => run('ip', ['netns', 'del', foreign]));
  const error = await t.throwsAsync(run(script, ['--name', name, 'up', '2', '--no-daemon']));
  t.regex(error?.message ?? '', /namespace locum-\S+-h2 exists/);
  const { stdout } = await run('ip', ['netns', 'list']);
  t.deepEqual(
    stdout
      .split('\n')
      .filter((line) => line.includes(name))
      .map((line) => line.split(' ')[0]),
    [foreign],
  );
});

test('bad arguments are named', async (t) => {
  const up = (...args: string[]) => t.throwsAsync(run(script, ['--name', `t${process.pid}-bad`, 'up', ...args]));
  t.regex(
    (await up('2', '--set', 'nonsense'))?.message ?? '',
    /--set takes \[HOST:\]SECTION\.KEY=VALUE, found 'nonsense'/,
  );
  t.regex((await up('0'))?.message ?? '', /number of hosts from 1 to 40/);
  t.regex((await up('2', '--paths', 'x'))?.message ?? '', /--paths is a number from 1 to 9, found 'x'/);
});

test('down is safe to repeat, and sweep removes what a dead process left', async (t) => {
  const name = `t${process.pid}-orphan`;
  const listed = async () => (await run('ip', ['netns', 'list'])).stdout.includes(name);
  // The owner is the shell, gone by the time anybody looks.
  await run('sh', ['-c', '"$0" --name "$1" up 1 --no-daemon --owner $$; true', script, name]);
  t.true(await listed());
  await run(script, ['sweep']);
  t.false(await listed());
  await t.notThrowsAsync(run(script, ['--name', name, 'down']));
});
