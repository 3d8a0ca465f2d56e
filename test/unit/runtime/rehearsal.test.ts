// A rehearsal is worth something only if it goes through the whole takeover.

import test from 'ava';
import { rehearse } from '#runtime/rehearsal';
import { settingsFor } from '../../world/settings.ts';

const identity = { boot: '0123456789abcdef', configHash: '0'.repeat(16), release: 'test' };
const hash = { keyId: 0, sign: () => new Uint8Array(16), verify: () => 'good' as const };

for (const intervalMs of [10, 1000]) {
  test(`from listening to the stop, and from silence to the last word of the wire, at ${intervalMs} ms`, (t) => {
    const seen = rehearse({ ...settingsFor({ node: 'h1', intervalMs }), probe: true }, identity, hash);
    for (const kind of ['ready', 'advert', 'poll', 'hold', 'renew', 'announce', 'release', 'exit', 'ask'] as const) {
      t.true(seen.has(kind), `no ${kind}`);
    }
  });
}

test('however long this node is to listen after its start', (t) => {
  const seen = rehearse({ ...settingsFor({ node: 'h1' }), startupDelayMs: 60_000 }, identity, hash);
  t.true(seen.has('hold'));
});

test('checks and hooks are left out of it', (t) => {
  const check = {
    name: 'c',
    script: ['/bin/false'],
    intervalMs: 1000,
    timeoutMs: 1000,
    rise: 1,
    fall: 1,
    onFail: { kind: 'fault' as const },
    user: 'nobody',
  };
  const settings = {
    ...settingsFor({ node: 'h1', checks: [check] }),
    hook: { command: ['/bin/false'], timeoutMs: 1, user: 'root' },
  };
  const seen = rehearse(settings, identity, hash);
  t.true(seen.has('hold'));
  t.false(seen.has('check'));
  t.false(seen.has('hook'));
});
