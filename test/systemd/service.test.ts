// The installed unit under a real systemd: two hosts on a bridge, lb1 with the higher priority. The
// tests run in order and each leaves the hosts as the next one finds them.

import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { type BootedHost, Bridge } from '../fixtures/booted-host.ts';
import { possible, stepsOn } from '../fixtures/booted-steps.ts';
import { until } from '../fixtures/until.ts';

const address = '192.0.2.10';
const bridge = new Bridge();
let lb1: BootedHost;
let lb2: BootedHost;
const step = stepsOn(() => [lb1, lb2]);

function configurationOf(name: string, priority: number): string {
  return `
[cluster]
name = "systemd-test"
key_file = "/etc/locum/cluster.key"
interval = "1s"
[node]
name = "${name}"
priority = ${priority}
[[group]]
name = "web"
interface = "eth0"
addresses = ["${address}"]
checks = ["fit"]
[[group]]
name = "other"
interface = "eth0"
addresses = ["192.0.2.11"]
checks = ["stuck"]
[[check]]
name = "fit"
script = ["/usr/bin/test", "-e", "/srv/locum/package.json"]
[[check]]
name = "stuck"
script = ["/srv/locum/test/systemd/stuck-check"]
interval = "1s"
timeout = "60s"
`;
}

/** Whether each host had the address, again and again for a while. */
async function watch(forMs: number): Promise<{ readonly first: boolean; readonly second: boolean }[]> {
  const seen: { first: boolean; second: boolean }[] = [];
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const [first, second] = await Promise.all([lb1.has(address), lb2.has(address)]);
    seen.push({ first, second });
  }
  return seen;
}

async function stuckChecks(host: BootedHost): Promise<string[]> {
  const output = await host.run('/bin/sh', '-c', 'pgrep -f /[s]tuck-check || :');
  return output.split('\n').filter((line) => line !== '');
}

/** What the kernel told about a removal of the address within the next seconds. */
async function removals(host: BootedHost, seconds: number): Promise<string[]> {
  const monitor = `timeout ${seconds} ip -oneline monitor address || :`;
  const told = (await host.run('/bin/sh', '-c', monitor)).split('\n');
  return told.filter((line) => line.startsWith('Deleted') && line.includes(address));
}

async function claims(host: BootedHost): Promise<number> {
  return (await host.journal()).split('web: standby -> claiming').length - 1;
}

async function restarts(host: BootedHost): Promise<number> {
  return Number(await host.property('NRestarts'));
}

test.before(async (t) => {
  if (!possible) return;
  t.timeout(120_000);
  await bridge.up();
  lb1 = await bridge.boot('lb1', '192.0.2.1/24');
  lb2 = await bridge.boot('lb2', '192.0.2.2/24');
});

test.after.always(async () => {
  if (possible) await bridge.down();
});

step('install puts the program in place and starts nothing; twice is as good as once', async (t) => {
  for (const host of [lb1, lb2]) {
    await host.run('/srv/locum/scripts/install');
    t.regex(await host.run('/srv/locum/scripts/install'), /locum keygen \/etc\/locum\/cluster.key/);
    t.is(await host.property('ActiveState'), 'inactive');
    t.is(await host.property('UnitFileState'), 'disabled');
    t.is(await host.property('LoadState'), 'loaded');
  }
  await lb1.run(
    'test',
    '-e',
    '/usr/local/share/man/man8/locum.8',
    '-a',
    '-e',
    '/usr/local/share/man/man5/locum.toml.5',
  );
  t.regex(await lb1.run('/usr/local/bin/locum', 'version'), /[0-9]+\.[0-9]+\.[0-9]+/);
});

step('start returns when the daemon is ready, and says a sentence', async (t) => {
  await lb1.run('/usr/local/bin/locum', 'keygen', '/etc/locum/cluster.key');
  await lb2.write('/etc/locum/cluster.key', await lb1.run('cat', '/etc/locum/cluster.key'), '600');
  await lb1.write('/etc/locum/locum.toml', configurationOf('lb1', 150));
  await lb2.write('/etc/locum/locum.toml', configurationOf('lb2', 100));
  for (const host of [lb1, lb2]) {
    await host.run('systemctl', 'start', 'locum');
    t.is(await host.property('ActiveState'), 'active');
    t.regex(await host.property('StatusText'), /^holds .*of 2 groups/);
  }
  await until('lb1 holds the address', async () => (await lb1.has(address)) && !(await lb2.has(address)));
  t.is(await restarts(lb1), 0);
});

