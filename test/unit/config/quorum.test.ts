// Quorum mode as it is configured: what "auto" means there, what a witness may leave out, and what `check` prints.

import test from 'ava';
import { describeSettings } from '#config/describe';
import { leaseWithoutGate } from '#config/lease';
import { quorumFault } from '#config/resolve-quorum';
import { sharedSettings } from '#config/shared';
import { config, problemsOf, settingsOf, warningsOf } from './host.ts';

const cluster = 'nodes = ["lb2", "lb1", "w1"]';
const quorum = (more = '') => config({ cluster, rest: `[safety]\nmode = "quorum"\n${more}` });

test('quorum: the voters are those of cluster.nodes, in order of name, and a promise lasts ten seconds at most', (t) => {
  const settings = settingsOf(quorum());
  t.deepEqual(settings.quorum, { voters: ['lb1', 'lb2', 'w1'], longestHoldMs: 10_000 });
  t.is(settingsOf(config()).quorum, null);
  t.false(settings.witness);
});

test('quorum: lease = "auto" survives a lost vote, whatever the down time', (t) => {
  const { lease } = settingsOf(quorum());
  t.deepEqual(lease, { kind: 'nftables', ms: 3000, lateMs: 4, addressMs: 7000 });
});

test('quorum: without nf_tables a lease is three seconds at least, and a promise must cover its late end', (t) => {
  const settings = settingsOf(config({ cluster: `interval = "100ms"\n${cluster}`, rest: '[safety]\nmode = "quorum"' }));
  const coarse = { ...settings, lease: leaseWithoutGate(settings) };
  t.deepEqual(coarse.lease, { kind: 'address', ms: 3000 });
  t.is(quorumFault(coarse), null);
  const short = { ...coarse, quorum: { voters: ['lb1'], longestHoldMs: 4000 } };
  t.regex(quorumFault(short) ?? '', /^without nf_tables a lease can last 4260ms, and longest_hold .* is 4s: raise it/);
});

test('quorum: check prints the worst failover and the silence after a start', (t) => {
  const { lines, json } = describeSettings(settingsOf(quorum('longest_hold = "5s"')));
  const text = lines.join('\n');
  t.regex(text, /holds only with the votes of 2 of 3 nodes/);
  // 1.03 times the lease of 3 s and a tick of 4 ms and the 50 ms that a word may take to the kernel.
  t.regex(text, /worst failover: 3146ms and a round trip/);
  t.regex(text, /silent for 5150ms: if all start, nobody holds for so long/);
  t.regex(text, /after an advert that a majority has voted for/);
  t.like(json['safety'], { mode: 'quorum', majority: 2, worst_failover: '3146ms', silent_after_start: '5150ms' });
});

test('quorum: what is advised in place of a lease and a longest hold that are too short is taken as it is', (t) => {
  t.is(problemsOf(quorum('lease = "500ms"\nlongest_hold = "1s"')).length, 2);
  t.deepEqual(problemsOf(quorum('lease = "3s"\nlongest_hold = "3054ms"')), []);
});

test('quorum: where the down time is longer than a promise, it is what a failover waits for', (t) => {
  const toml = config({ cluster: `down_after = 6\n${cluster}`, rest: '[safety]\nmode = "quorum"\nlease = "3s"' });
  t.regex(describeSettings(settingsOf(toml)).lines.join('\n'), /worst failover: 6s/);
});

test('quorum: fewer than three voters is a warning', (t) => {
  const toml = config({ cluster: 'nodes = ["lb1", "lb2"]', rest: '[safety]\nmode = "quorum"' });
  t.deepEqual(warningsOf(toml), [
    'f.toml:4: cluster.nodes: with fewer than three voters the loss of any one leaves no majority. Add a witness.',
  ]);
});

test('quorum: longest_hold without voters is a warning', (t) => {
  t.deepEqual(warningsOf(config({ rest: '[safety]\nlongest_hold = "5s"' })), [
    'f.toml:11: safety.longest_hold: this is not used: only voters make promises, with mode = "quorum".',
  ]);
});

test('quorum: the mode, the voters and the longest hold are the same on all nodes', (t) => {
  t.not(sharedSettings(settingsOf(quorum())), sharedSettings(settingsOf(config({ cluster }))));
  t.not(sharedSettings(settingsOf(quorum())), sharedSettings(settingsOf(quorum('longest_hold = "9s"'))));
});

const witness = (more: string) => `[cluster]
name = "edge"
auth = "none"
${cluster}
${more}
[node]
name = "w1"
witness = true
[safety]
mode = "quorum"
`;

test('witness: it needs no group, only a path', (t) => {
  const settings = settingsOf(witness('paths = ["eth0"]'));
  t.true(settings.witness);
  t.deepEqual(settings.groups, []);
  t.deepEqual(settings.transport.paths, [{ name: 'eth0', interface: 'eth0' }]);
  t.deepEqual(settingsOf(witness('peers = ["192.0.2.2"]')).transport.paths, [{ name: 'peers', interface: null }]);
  t.regex(describeSettings(settings).lines.join('\n'), /this one is a witness, and never holds/);
});

test('witness: a group that is written all the same tells the path, and is held by nobody here', (t) => {
  const toml = `${witness('')}\n[[group]]\nname = "web"\ninterface = "eth1"\naddresses = ["192.0.2.10"]\n`;
  const settings = settingsOf(toml);
  t.deepEqual(settings.groups, []);
  t.deepEqual(settings.transport.paths, [{ name: 'eth1', interface: 'eth1' }]);
  t.deepEqual(warningsOf(toml), ['f.toml:12: group[0]: this is not used: a witness holds nothing.']);
});
