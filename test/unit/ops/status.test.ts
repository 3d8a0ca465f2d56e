import test from 'ava';
import { instant, never } from '#lib/time';
import type { View } from '#model/view';
import { statusDocument, statusPieces } from '#ops/status';
import { statusTable } from '#ops/status-table';
import { facts, moment, view } from './fixture.ts';

test('the document has every name of the contract, and says what the view says', (t) => {
  t.deepEqual(JSON.parse(JSON.stringify(statusDocument(view, facts, moment))), {
    version: '0.1.0',
    cluster: 'edge',
    node: 'lb1',
    pid: 4711,
    since: '2026-01-01T00:00:00.000Z',
    now: '2026-01-01T01:00:00.000Z',
    mode: 'availability',
    witness: false,
    quorum: null,
    lease: { kind: 'address', ms: 2000, open_ms: 300 },
    fenced: null,
    draining: false,
    adverts: { sent: 3600, received: 7190, refused: { 'bad-mac': 3, truncated: 1, replayed: 4 } },
    stale_outcomes: 5,
    scheduling: { policy: 'rr', priority: 10 },
    loop_late: {
      count: 4,
      sum_ms: 12.75,
      max_ms: 12,
      max_at: '2026-01-01T00:59:30.000Z',
      p50_ms: 0.267,
      p99_ms: 11.92,
      p999_ms: 11.992,
      buckets: [
        { up_to_ms: 0.1, count: 0 },
        { up_to_ms: 0.2, count: 0 },
        { up_to_ms: 0.3, count: 3 },
        ...[0.5, 0.7, 1, 1.5, 2, 3, 4, 5, 7, 10].map((up_to_ms) => ({ up_to_ms, count: 0 })),
        { up_to_ms: 15, count: 1 },
        ...[20, 30, 50, 75, 100, 200, 500, 1000, 5000, null].map((up_to_ms) => ({ up_to_ms, count: 0 })),
      ],
    },
    groups: [
      {
        name: 'web10',
        state: 'faulted',
        since: '2026-01-01T00:59:57.000Z',
        reason: 'check haproxy fails: exit 1',
        reason_code: 'check-failed',
        priority: 100,
        effective_priority: 100,
        holder: null,
        epoch: 0,
        promised_to: null,
        mandate_ms: null,
        dual_holder: 0,
        addresses: [{ address: '192.0.2.20/32', interface: 'eth0', present: true }],
        terms: [],
        takeover: null,
      },
      {
        name: 'web2',
        state: 'active',
        since: '2026-01-01T00:50:00.000Z',
        reason: 'lb2 has been silent for 3012 ms',
        reason_code: 'holder-lost',
        priority: 150,
        effective_priority: 130,
        holder: 'lb1',
        epoch: 0,
        promised_to: null,
        mandate_ms: null,
        dual_holder: 1,
        addresses: [
          { address: '192.0.2.10/32', interface: 'eth0', present: true },
          { address: '2001:db8::10/128', interface: 'eth0', present: false },
        ],
        terms: [{ what: 'check disk', weight: -20 }],
        takeover: {
          at: '2026-01-01T00:50:00.000Z',
          steps_us: {
            claim_said: 400,
            gate_open: null,
            addresses_confirmed: 1250,
            active_said: 1500,
            first_announcement: 1500,
            last_announcement: 2000,
          },
        },
      },
      {
        name: 'db',
        state: 'standby',
        since: '2026-01-01T00:59:59.999Z',
        reason: 'lb2 holds the group',
        reason_code: 'holder-live',
        priority: 100,
        effective_priority: 100,
        holder: 'lb2',
        epoch: 0,
        promised_to: null,
        mandate_ms: null,
        dual_holder: 0,
        addresses: [{ address: '192.0.2.30/32', interface: 'eth0', present: false }],
        terms: [],
        takeover: null,
      },
    ],
    peers: [
      {
        name: 'lb3',
        address: '192.0.2.3',
        state: 'lost',
        last_heard_ms: null,
        paths: [{ interface: null, state: 'lost' }],
        version: '0.2.0',
        same_config: false,
      },
      {
        name: 'lb2',
        address: '192.0.2.2',
        state: 'two-way',
        last_heard_ms: 12,
        paths: [
          { interface: 'eth0', state: 'two-way' },
          { interface: 'eth1', state: 'one-way' },
        ],
        version: '0.1.0',
        same_config: true,
      },
    ],
    checks: [
      {
        name: 'haproxy',
        state: 'failing',
        since: '2026-01-01T00:59:57.000Z',
        last: { outcome: 'signal', detail: 'SIGKILL', ms: 13, output: 'no route\nto host\u001B[31m' },
      },
      { name: 'disk', state: 'unknown', since: null, last: null },
    ],
    problems: [
      {
        code: 'peer-one-way',
        message:
          'lb2 does not hear this node on eth1: look for a firewall or a switch that drops adverts in one direction',
        since: '2026-01-01T00:59:00.000Z',
      },
    ],
  });
});

