import test from 'ava';
import type { DaemonEvent } from '#model/event';
import { passes, recordOf, renderRecord } from '#ops/log-line';

const at = Date.parse('2026-01-01T00:00:00.000Z');

const events: { readonly [C in DaemonEvent['code']]: Extract<DaemonEvent, { code: C }> } = {
  group: {
    code: 'group',
    group: 'web',
    from: 'standby',
    to: 'active',
    reason: { kind: 'holder-lost', holder: 'lb2', silentMs: 3012 },
  },
  peer: { code: 'peer', peer: 'lb2', from: 'two-way', to: 'lost' },
  path: { code: 'path', peer: 'lb2', path: 'eth0', from: 'unknown', to: 'two-way' },
  check: {
    code: 'check',
    check: 'haproxy',
    from: 'passing',
    to: 'failing',
    outcome: { kind: 'exit', code: 1 },
    output: 'refused\nagain\n',
  },
  link: { code: 'link', interface: 'eth0', to: 'down' },
  problem: { code: 'problem', problem: { code: 'dual-holder', group: 'web', peer: 'lb2' } },
  'problem-over': { code: 'problem-over', problem: { code: 'dual-holder', group: 'web', peer: 'lb2' } },
  'hook-failed': { code: 'hook-failed', group: 'web', outcome: { kind: 'timeout' }, output: '' },
  fenced: { code: 'fenced', cause: { kind: 'operator', text: 'disk\nfails' }, forMs: null },
  unfenced: { code: 'unfenced', by: 'time' },
  'fence-self': { code: 'fence-self', outcome: { kind: 'exit', code: 1 }, ms: 4.4, output: 'no' },
  'fence-peer': { code: 'fence-peer', peer: 'lb2', silentMs: 3012 },
  'fence-peer-ended': {
    code: 'fence-peer-ended',
    peer: 'lb2',
    outcome: { kind: 'exit', code: 0 },
    ms: 812.2,
    output: '',
    counts: true,
  },
  late: { code: 'late', lateMs: 1234.56 },
  slept: { code: 'slept', ms: 28_800_000.4 },
};

function text(event: DaemonEvent): string {
  return renderRecord(recordOf(event), { format: 'text', stamp: 'priority' }, at);
}

test('every event is one line, with its level and its code', (t) => {
  t.deepEqual(Object.values<DaemonEvent>(events).map(text), [
    '<6>web: standby -> active: lb2 has been silent for 3012 ms [group]\n',
    '<4>peer lb2: two-way -> lost: it is silent [peer]\n',
    '<6>peer lb2 on eth0: unknown -> two-way: both hear each other [path]\n',
    '<4>check haproxy: passing -> failing: exit 1, says: refused | again [check]\n',
    '<4>the link of eth0 is down [link]\n',
    '<3>lb2 holds web at the same time as this node: look for lost adverts between the two [problem dual-holder]\n',
    '<6>over: lb2 holds web at the same time as this node [problem-over dual-holder]\n',
    '<4>web: the change hook failed: timeout [hook-failed]\n',
    '<4>this node is fenced until "locum unfence": an operator says: disk | fails [fenced]\n',
    '<6>this node is fenced no more: its time is up [unfenced]\n',
    "<3>the program of this node's own fence ended: exit 1, says: no [fence-self]\n",
    '<4>lb2 has been silent for 3012 ms and is fenced [fence-peer]\n',
    '<4>fencing lb2: exit 0 after 812 ms, it is off [fence-peer-ended]\n',
    '<4>the main loop ran 1235 ms late [late]\n',
    '<4>this host was suspended for 8 h [slept]\n',
  ]);
});

test('a node that nobody remembers is fenced without a number for its silence', (t) => {
  const event = { code: 'fence-peer', peer: 'lb2', silentMs: null } as const;
  t.is(text(event), '<4>lb2 has not been heard for so long that it is forgotten, and is fenced [fence-peer]\n');
  t.deepEqual(recordOf(event).fields, { peer: 'lb2', silent_ms: null });
});

test('outside the journal a line carries its time and its level', (t) => {
  const line = renderRecord(recordOf(events.late), { format: 'text', stamp: 'wall' }, at);
  t.is(line, '2026-01-01T00:00:00.000Z warning the main loop ran 1235 ms late [late]\n');
});

test('JSON is one object on one line with the fields beside the message', (t) => {
  for (const event of Object.values<DaemonEvent>(events)) {
    const line = renderRecord(recordOf(event), { format: 'json', stamp: 'wall' }, at);
    t.is(line.indexOf('\n'), line.length - 1);
    const said = JSON.parse(line) as Record<string, unknown>;
    const { level, code, message, fields } = recordOf(event);
    t.deepEqual(said, { ts: '2026-01-01T00:00:00.000Z', level, code, message, ...fields });
  }
  t.true(renderRecord(recordOf(events.late), { format: 'json', stamp: 'priority' }, at).startsWith('<4>{'));
});

test('the threshold lets through what is at least as grave', (t) => {
  t.deepEqual(
    (['error', 'warning', 'info', 'debug'] as const).map((level) => passes(level, 'warning')),
    [true, true, false, false],
  );
});

test('a long output is cut in the line', (t) => {
  const line = text({ ...events.check, output: 'x'.repeat(5000) });
  t.true(line.length < 400, `${line.length}`);
});
