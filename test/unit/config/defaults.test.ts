// What holds when nothing is written, and what a good configuration becomes.

import test from 'ava';
import { config, host, problemsOf, settingsOf, warningsOf } from './host.ts';

const check = '[[check]]\nname = "c"\nscript = ["/usr/bin/check", "-q"]\n';

const noFence = {
  self: null,
  releaseMs: null,
  peer: null,
  peerKeys: [],
  timeoutMs: 30_000,
  peerRequired: false,
};

test('every default', (t) => {
  t.deepEqual(settingsOf(config({ addresses: '["192.0.2.10", "2001:DB8::10"]', rest: check })), {
    cluster: 'edge',
    node: 'lb1',
    auth: { kind: 'none' },
    intervalMs: 1000,
    downAfter: 3,
    transport: {
      port: 10112,
      multicast4: '224.0.0.18',
      multicast6: 'ff02::12',
      peers: [],
      paths: [{ name: 'eth0', interface: 'eth0' }],
    },
    nodes: null,
    quorum: null,
    witness: false,
    startupDelayMs: 3000,
    lease: { kind: 'nftables', ms: 2946, lateMs: 4, addressMs: 7000 },
    watchdog: null,
    probe: true,
    gateways: [],
    groups: [
      {
        name: 'web',
        interface: 'eth0',
        addresses: [
          { address: '192.0.2.10', family: 4, prefix: 32, interface: 'eth0', label: null },
          { address: '2001:db8::10', family: 6, prefix: 128, interface: 'eth0', label: null },
        ],
        priority: 100,
        preempt: true,
        preemptDelayMs: 0,
        checks: ['c'],
        announce: { count: 5, intervalMs: 0, againAfterMs: 5000, refreshMs: 60_000 },
      },
    ],
    checks: [
      {
        name: 'c',
        script: ['/usr/bin/check', '-q'],
        intervalMs: 1000,
        timeoutMs: 1000,
        rise: 2,
        fall: 3,
        onFail: { kind: 'fault' },
        user: 'nobody',
      },
    ],
    fence: noFence,
    hook: null,
    log: { format: 'text', level: 'info' },
  });
});

test('every key that can be written', (t) => {
  const settings = settingsOf(`
[cluster]
name = "edge"
key_file = "/etc/locum/cluster.key"
interval = "0.1s"
down_after = 4
paths = ["eth1", "eth0"]
multicast = "FF02::112"
port = 10113
nodes = ["lb1", "lb2"]
[node]
name = "lb2"
priority = 120
witness = false
startup_delay = "1m"
[safety]
mode = "availability"
lease = "off"
probe = false
gateway = ["192.0.2.1", "2001:DB8::1"]
watchdog = "/dev/watchdog"
[[group]]
name = "web"
interface = "eth0"
addresses = [{ address = "192.0.2.10/24", interface = "eth1", label = "eth1:web" }]
priority = 150
preempt = false
preempt_delay = "10s"
checks = []
announce = { count = 1, interval = "10ms", again_after = "0s", refresh = "0s" }
[[check]]
name = "c"
script = ["/usr/bin/check"]
interval = "500ms"
timeout = "2s"
rise = 1
fall = 5
on_fail = "weight"
weight = -20
user = "root"
[hooks]
change = ["/usr/bin/check", "--hook"]
timeout = "3s"
user = "nobody"
[metrics]
[log]
format = "json"
level = "debug"
`);
  t.deepEqual(settings, {
    cluster: 'edge',
    node: 'lb2',
    auth: { kind: 'key', file: '/etc/locum/cluster.key' },
    intervalMs: 100,
    downAfter: 4,
    transport: {
      port: 10113,
      multicast4: '224.0.0.18',
      multicast6: 'ff02::112',
      peers: [],
      paths: [
        { name: 'eth1', interface: 'eth1' },
        { name: 'eth0', interface: 'eth0' },
      ],
    },
    nodes: ['lb1', 'lb2'],
    quorum: null,
    witness: false,
    startupDelayMs: 60_000,
    lease: { kind: 'off' },
    watchdog: '/dev/watchdog',
    probe: false,
    gateways: ['192.0.2.1', '2001:db8::1'],
    groups: [
      {
        name: 'web',
        interface: 'eth0',
        addresses: [{ address: '192.0.2.10', family: 4, prefix: 24, interface: 'eth1', label: 'eth1:web' }],
        priority: 150,
        preempt: false,
        preemptDelayMs: 10_000,
        checks: [],
        announce: { count: 1, intervalMs: 10, againAfterMs: 0, refreshMs: 0 },
      },
    ],
    checks: [
      {
        name: 'c',
        script: ['/usr/bin/check'],
        intervalMs: 500,
        timeoutMs: 2000,
        rise: 1,
        fall: 5,
        onFail: { kind: 'weight', weight: -20 },
        user: 'root',
      },
    ],
    fence: noFence,
    hook: { command: ['/usr/bin/check', '--hook'], timeoutMs: 3000, user: 'nobody' },
    log: { format: 'json', level: 'debug' },
  });
});