test('a lease that is off has no length', (t) => {
  t.deepEqual(statusDocument(view, { ...facts, lease: { kind: 'off' }, leaseOpenMs: null }, moment).lease, {
    kind: 'off',
    ms: null,
    open_ms: null,
  });
});

test('every outcome of a check has the word of the contract', (t) => {
  const words = (
    [
      { kind: 'exit', code: 7 },
      { kind: 'signal', signal: 'SIGTERM' },
      { kind: 'timeout' },
      { kind: 'cannot-run', error: 'EACCES' },
    ] as const
  ).map((outcome) => {
    const check = { name: 'c', state: 'failing', since: moment.now, last: { outcome, ms: 1, output: '' } } as const;
    const last = statusDocument({ ...view, checks: [check] }, facts, moment).checks[0]?.last;
    return [last?.outcome, last?.detail];
  });
  t.deepEqual(words, [
    ['exit 7', null],
    ['signal', 'SIGTERM'],
    ['timeout', null],
    ['cannot run', 'EACCES'],
  ]);
});

test('a name that objects already have is a name like others', (t) => {
  const counts = { ...view.counts, refused: {}, dualHolder: {} };
  const group = { ...(view.groups[0] ?? t.fail()), name: 'constructor' } as View['groups'][number];
  t.is(statusDocument({ ...view, groups: [group], counts }, facts, moment).groups[0]?.dual_holder, 0);
});

test('quorum mode: who votes, who could now, whose promise this node gave and for how long it may hold', (t) => {
  const [first, ...others] = view.groups;
  if (first === undefined) throw new Error('no group');
  const held = { ...first, epoch: 7, promisedTo: 'lb1', mandateUntil: instant(moment.now + 2100) };
  const quorum = { voters: ['lb1', 'lb2', 'w1'], majority: 2, reachable: ['lb1', 'w1'], silentUntil: null };
  const voting: View = { ...view, groups: [held, ...others], quorum };
  const document = statusDocument(voting, { ...facts, mode: 'quorum' }, moment);
  t.is(document.mode, 'quorum');
  t.deepEqual(document.quorum, {
    voters: ['lb1', 'lb2', 'w1'],
    majority: 2,
    reachable: ['lb1', 'w1'],
    silent: false,
    silent_ms: null,
  });
  t.like(document.groups[0], { epoch: 7, promised_to: 'lb1', mandate_ms: 2100 });
  const silent = (silentUntil: View['groups'][number]['since']) =>
    statusDocument({ ...voting, quorum: { ...quorum, silentUntil } }, facts, moment).quorum;
  t.like(silent(instant(moment.now + 400)), { silent: true, silent_ms: 400 });
  t.like(silent(never), { silent: true, silent_ms: null });
  const table = statusTable(document, { width: null, colour: false });
  t.regex(table, /quorum \(2 of 3 voters needed, 2 reached\)/);
  t.regex(statusTable({ ...document, witness: true }, { width: null, colour: false }), /witness in quorum/);
});

test('a loop at normal priority is a problem of the status where adverts come every few milliseconds', (t) => {
  const scheduling = { policy: 'other', priority: 0, resetOnFork: false };
  const found = statusDocument(view, { ...facts, scheduling }, moment).problems.at(-1);
  t.is(found?.code, 'scheduling');
  t.is(found?.since, '2026-01-01T00:00:00.000Z');
  t.is(statusDocument(view, { ...facts, scheduling, intervalMs: 1000 }, moment).problems.length, view.problems.length);
});

test('in pieces it says the same, however many groups there are', (t) => {
  for (const count of [0, 1, 32, 33, 100]) {
    const groups = Array.from({ length: count }, (_, i) => ({
      ...view.groups[i % 3],
      name: `g${i}`,
    })) as View['groups'];
    const pieces = [...statusPieces({ ...view, groups }, facts, moment)];
    t.is(pieces.length, 2 + Math.ceil(count / 32));
    t.deepEqual(
      JSON.parse(pieces.join('')),
      JSON.parse(JSON.stringify(statusDocument({ ...view, groups }, facts, moment))),
    );
  }
});
