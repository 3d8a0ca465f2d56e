// Beside a real firewalld, under a real systemd: two hosts on a bridge, lb1 with the higher priority. The tests run in
// order and each leaves the hosts as the next one finds them.

import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { type BootedHost, Bridge } from '../fixtures/booted-host.ts';
import { possible, stepsOn } from '../fixtures/booted-steps.ts';
import { until } from '../fixtures/until.ts';
import { spanCount } from '../lab/seen.ts';

const address = '192.0.2.10';
const port = '10112/udp';
const packages = 'node_modules/.cache/locum/boxed';
const bridge = new Bridge();
let lb1: BootedHost;
let lb2: BootedHost;
const step = stepsOn(() => [lb1, lb2]);

const configurationOf = (name: string, priority: number): string => `
[cluster]
name = "firewalld-test"
key_file = "/etc/locum/cluster.key"
interval = "1s"
[node]
name = "${name}"
priority = ${priority}
[[group]]
name = "web"
interface = "eth0"
addresses = ["${address}"]
`;

interface Told {
  readonly groups: readonly { readonly state: string; readonly reason: string }[];
  readonly problems: readonly { readonly code: string }[];
}

async function status(host: BootedHost): Promise<Told> {
  return JSON.parse(await host.run('/usr/local/bin/locum', 'status', '--json')) as Told;
}

const has = async (host: BootedHost, code: string): Promise<boolean> =>
  (await status(host)).problems.some((problem) => problem.code === code);

async function onBoth(...command: readonly string[]): Promise<void> {
  await Promise.all([lb1.run(...command), lb2.run(...command)]);
}

/** How often one of them changed what it holds or wants, so far. */
async function moves(): Promise<number> {
  const journals = await Promise.all([lb1.journal(), lb2.journal()]);
  return journals.join('\n').split('-> claiming').length;
}

test.before(async (t) => {
  if (!possible) return;
  t.timeout(180_000);
  const here = fileURLToPath(new URL(`../../${packages}`, import.meta.url));
  t.true(existsSync(here), `expected packages in ${packages}; scripts/setup boxed fetches them`);
  await bridge.up();
  lb1 = await bridge.boot('lb1', '192.0.2.1/24');
  lb2 = await bridge.boot('lb2', '192.0.2.2/24');
  const fetched = readdirSync(here).filter((name) => name.endsWith('.deb'));
  // Empty where this host, of which they are copies, has it.
  if (fetched.length > 0) await onBoth('dpkg', '--install', ...fetched.map((name) => `/srv/locum/${packages}/${name}`));
  await onBoth('systemctl', 'start', 'firewalld');
  await onBoth('firewall-cmd', '--quiet', `--add-port=${port}`);
  await onBoth('/srv/locum/scripts/install');
  await lb1.run('/usr/local/bin/locum', 'keygen', '/etc/locum/cluster.key');
  await lb2.write('/etc/locum/cluster.key', await lb1.run('cat', '/etc/locum/cluster.key'), '600');
  await lb1.write('/etc/locum/locum.toml', configurationOf('lb1', 150));
  await lb2.write('/etc/locum/locum.toml', configurationOf('lb2', 100));
});

test.after.always(async () => {
  if (possible) await bridge.down();
});

step('two hosts behind firewalld, with the port of the adverts open, have one holder', async (t) => {
  await onBoth('systemctl', 'start', 'locum');
  await until('lb1 holds', async () => (await lb1.has(address)) && !(await lb2.has(address)));
  t.is((await lb1.run('firewall-cmd', '--state')).trim(), 'running');
  const tables = await lb1.run('nft', 'list', 'tables');
  t.regex(tables, /table inet firewalld/);
  t.regex(tables, /table inet locum-/);
  t.false(await has(lb1, 'no-peer-heard'));
});

step('firewalld reloads, makes all its rules anew, stops and starts: nothing moves, and the gate stays', async (t) => {
  const [before, watching] = [await moves(), bridge.answering(address, 8)];
  const gates = async () => (await lb1.run('nft', 'list', 'tables')).match(/table \w+ locum-/g)?.length;
  const gatesBefore = await gates();
  for (const how of ['--reload', '--complete-reload']) {
    await onBoth('firewall-cmd', '--quiet', how);
    await onBoth('firewall-cmd', '--quiet', `--add-port=${port}`);
    t.is(await gates(), gatesBefore);
  }
  await onBoth('systemctl', 'restart', 'firewalld');
  await onBoth('firewall-cmd', '--quiet', `--add-port=${port}`);
  const seen = await watching;
  t.is(seen.longestOverlapMs, 0);
  t.is(spanCount(seen), 1, 'lb1 answered all the time, and lb2 never');
  t.is(await gates(), gatesBefore);
  t.true(await lb1.has(address));
  t.is(await moves(), before);
});

step(
  'firewalld shuts the port between two live hosts: still one holder, and the standby says why it waits',
  async (t) => {
    const before = await moves();
    await onBoth('firewall-cmd', '--quiet', `--remove-port=${port}`);
    await until('lb2 sees that lb1 still answers', () => has(lb2, 'holder-silent-but-answers'));
    await until('lb1 hears nobody', () => has(lb1, 'no-peer-heard'));
    t.true(await lb1.has(address));
    t.false(await lb2.has(address));
    await onBoth('firewall-cmd', '--quiet', `--add-port=${port}`);
    await until('both hear each other', async () => !(await has(lb1, 'no-peer-heard')));
    await until('lb2 is content', async () => !(await has(lb2, 'holder-silent-but-answers')));
    t.is(await moves(), before);
  },
);

step('the holder hangs beside firewalld: its kernel falls silent, and never two answer', async (t) => {
  const watching = bridge.answering(address, 10);
  await lb1.run('systemctl', 'kill', '--kill-who=main', '--signal=STOP', 'locum');
  await until('lb2 has taken over', () => lb2.has(address));
  const seen = await watching;
  t.is(seen.longestOverlapMs, 0);
  t.true(
    seen.hosts.every(({ any }) => any.length > 0),
    'both were seen to answer',
  );
});
