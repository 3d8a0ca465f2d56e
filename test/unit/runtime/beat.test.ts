// When the loop says that it lives: after a step that ran, and after nothing else. And when it looks for a suspend:
// before each input, so that nothing is done on what held before it.

import test from 'ava';
import { instant } from '#lib/time';
import type { Effect } from '#model/effect';
import { Daemon, type Ports } from '#runtime/daemon';
import { link } from '../core/bench.ts';
import { settingsFor } from '../../world/settings.ts';

const nothingElse = { lastBoot: null, lastUntil: null, lastLease: null, epochFloor: 0, remembered: null, latch: null };

const identity = { boot: '0123456789abcdef', configHash: '0'.repeat(16), release: 'test' };
const facts = { links: [link], left: [], lastAdvertAt: null, lastDownMs: 0, lastLivePeers: 0, ...nothingElse };

function play() {
  const seen = { beats: 0, exits: 0, did: [] as string[], now: 0, suspendedMs: 7000, breaks: false };
  const note = (kind: Effect['kind']) => () => {
    if (seen.breaks) throw new Error('a defect');
    seen.did.push(kind);
  };
  const ports: Ports = {
    clock: { now: () => instant(seen.now), suspendedMs: () => seen.suspendedMs, wall: () => 0 },
    timer: { wakeAt: () => undefined, poll: () => undefined, close: () => undefined },
    speaker: { speak: note('advert') },
    hash: { keyId: 0, sign: () => new Uint8Array(16), verify: () => 'good' },
    kernel: { hold: note('hold'), silence: note('silence'), release: note('release'), renew: note('renew') },
    announcer: { announce: note('announce') },
    wire: { ask: () => undefined, askGateways: () => undefined },
    checks: { run: () => undefined },
    hooks: { run: () => undefined, finish: () => Promise.resolve(0) },
    fence: { latch: () => undefined, fenceSelf: () => undefined, fencePeer: () => undefined },
    operators: { answer: () => undefined },
    journal: { write: ({ code }) => seen.did.push(code) },
    memory: { remember: () => undefined, reserve: () => undefined },
    service: { ready: () => undefined, beat: () => (seen.beats += 1), stopping: () => undefined },
    exit: () => (seen.exits += 1),
  };
  const daemon = new Daemon(settingsFor({ node: 'h1' }), identity, ports);
  return { seen, daemon };
}

test('a beat for the start and for every drain of inputs; none before, none after the end', (t) => {
  const { seen, daemon } = play();
  daemon.offer({ kind: 'wake' });
  t.is(seen.beats, 0);
  daemon.start(facts, 0);
  t.is(seen.beats, 1);
  daemon.offer({ kind: 'wake' });
  t.is(seen.beats, 2);
  daemon.offer({ kind: 'stop' });
  t.deepEqual([seen.beats, seen.exits], [3, 1]);
  daemon.offer({ kind: 'wake' });
  t.is(seen.beats, 3);
});

test('no beat for a step that broke, nor for a datagram that was refused', (t) => {
  const { seen, daemon } = play();
  daemon.start(facts, 0);
  daemon.packets([{ path: 'eth0', from: '192.0.2.9', bytes: Uint8Array.of(1, 2, 3) }]);
  t.is(seen.beats, 1);
  seen.breaks = true;
  seen.now = 1000;
  t.throws(() => daemon.offer({ kind: 'wake' }), { message: 'a defect' });
  t.is(seen.beats, 1);
});

test('looking for a suspend is no step of the loop, unless there was one', (t) => {
  const { seen, daemon } = play();
  daemon.lookForSleep();
  daemon.start(facts, 0);
  for (let i = 0; i < 10; i += 1) daemon.lookForSleep();
  t.is(seen.beats, 1);
  t.false(seen.did.includes('slept'));
  seen.suspendedMs += 60_000;
  daemon.lookForSleep();
  daemon.lookForSleep();
  t.is(seen.beats, 2);
  t.deepEqual(
    seen.did.filter((kind) => kind === 'slept'),
    ['slept'],
  );
});

test('whatever comes first after a suspend finds it taken in, and what was suspended before the start is none', (t) => {
  const { seen, daemon } = play();
  daemon.start(facts, 0);
  t.false(seen.did.includes('slept'));
  seen.suspendedMs += 5;
  seen.did.length = 0;
  daemon.offer({ kind: 'links', links: [{ ...link, up: false }] });
  t.is(seen.did.indexOf('slept') < seen.did.indexOf('link') && seen.did.includes('slept'), true, seen.did.join());
});
