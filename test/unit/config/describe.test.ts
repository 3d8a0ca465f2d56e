// The effective settings in words and as JSON, and what nodes compare of them.

import test from 'ava';
import { describeSettings } from '#config/describe';
import { sharedSettings } from '#config/shared';
import { config, settingsOf } from './host.ts';

const programs = `[[check]]
name = "haproxy"
script = ["/usr/bin/check", "two words"]
[[check]]
name = "slow"
script = ["/usr/bin/check"]
on_fail = "weight"
weight = -20
[hooks]
change = ["/usr/bin/check"]
`;

const full = config({
  cluster: 'nodes = ["lb1", "lb2"]',
  addresses:
    '["192.0.2.10/24", { address = "2001:db8::10", interface = "eth1" }, { address = "192.0.2.11", label = "eth0:web" }]',
  rest: `${programs}[safety]
gateway = ["192.0.2.1"]
`,
});

test('the effective settings in words', (t) => {
  t.deepEqual(describeSettings(settingsOf(full)).lines, [
    'cluster edge, node lb1',
    '  adverts: every 1s on eth0, eth1 to 224.0.0.18 (IPv4) or ff02::12 (where there is no IPv4), port 10112',
    '  authentication: none, so anybody on the wire can speak',
    '  nodes: lb1, lb2',
    '  a silent node counts as gone after 3 adverts (3s)',
    '  listens for 3s before the first claim',
    '  lease: the kernel lets this host answer for 2946ms after the last advert, and lets go before another host claims',
    '  watchdog: none but that of the service manager',
    '  wire: asked who answers for an address before it is claimed from a silent holder',
    '  gateways: 192.0.2.1; a node that alone reaches none hands over',
    '  log: text, from level info',
    'group web on eth0',
    '  192.0.2.10/24 on eth0',
    '  2001:db8::10/128 on eth1',
    '  192.0.2.11/32 on eth0 labelled eth0:web',
    '  priority 100, preempts at once',
    '  checks: haproxy, slow',
    '  announces 5 times, again after 5s, then every 1m',
    'check haproxy every 1s, at most 1s, as nobody',
    '  /usr/bin/check "two words"',
    '  fails after 3, passes after 2; when it fails its groups fault',
    'check slow every 1s, at most 1s, as nobody',
    '  /usr/bin/check',
    '  fails after 3, passes after 2; when it fails the priority changes by -20',
    'hook on each change, at most 10s, as root',
    '  /usr/bin/check',
  ]);
});

test('the effective settings as JSON, which a configuration could be written from', (t) => {
  const { json } = describeSettings(settingsOf(full));
  t.deepEqual(JSON.parse(JSON.stringify(json)), json);
  t.deepEqual(json['cluster'], {
    name: 'edge',
    auth: 'none',
    interval: '1s',
    down_after: 3,
    down_time: '3s',
    paths: ['eth0', 'eth1'],
    multicast: ['224.0.0.18', 'ff02::12'],
    port: 10112,
    peers: [],
    nodes: ['lb1', 'lb2'],
  });
  t.deepEqual(json['node'], { name: 'lb1', startup_delay: '3s' });
  t.deepEqual(json['safety'], {
    mode: 'availability',
    lease: '2946ms',
    watchdog: null,
    probe: true,
    gateway: ['192.0.2.1'],
    two_holders_for: '0s',
  });
  t.deepEqual(json['hooks'], { change: ['/usr/bin/check'], timeout: '10s', user: 'root' });
  t.deepEqual(json['log'], { format: 'text', level: 'info' });
  t.deepEqual(json['check'], [
    {
      name: 'haproxy',
      script: ['/usr/bin/check', 'two words'],
      interval: '1s',
      timeout: '1s',
      rise: 2,
      fall: 3,
      on_fail: 'fault',
      user: 'nobody',
    },
    {
      name: 'slow',
      script: ['/usr/bin/check'],
      interval: '1s',
      timeout: '1s',
      rise: 2,
      fall: 3,
      on_fail: 'weight',
      weight: -20,
      user: 'nobody',
    },
  ]);
  t.deepEqual((json['group'] as unknown[]).length, 1);
});

test('with peers and a key the words differ', (t) => {
  const keyed = config({
    cluster: 'peers = ["192.0.2.2"]',
    group: 'preempt = false\nannounce = { count = 2, interval = "20ms", again_after = "0s", refresh = "0s" }',
  });
  const { lines, json } = describeSettings(
    settingsOf(keyed.replace('auth = "none"', 'key_file = "/etc/locum/cluster.key"')),
  );
  t.true(lines.includes('  adverts: every 1s to 192.0.2.2, port 10112'));
  t.true(lines.includes('  authentication: key in /etc/locum/cluster.key'));
  t.true(lines.includes('  nodes: any that has the key'));
  t.true(lines.includes('  priority 100, never preempts'));
  t.true(lines.includes('  announces 2 times, 20ms apart'));
  t.like(json['cluster'], { key_file: '/etc/locum/cluster.key', paths: [], multicast: [], peers: ['192.0.2.2'] });
  t.is(json['hooks'], null);
});

const shared = (toml: string): string => sharedSettings(settingsOf(toml));
const two = '[[group]]\nname = "mail"\ninterface = "eth1"\naddresses = ["192.0.2.11"]';

test('what each node has of its own is not compared', (t) => {
  const base = shared(config());
  t.is(shared(config({ rest: '[node]\nname = "lb2"\npriority = 7\nstartup_delay = "9s"' })), base);
  t.is(shared(config({ addresses: '[{ address = "192.0.2.10", interface = "eth1", label = "vip" }]' })), base);
  t.is(shared(config({ cluster: 'paths = ["eth1"]', group: 'preempt = false', rest: programs })), base);
  t.is(shared(config({ rest: '[safety]\nlease = "off"\n[log]\nlevel = "debug"' })), base);
});

test('order and spelling are not compared', (t) => {
  const [first, second] = ['[[group]]\nname = "a"\ninterface = "eth0"\naddresses = ["192.0.2.20"]\n', `${two}\n`];
  t.is(shared(config({ rest: first + second })), shared(config({ rest: second + first })));
  t.is(
    shared(config({ addresses: '["2001:DB8::10", "192.0.2.9"]' })),
    shared(config({ addresses: '["192.0.2.9/32", "2001:db8:0::10"]' })),
  );
  t.is(shared(config({ cluster: 'peers = ["192.0.2.2"]' })), shared(config({ cluster: 'peers = ["192.0.2.3"]' })));
});

test('what all nodes must have alike is compared', (t) => {
  const base = shared(config());
  const others = [
    config().replace('"edge"', '"core"'),
    config({ cluster: 'interval = "2s"' }),
    config({ cluster: 'down_after = 4' }),
    config({ cluster: 'port = 1' }),
    config({ cluster: 'multicast = "224.0.0.112"' }),
    config({ cluster: 'multicast = "ff02::112"' }),
    config({ cluster: 'peers = ["192.0.2.2"]' }),
    config({ addresses: '["192.0.2.11"]' }),
    config({ addresses: '["192.0.2.10/24"]' }),
    config().replace('"web"', '"www"'),
    config({ rest: two }),
  ].map(shared);
  t.is(new Set([base, ...others]).size, others.length + 1);
});
