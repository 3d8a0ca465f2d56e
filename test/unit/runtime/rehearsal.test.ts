// A rehearsal is worth something only if it goes through the whole takeover.

import test from 'ava';
import { rehearse } from '#runtime/rehearsal';
import { settingsFor } from '../../world/settings.ts';

const identity = { boot: '0123456789abcdef', configHash: '0'.repeat(16), release: 'test' };
const hash = { keyId: 0, sign: () => new Uint8Array(16), verify: () => 'good' as const };

for (const { intervalMs, mode, quorum } of [
  { intervalMs: 10, mode: 'availability', quorum: null },
  { intervalMs: 1000, mode: 'availability', quorum: null },
  { intervalMs: 100, mode: 'quorum', quorum: { voters: ['h1', 'h2', 'h3'], longestHoldMs: 5000 } },
] as const) {
  test(`from listening to the stop, and from silence to the last word of the wire, at ${intervalMs} ms, ${mode}`, (t) => {
    const settings = { ...settingsFor({ node: 'h1', intervalMs }), probe: true, quorum };
    const { handover, takeover } = rehearse(settings, identity, hash);
    for (const kind of ['ready', 'advert', 'hold', 'announce', 'release', 'exit'] as const) {
      t.true(handover.has(kind), `no ${kind}`);
    }
    for (const kind of ['poll', 'ask', 'hold', 'renew', 'announce'] as const) t.true(takeover.has(kind), `no ${kind}`);
    t.is(handover.has('reserve'), quorum !== null);
  });
}

test('however long this node is to listen after its start', (t) => {
  const { handover, takeover } = rehearse({ ...settingsFor({ node: 'h1' }), startupDelayMs: 60_000 }, identity, hash);
  t.true(handover.has('hold'));
  t.true(takeover.has('hold'));
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
  for (const seen of Object.values(rehearse(settings, identity, hash))) {
    t.true(seen.has('hold'));
    t.false(seen.has('check'));
    t.false(seen.has('hook'));
  }
});