step('checks run as an unprivileged user under the limits of the unit', async (t) => {
  await until('the stuck check runs', async () => (await stuckChecks(lb1)).length > 0);
  const [pid = ''] = await stuckChecks(lb1);
  const status = await lb1.run('cat', `/proc/${pid}/status`);
  t.regex(status, /^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
  t.regex(status, /^Groups:\s+65534\s*$/m);
  t.regex(status, /^CapEff:\s+0{16}$/m);
  // NET_ADMIN, NET_RAW, SETUID, SETGID, KILL, CHOWN and nothing else.
  t.regex(status, /^CapBnd:\s+00000000000030e1$/m);
});

step('the main loop has the realtime priority of the unit, and what it starts has not', async (t) => {
  const main = await lb1.property('MainPID');
  const [policy, limit] = [await lb1.run('chrt', '--pid', main), await lb1.run('cat', `/proc/${main}/limits`)];
  t.regex(policy, /policy: SCHED_RR\|SCHED_RESET_ON_FORK$/m);
  t.regex(policy, /priority: 10$/m);
  t.regex(limit, /^Max realtime timeout +3000000 +3000000 +us/m);
  const [check = ''] = await stuckChecks(lb1);
  t.regex(await lb1.run('chrt', '--pid', check), /policy: SCHED_OTHER$/m);
  // The helper threads of the engine and of libuv: the main loop waits for none of them.
  const threads = (await lb1.run('ls', `/proc/${main}/task`)).trim().split(/\s+/);
  const others = threads.filter((thread) => thread !== main);
  t.true(others.length > 0);
  for (const thread of others) t.regex(await lb1.run('chrt', '--pid', thread), /policy: SCHED_OTHER$/m);
  t.regex(await lb1.journal(), /the main loop runs with realtime \(rr 10\)/);
  const status = JSON.parse(await lb1.run('/usr/local/bin/locum', 'status', '--json')) as Record<string, unknown>;
  t.deepEqual(status['scheduling'], { policy: 'rr', priority: 10 });
});

step('a daemon that beats is left alone', async (t) => {
  await sleep(7000);
  t.is(await restarts(lb1), 0);
  t.is(await restarts(lb2), 0);
});

step('killed with SIGKILL it comes back, its checks are gone, and the address never moved', async (t) => {
  const [pid, checks] = [await lb1.property('MainPID'), await stuckChecks(lb1)];
  const [claimed, removed, watching] = [await claims(lb2), removals(lb1, 8), watch(8000)];
  await lb1.run('systemctl', 'kill', '--kill-who=main', '--signal=KILL', 'locum');
  await until('a new daemon', async () => (await restarts(lb1)) === 1 && (await lb1.property('MainPID')) !== pid);
  await until('a daemon that is ready', async () => (await lb1.property('ActiveState')) === 'active');
  const left = await stuckChecks(lb1);
  t.deepEqual(
    left.filter((check) => checks.includes(check)),
    [],
  );
  const seen = await watching;
  t.true(seen.length > 20);
  t.true(seen.every(({ first, second }) => first && !second));
  t.deepEqual(await removed, []);
  t.is(await claims(lb2), claimed);
  t.regex(await lb1.journal(), /web: starting -> active: /);
});

step('frozen it is killed by the watchdog and comes back, and never two hold the address', async (t) => {
  const watching = bridge.answering(address, 14);
  await sleep(1000);
  await lb1.run('systemctl', 'kill', '--kill-who=main', '--signal=STOP', 'locum');
  await until('lb2 has taken over', () => lb2.has(address));
  await until('the watchdog', async () => (await restarts(lb1)) === 2);
  t.regex(await lb1.journal(), /Watchdog timeout/);
  const seen = await watching;
  t.is(seen.longestOverlapMs, 0);
  t.true(
    seen.hosts.every(({ any }) => any.length > 0),
    'both were seen to answer',
  );
  await until('one holder', async () => (await lb1.has(address)) !== (await lb2.has(address)));
});

step('after a crash without a restart the lease takes the address away, and cleanup the record', async (t) => {
  await lb2.run('systemctl', 'stop', 'locum');
  await until('lb1 holds the address', () => lb1.has(address));
  await lb1.run('mkdir', '-p', '/run/systemd/system/locum.service.d');
  await lb1.write('/run/systemd/system/locum.service.d/once.conf', '[Service]\nRestart=no\n');
  await lb1.run('systemctl', 'daemon-reload');
  await lb1.run('systemctl', 'kill', '--kill-who=main', '--signal=KILL', 'locum');
  await until('a failed unit', async () => (await lb1.property('ActiveState')) === 'failed');
  t.is(await lb1.property('Result'), 'signal');
  t.true(await lb1.has(address));
  t.not((await lb1.run('ls', '--ignore=control.sock', '/run/locum')).trim(), 'locum.lock');
  await until('the lease ends', async () => !(await lb1.has(address)));
  await lb1.run('/usr/local/bin/locum', 'cleanup');
  // The socket of the dead daemon is no record: the next daemon takes its place.
  t.is((await lb1.run('ls', '--ignore=control.sock', '/run/locum')).trim(), 'locum.lock');
  await lb1.run('rm', '-r', '/run/systemd/system/locum.service.d');
  await lb1.run('systemctl', 'daemon-reload');
});

step('stop leaves nothing: no address, no record, no process', async (t) => {
  for (const host of [lb1, lb2]) await host.run('systemctl', 'start', 'locum');
  await until('a holder', async () => (await lb1.has(address)) || (await lb2.has(address)));
  for (const host of [lb1, lb2]) {
    const begun = performance.now();
    await host.run('systemctl', 'stop', 'locum');
    t.true(performance.now() - begun < 3000);
    t.is(await host.property('Result'), 'success');
    t.false(await host.has(address));
    t.deepEqual(await host.files('/run/locum'), ['locum.lock']);
    t.deepEqual(await stuckChecks(host), []);
  }
});

step('fenced by an operator it stays out over a reboot, until unfenced', async (t) => {
  await lb2.run('systemctl', 'start', 'locum');
  await until('lb2 holds the address', () => lb2.has(address));
  await lb2.run('/usr/local/bin/locum', 'fence', '--reason', 'disk fails');
  t.false(await lb2.has(address));
  await bridge.reboot(lb2, '192.0.2.2/24', ['/etc/locum', '/var/lib/locum']);
  await lb2.run('/srv/locum/scripts/install');
  await lb2.run('systemctl', 'start', 'locum');
  t.regex(
    await lb2.run('/usr/local/bin/locum', 'status'),
    /FENCED until "locum unfence": an operator says: disk fails/,
  );
  // More than it takes to listen, and to claim from nobody.
  await sleep(4000);
  t.false(await lb2.has(address));
  await lb2.run('/usr/local/bin/locum', 'unfence');
  await until('lb2 holds the address again', () => lb2.has(address));
  await lb2.run('systemctl', 'stop', 'locum');
});

step('a daemon without the unit, and so without cleanup after it, leaves no more', async (t) => {
  const daemon = ['/usr/local/bin/locum', 'run', '--runtime-dir', '/run/bare'];
  await lb1.run('systemd-run', '--quiet', '--unit=bare', '--service-type=exec', ...daemon);
  await until('the address', () => lb1.has(address));
  t.deepEqual(await lb1.files('/run/bare'), ['beat', 'claims.json', 'control.sock', 'locum.lock']);
  await lb1.run('systemctl', 'stop', 'bare');
  t.false(await lb1.has(address));
  t.deepEqual(await lb1.files('/run/bare'), ['locum.lock']);
  await lb1.run('rm', '-r', '/run/bare');
});

step('a wrong configuration is not tried again', async (t) => {
  await lb2.write('/etc/locum/locum.toml', 'nonsense = 1\n');
  await t.throwsAsync(lb2.run('systemctl', 'start', 'locum'));
  await sleep(1000);
  t.is(await lb2.property('ExecMainStatus'), '78');
  t.is(await lb2.property('ActiveState'), 'failed');
  t.is(await restarts(lb2), 0);
});

step('uninstall stops it and takes away what install put there, but not the settings', async (t) => {
  await lb1.run('systemctl', 'enable', '--now', 'locum');
  await until('lb1 holds the address', () => lb1.has(address));
  await lb1.run('/srv/locum/scripts/uninstall');
  t.false(await lb1.has(address));
  t.is(await lb1.property('LoadState'), 'not-found');
  const places = ['/etc', '/usr/local', '/run', '/var/lib'];
  t.is(
    await lb1.run('find', ...places, '-xdev', '-path', '/etc/locum', '-prune', '-o', '-name', '*locum*', '-print'),
    '',
  );
  t.is(await lb1.run('ls', '/etc/locum'), 'cluster.key\nlocum.toml\n');
  await lb1.run('/srv/locum/scripts/uninstall', '--purge');
  await t.throwsAsync(lb1.run('ls', '/etc/locum'));
});
