// Every role with every kind of input, and long random walks: the bench checks purity and invariants in
// every step; here, that each step leads on.

import test from 'ava';
import * as fc from 'fast-check';
import { instant } from '#lib/time';
import type { Role } from '#model/advert';
import type { Input } from '#model/input';
import { Bench, holder, link, standby } from './bench.ts';
import { checked, checkOf } from './checked.ts';

const key = 'eth0/10.0.0.0/32';

const roles: Record<string, () => Bench> = {
  starting: () => new Bench(),
  standby: () => standby(),
  claiming: () => {
    const bench = standby();
    bench.hear({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
    return bench;
  },
  active: () => holder(),
  resigning: () => {
    const bench = holder({ priority: 100 });
    bench.hearAndAnswer({ entry: { priority: 200, wants: 'preempt' } });
    return bench;
  },
  faulted: () => {
    const bench = holder();
    bench.step({ kind: 'links', links: [] });
    return bench;
  },
  fenced: () => {
    const bench = standby();
    for (const effect of bench.step({ kind: 'fence', request: 1, text: 'why' })) {
      const answer = bench.answerTo(effect);
      if (answer !== null) bench.step(answer);
    }
    return bench;
  },
  draining: () => {
    const bench = standby();
    bench.step({ kind: 'stop' });
    return bench;
  },
};

const inputs: Record<Input['kind'], (bench: Bench) => Input> = {
  wake: () => ({ kind: 'wake' }),
  polled: (bench) => ({ kind: 'polled', begun: instant(bench.now) }),
  advert: (bench) => bench.advert({ entry: { role: 'active', priority: 120 } }),
  adverts: (bench) => ({ kind: 'adverts', adverts: [1, 2].map(() => bench.advert({ entry: null })) }),
  lapsed: () => ({ kind: 'lapsed' }),
  slept: () => ({ kind: 'slept', ms: 1000 }),
  seen: () => ({ kind: 'seen', key: 'eth0/192.0.2.10/32', mac: '02:00:00:00:00:09' }),
  probed: () => ({ kind: 'probed', key: 'eth0/192.0.2.10/32', mac: '02:00:00:00:00:09' }),
  'gateway-answered': () => ({ kind: 'gateway-answered', gateway: '192.0.2.254' }),
  sent: (bench) => ({ kind: 'sent', id: 1, at: instant(bench.now), last: 1, paths: [{ path: 'eth0', error: null }] }),
  links: () => ({ kind: 'links', links: [{ ...link, up: false }] }),
  kernel: (bench) => ({ kind: 'kernel', id: bench.group.holdId ?? 1, outcomes: [{ key, kind: 'present' }] }),
  'address-changed': () => ({ kind: 'address-changed', key, present: false }),
  foreign: () => ({ kind: 'foreign', keys: [key] }),
  checked: () => ({ kind: 'checked', id: 1, check: 'c', outcome: { kind: 'exit', code: 1 }, ms: 1, output: '' }),
  hooked: () => ({ kind: 'hooked', group: 'web', outcome: { kind: 'timeout' }, output: '' }),
  fence: () => ({ kind: 'fence', request: 7, text: 'because' }),
  unfence: () => ({ kind: 'unfence', request: 8 }),
  latched: () => ({ kind: 'latched', id: 1, error: null }),
  'fence-ran': () => ({ kind: 'fence-ran', id: 1, outcome: { kind: 'timeout' }, ms: 1, output: '' }),
  stop: () => ({ kind: 'stop' }),
};

/** What becomes of a role in that very step, wherever it is not the same role as before. */
const moves: Record<string, Partial<Record<Input['kind'], Role>>> = {
  starting: { links: 'faulted', foreign: 'faulted', fence: 'fenced', stop: 'draining' },
  standby: { slept: 'starting', links: 'faulted', foreign: 'faulted', fence: 'fenced', stop: 'draining' },
  claiming: {
    advert: 'standby',
    kernel: 'active',
    slept: 'starting',
    links: 'faulted',
    fence: 'fenced',
    stop: 'draining',
  },
  active: { advert: 'resigning', slept: 'starting', links: 'faulted', fence: 'fenced', stop: 'draining' },
  resigning: { advert: 'standby', slept: 'starting' },
  faulted: { fence: 'fenced', stop: 'draining' },
  fenced: { stop: 'draining' },
  draining: {},
};

for (const [role, make] of Object.entries(roles)) {
  test(`${role}: every input leads where it should, and on`, (t) => {
    for (const [kind, inputOf] of Object.entries(inputs)) {
      const bench = make();
      t.is(bench.group.role, role as Role);
      bench.step(inputOf(bench));
      t.is(bench.group.role, moves[role]?.[kind as Input['kind']] ?? (role as Role), `${role} × ${kind}`);
      t.notThrows(() => bench.runTo(bench.now + 20_000), `${role} × ${kind}`);
    }
  });

  test(`${role}: a wake at wakeAt makes progress`, (t) => {
    const bench = make();
    for (let i = 0; i < 50; i += 1) {
      bench.now = Math.max(bench.now, bench.wakeAt);
      bench.step({ kind: 'wake' });
      if (bench.state.polling) bench.poll();
      t.true(bench.wakeAt > bench.now, `step ${i} at ${bench.now}`);
    }
  });
}

const someRole = fc.constantFrom<Role>('starting', 'standby', 'claiming', 'active', 'resigning', 'faulted', 'draining');

interface Move {
  readonly what: string;
  readonly with: unknown;
  readonly make: (bench: Bench) => void;
}

/** A move that shows itself in a counterexample. */
function move<T>(what: string, arbitrary: fc.Arbitrary<T>, make: (bench: Bench, value: T) => void) {
  return arbitrary.map((value): Move => ({ what, with: value, make: (bench) => make(bench, value) }));
}

const advert = fc.record({
  node: fc.constantFrom('peer', 'third', 'me'),
  life: fc.integer({ min: 1, max: 3 }),
  sequence: fc.option(fc.integer({ min: 1, max: 300 }), { nil: undefined }),
  deaf: fc.boolean(),
  role: someRole,
  priority: fc.constantFrom(1, 100, 254),
  wants: fc.constantFrom<'nothing' | 'preempt'>('nothing', 'preempt'),
  successor: fc.constantFrom(null, 'me', 'peer', 'third'),
  bare: fc.boolean(),
});
const heard = move('hear', advert, (bench, { node, life, sequence, deaf, bare, ...entry }) => {
  const boot = `${node.length}${life}`.padStart(16, '0');
  const order = sequence === undefined ? {} : { sequence };
  bench.hear({ node, boot, entry: bare ? null : entry, ...order, ...(deaf ? { echo: null } : {}) });
});
const outcome = fc.constantFrom<'present' | 'absent' | 'foreign'>('present', 'absent', 'foreign');
const other = fc.oneof(
  move('wake', fc.constant(null), (bench) => bench.step({ kind: 'wake' })),
  move('poll', fc.constant(null), (bench) => bench.poll()),
  move('link', fc.boolean(), (bench, up) => bench.step({ kind: 'links', links: [{ ...link, up }] })),
  move('kernel', outcome, (bench, kind) => {
    const id = bench.group.holdId ?? Math.max(1, bench.state.nextId - 1);
    bench.step({ kind: 'kernel', id, outcomes: [{ key, kind }] });
  }),
  move('address', fc.boolean(), (bench, present) => bench.step({ kind: 'address-changed', key, present })),
  move('foreign', fc.boolean(), (bench, there) => bench.step({ kind: 'foreign', keys: there ? [key] : [] })),
  move('checked', fc.boolean(), (bench, good) => {
    checked(bench, good ? 0 : { kind: 'timeout' });
  }),
  move('sent', fc.constantFrom(null, 'ENETDOWN'), (bench, error) =>
    bench.step({ kind: 'sent', id: 1, at: instant(bench.now), last: 1, paths: [{ path: 'eth0', error }] }),
  ),
);
const pass = move('pass', fc.constantFrom(0, 1, 7, 300, 1000, 4000), (bench, ms) => (bench.now += ms));
const run = move('run', fc.constantFrom(10, 1000, 3000), (bench, ms) => bench.runTo(bench.now + ms));
const stop = move('stop', fc.constant(null), (bench) => bench.step({ kind: 'stop' }));
const walk = fc.array(
  fc.oneof(
    { arbitrary: heard, weight: 8 },
    { arbitrary: other, weight: 8 },
    { arbitrary: pass, weight: 3 },
    { arbitrary: run, weight: 3 },
    { arbitrary: stop, weight: 1 },
  ),
  { minLength: 20, maxLength: 80 },
);

test('random walks keep every invariant and lead on', (t) => {
  const check = checkOf({ rise: 2, fall: 2 });
  let held = 0;
  fc.assert(
    fc.property(walk, (steps) => {
      const bench = new Bench({ checks: [check] });
      checked(bench, 0);
      for (const { make } of steps) {
        make(bench);
        if (bench.group.role === 'active') held += 1;
      }
      bench.runTo(bench.now + 10_000);
    }),
    { numRuns: 300, includeErrorInReport: true },
  );
  t.true(held > 100, `the walks must come by the interesting roles; active ${held} times`);
});