test('peers stand for one path without an interface', (t) => {
  const { transport } = settingsOf(config({ cluster: 'peers = ["192.0.2.2", "2001:DB8::2"]' }));
  t.deepEqual(transport.peers, ['192.0.2.2', '2001:db8::2']);
  t.deepEqual(transport.paths, [{ name: 'peers', interface: null }]);
});

test('an IPv4 multicast group leaves the IPv6 one as it is', (t) => {
  const { multicast4, multicast6 } = settingsOf(config({ cluster: 'multicast = "224.0.0.112"' })).transport;
  t.deepEqual([multicast4, multicast6], ['224.0.0.112', 'ff02::12']);
});

test("by default adverts travel on every interface of the groups, their addresses' own too, each once", (t) => {
  const rest = '[[group]]\nname = "mail"\ninterface = "eth1"\naddresses = ["192.0.2.11"]\n';
  const addresses = '["192.0.2.10", { address = "192.0.2.12", interface = "eth9" }]';
  const names = settingsOf(config({ addresses, rest })).transport.paths.map(({ name }) => name);
  t.deepEqual(names, ['eth0', 'eth9', 'eth1']);
});

test("a group's priority is the node's unless it is written", (t) => {
  const rest =
    '[[group]]\nname = "mail"\ninterface = "eth1"\naddresses = ["192.0.2.11"]\npriority = 7\n[node]\npriority = 50';
  t.deepEqual(
    settingsOf(config({ rest })).groups.map((group) => group.priority),
    [50, 7],
  );
});

test('nobody claims sooner than a down time after the start', (t) => {
  const delayed = (text: string): number =>
    settingsOf(config({ rest: `[node]\nstartup_delay = "${text}"` })).startupDelayMs;
  t.is(delayed('2999ms'), 3000);
  t.is(delayed('3001ms'), 3001);
});

test('one link-local address may be on two interfaces, any other is one address everywhere', (t) => {
  const on = (address: string): string => `["${address}", { address = "${address}", interface = "eth1" }]`;
  t.is(settingsOf(config({ addresses: on('fe80::10') })).groups[0]?.addresses.length, 2);
  t.is(problemsOf(config({ addresses: on('2001:db8::10') })).length, 1);
});

test('addresses of a /31 and a /32 are hosts, whatever their bits', (t) => {
  const addresses = '["192.0.2.0/31", "192.0.2.255", "198.51.100.255/31", "10.0.1.0/8", "2001:db8::/64"]';
  t.is(settingsOf(config({ addresses })).groups[0]?.addresses.length, 5);
});

test('an interface that does not exist yet is one warning', (t) => {
  const cluster = 'paths = ["eth0", "eth7"]';
  const addresses = '[{ address = "192.0.2.10", interface = "eth7" }, { address = "192.0.2.11", interface = "eth8" }]';
  t.deepEqual(warningsOf(config({ cluster, addresses })), [
    'f.toml:8: group[0].addresses[0].interface: there is no interface "eth7" now; it is waited for.',
    'f.toml:8: group[0].addresses[1].interface: there is no interface "eth8" now; it is waited for.',
  ]);
});

test('what works and changes nothing is a warning', (t) => {
  t.deepEqual(warningsOf(config({ group: 'checks = []', rest: check })), [
    'f.toml:11: check[0].name: no group lists this check: it runs and changes nothing.',
  ]);
  t.deepEqual(warningsOf(config({ cluster: 'multicast = "224.0.0.18"\npeers = ["192.0.2.2"]' })), [
    'f.toml:4: cluster.multicast: this is not used: with peers every advert is unicast.',
  ]);
  t.deepEqual(warningsOf(config({ rest: check })), []);
});

test('more addresses than can be taken within an interval are a warning', (t) => {
  const many = (count: number) =>
    `[${Array.from({ length: count }, (_, i) => `"10.9.${i >> 8}.${i & 255}"`).join(', ')}]`;
  const warned = (count: number) => warningsOf(config({ cluster: 'interval = "10ms"', addresses: many(count) }));
  t.deepEqual(warned(100), []);
  t.deepEqual(warned(255), [
    'f.toml:4: cluster.interval: expected 26ms or more for 255 addresses, found 10ms: a takeover of all of them may take longer than that, and is given up then.',
  ]);
});

test('a missing default user is a problem of the check', (t) => {
  const facts = { ...host, hasUser: (name: string): boolean => name === 'root' };
  t.deepEqual(problemsOf(config({ rest: check }), facts), [
    'f.toml:10: check[0].user: expected a user of this host, found "nobody", who does not exist.',
  ]);
});
