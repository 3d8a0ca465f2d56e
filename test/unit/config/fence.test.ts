// [fence] as settings, in words and in JSON.

import test from 'ava';
import { describeSettings } from '#config/describe';
import { sharedSettings } from '#config/shared';
import { config, settingsOf, warningsOf } from './host.ts';

test('without [fence] an operator fences until he unfences, and nobody is shot', (t) => {
  t.deepEqual(settingsOf(config()).fence, {
    self: null,
    releaseMs: null,
    peer: null,
    peerKeys: [],
    timeoutMs: 30_000,
    peerRequired: false,
  });
  t.notRegex(describeSettings(settingsOf(config())).lines.join('\n'), /fence/);
});

const full = config({
  cluster: 'nodes = ["lb1", "lb2"]',
  rest: `[[check]]
name = "disk"
script = ["/usr/bin/check"]
on_fail = "fence"
[fence]
self = ["/usr/bin/check", "down"]
release = "10m"
peer = ["fence_dummy"]
peer_keys = ["password=hunter2", "lb2:plug=7"]
timeout = "5s"
peer_required = true`,
});

test('an agent without a path is found where the host has such programs', (t) => {
  t.deepEqual(settingsOf(full).fence, {
    self: ['/usr/bin/check', 'down'],
    releaseMs: 600_000,
    peer: ['/usr/sbin/fence_dummy'],
    peerKeys: [
      { node: null, key: 'password', value: 'hunter2' },
      { node: 'lb2', key: 'plug', value: '7' },
    ],
    timeoutMs: 5000,
    peerRequired: true,
  });
  t.deepEqual(settingsOf(full).checks[0]?.onFail, { kind: 'fence' });
});

test('the description says it all but the passwords', (t) => {
  const { lines, json } = describeSettings(settingsOf(full));
  t.deepEqual(lines.slice(-6), [
    '  fails after 3, passes after 2; when it fails this node fences itself',
    'fenced, this node stays out for 10m',
    '  and runs, at most 5s, as root: /usr/bin/check down',
    'a lost holder is fenced first, at most 5s, as root, by /usr/sbin/fence_dummy',
    '  which is told password, plug of lb2',
    '  without that nothing is claimed from it',
  ]);
  t.deepEqual(json['fence'], {
    self: ['/usr/bin/check', 'down'],
    release: '10m',
    peer: ['/usr/sbin/fence_dummy'],
    peer_keys: ['password', 'lb2:plug'],
    timeout: '5s',
    peer_required: true,
  });
  t.notRegex(JSON.stringify({ lines, json }), /hunter2/);
});

test('a check that fences changes something though no group lists it', (t) => {
  const check = (onFail: string) =>
    config({ group: 'checks = []', rest: `[[check]]\nname = "c"\nscript = ["/usr/bin/check"]\non_fail = "${onFail}"` });
  t.is(warningsOf(check('fault')).length, 1);
  t.deepEqual(warningsOf(check('fence')), []);
});

test('an agent of ClusterLabs with arguments would not hear what it is told', (t) => {
  t.regex(warningsOf(config({ rest: '[fence]\npeer = ["fence_dummy", "--verbose"]' })).join('\n'), /peer_keys/);
  t.deepEqual(warningsOf(config({ rest: '[fence]\npeer = ["/usr/bin/check", "--verbose"]' })), []);
});

test('whether a fence is required is something that all nodes share', (t) => {
  const without = settingsOf(full.replace('peer_required = true', ''));
  t.not(sharedSettings(settingsOf(full)), sharedSettings(without));
  t.is(sharedSettings(without), sharedSettings({ ...without, fence: { ...without.fence, timeoutMs: 1 } }));
});
