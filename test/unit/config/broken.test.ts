// A table of broken configurations with the exact message that each gives. All messages of one
// configuration are compared, so that neither a lost one nor one too many gets by.

import test from 'ava';
import { brokenAll } from './broken-all.ts';
import { config, host, problemsOf, settingsOf } from './host.ts';

for (const { name, toml, problems } of brokenAll) {
  test(`broken: ${name}`, (t) => {
    t.true(problems.length > 0);
    t.deepEqual(problemsOf(toml), problems);
  });
}

test('the configuration that the broken ones are made from is good', (t) => {
  t.is(settingsOf(config()).cluster, 'edge');
});

test('problems of every part come at once, in the order of the file', (t) => {
  const toml = config({
    cluster: 'interval = 1\npeer = []',
    addresses: '["192.0.2.300"]',
    group: 'priority = 0',
    rest: '[log]\nlevel = "loud"\n[[check]]\nname = "c"\nscript = ["gone"]\n[colour]\nx = 1',
  });
  const where = problemsOf(toml).map((line) => line.split(': ').slice(0, 2).join(' '));
  t.deepEqual(where, [
    'f.toml:4 cluster.interval',
    'f.toml:5 cluster.peer',
    'f.toml:9 group[0].addresses[0]',
    'f.toml:10 group[0].priority',
    'f.toml:12 log.level',
    'f.toml:15 check[0].script[0]',
    'f.toml:16 colour',
  ]);
});

test("a host's name that is no word must be replaced in the file", (t) => {
  const facts = { ...host, hostName: 'lb 1' };
  t.deepEqual(problemsOf(config(), facts), [
    'f.toml:1: node.name: expected a name of letters, digits, ".", "_" or "-", found the host\'s name "lb 1". Write [node] name = "…".',
  ]);
  t.is(settingsOf(config({ rest: '[node]\nname = "lb1"' }), facts).node, 'lb1');
});

test('a key file of the user that runs locum is as good as one of root', (t) => {
  const ofRoot = config().replace('auth = "none"', 'key_file = "/etc/locum/cluster.key"');
  t.deepEqual(problemsOf(ofRoot, { ...host, uid: 1000 }), []);
  const toml = config().replace('auth = "none"', 'key_file = "/etc/locum/other.key"');
  t.is(problemsOf(toml).length, 1);
  t.deepEqual(settingsOf(toml, { ...host, uid: 1000 }).auth, { kind: 'key', file: '/etc/locum/other.key' });
});

test('a thousand groups are judged in less than seconds, the last one too', (t) => {
  const groups = Array.from(
    { length: 1500 },
    (_, i) => `[[group]]\nname = "g${i}"\ninterface = "eth0"\naddresses = ["10.1.${i >> 8}.${i & 255}"]\n`,
  );
  const begun = performance.now();
  t.is(settingsOf(config({ rest: groups.join('') })).groups.length, 1501);
  const twice = `${config({ rest: groups.join('') })}[[group]]\nname = "last"\ninterface = "eth0"\naddresses = ["10.1.0.7"]\n`;
  t.is(problemsOf(twice).length, 1);
  t.true(performance.now() - begun < 5000);
});
