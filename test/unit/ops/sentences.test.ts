// Every reason and every problem is a whole sentence that names whom and what it is about. The tables
// are complete by their types: a new kind does not compile until it is here.

import test from 'ava';
import type { Problem } from '#model/problem';
import type { Reason } from '#model/reason';
import { problemSentence, problemWords } from '#ops/problem-sentences';
import { reasonSentence } from '#ops/sentences';

const key = 'eth0/192.0.2.10/32';

export const reasons: { readonly [K in Reason['kind']]: Extract<Reason, { kind: K }> } = {
  listening: { kind: 'listening', forMs: 3000 },
  'awaiting-check': { kind: 'awaiting-check', check: 'haproxy' },
  'holder-live': { kind: 'holder-live', holder: 'lb2' },
  'claim-late': { kind: 'claim-late' },
  'claimant-live': { kind: 'claimant-live', claimant: 'lb2' },
  'holder-unproven': { kind: 'holder-unproven', holder: 'lb2' },
  'table-unknown': { kind: 'table-unknown', peer: 'lb2' },
  'waiting-to-preempt': { kind: 'waiting-to-preempt', holder: 'lb2', delayMs: 5000 },
  'asked-to-preempt': { kind: 'asked-to-preempt', holder: 'lb2' },
  'waiting-turn': { kind: 'waiting-turn', ahead: 2 },
  'no-holder': { kind: 'no-holder' },
  'holder-lost': { kind: 'holder-lost', holder: 'lb2', silentMs: 3012 },
  'handed-over': { kind: 'handed-over', by: 'lb2' },
  resigned: { kind: 'resigned', by: 'lb2' },
  adopted: { kind: 'adopted' },
  'adoption-unconfirmed': { kind: 'adoption-unconfirmed' },
  stopping: { kind: 'stopping' },
  yielded: { kind: 'yielded', to: 'lb2' },
  'yield-unanswered': { kind: 'yield-unanswered', to: 'lb2' },
  outranked: { kind: 'outranked', by: 'lb2' },
  unheard: { kind: 'unheard', by: 'lb2' },
  'late-wake': { kind: 'late-wake', lateMs: 4100, leaseMs: 2000 },
  slept: { kind: 'slept', ms: 28_800_000 },
  'lease-lapsed': { kind: 'lease-lapsed' },
  'no-majority': { kind: 'no-majority', votes: 1, needed: 2 },
  promised: { kind: 'promised', to: 'lb2' },
  'too-few-votes': { kind: 'too-few-votes', votes: 1, voters: 3, needed: 2 },
  'claim-rests': { kind: 'claim-rests', forMs: 2000 },
  'silent-voter': { kind: 'silent-voter', forMs: 10_300 },
  'voters-changed': { kind: 'voters-changed' },
  deposed: { kind: 'deposed', by: 'lb2' },
  'turned-off': { kind: 'turned-off', by: 'lb2' },
  'check-failed': { kind: 'check-failed', check: 'haproxy', outcome: 'exit 1' },
  'link-down': { kind: 'link-down', interface: 'eth0' },
  'interface-missing': { kind: 'interface-missing', interface: 'eth0' },
  'duplicate-name': { kind: 'duplicate-name', address: '192.0.2.3' },
  'address-refused': { kind: 'address-refused', address: '192.0.2.10', error: 'EPERM', retryMs: 2000 },
  'address-foreign': { kind: 'address-foreign', address: '192.0.2.10', interface: 'eth0' },
  'address-stuck': { kind: 'address-stuck', address: '192.0.2.10', error: 'EBUSY' },
  'still-answering': { kind: 'still-answering', holder: 'lb2', address: '192.0.2.10', mac: '02:00:00:00:00:02' },
  'address-answered': { kind: 'address-answered', address: '192.0.2.10', mac: '02:00:00:00:00:09', by: null },
  'asking-wire': { kind: 'asking-wire' },
  'gateway-unreached': { kind: 'gateway-unreached', peer: 'lb2' },
  isolated: { kind: 'isolated' },
  fenced: { kind: 'fenced', cause: { kind: 'check', check: 'disk', outcome: 'exit 1' } },
  unfenced: { kind: 'unfenced' },
  fencing: { kind: 'fencing', peer: 'lb2' },
  'fence-failed': { kind: 'fence-failed', peer: 'lb2', outcome: 'exit 1', retryMs: 2000 },
  'claim-unanswered': { kind: 'claim-unanswered', nodes: 'lb2' },
  'heard-elsewhere': { kind: 'heard-elsewhere', peer: 'lb2' },
  'nodes-unheard': { kind: 'nodes-unheard', nodes: 'lb2, lb3' },
  unsendable: { kind: 'unsendable', silentMs: 3100 },
};

export const problems: { readonly [C in Problem['code']]: Extract<Problem, { code: C }> } = {
  'peer-one-way': { code: 'peer-one-way', peer: 'lb3', path: 'eth0' },
  'peer-config-differs': { code: 'peer-config-differs', peer: 'lb2' },
  'duplicate-name': { code: 'duplicate-name', node: 'lb1', address: '192.0.2.3' },
  'dual-holder': { code: 'dual-holder', group: 'web', peer: 'lb2' },
  'path-unsendable': { code: 'path-unsendable', path: 'eth0', error: 'ENETDOWN' },
  'interface-missing': { code: 'interface-missing', interface: 'eth0' },
  'link-down': { code: 'link-down', interface: 'eth0' },
  'address-foreign': { code: 'address-foreign', group: 'web', key },
  'address-refused': { code: 'address-refused', group: 'web', key, error: 'EPERM' },
  'address-removed': { code: 'address-removed', group: 'web', key, times: 1 },
  'address-stuck': { code: 'address-stuck', group: 'web', key, error: 'EBUSY' },
  'check-failing': { code: 'check-failing', check: 'haproxy', outcome: 'exit 1' },
  'hook-failing': { code: 'hook-failing', group: 'web', outcome: 'timeout' },
  'holder-silent-but-answers': { code: 'holder-silent-but-answers', holder: 'lb2', mac: '02:00:00:00:00:02' },
  'address-answered': { code: 'address-answered', group: 'web', key, mac: '02:00:00:00:00:09', by: 'lb3' },
  'address-conflict': { code: 'address-conflict', group: 'web', key, mac: '02:00:00:00:00:09', times: 2 },
  'probe-blind': { code: 'probe-blind', key, mac: '02:00:00:00:00:09' },
  'gateway-unreached': { code: 'gateway-unreached', peer: 'lb2' },
  'gateway-lost': { code: 'gateway-lost' },
  isolated: { code: 'isolated' },
  'fence-survived': { code: 'fence-survived', peer: 'lb2' },
  'fence-failed': { code: 'fence-failed', peer: 'lb2', outcome: 'exit 1', output: 'no route', blocked: true },
  'fence-self-failed': { code: 'fence-self-failed', outcome: 'timeout', output: 'busy' },
  'latch-unwritten': { code: 'latch-unwritten', error: 'EROFS', fenced: true },
  'lease-off': { code: 'lease-off' },
  'voters-differ': { code: 'voters-differ', peer: 'lb2' },
  'voters-changed': { code: 'voters-changed', before: 'lb1, lb2, lb3', now: 'lb1, lb2, lb3, lb4, lb5' },
  'hold-too-long': { code: 'hold-too-long', peer: 'lb2', holdMs: 12_000, longestMs: 10_000 },
  'lease-coarse': { code: 'lease-coarse', why: 'no module nf_tables' },
  'lease-lapsed': { code: 'lease-lapsed' },
  'no-peer-heard': { code: 'no-peer-heard' },
};

/** What a reader must find in the sentence: every word of the value but its kind, and keys as people write them. */
function wordsIn(value: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(value).flatMap(([name, word]) => {
    if (name === 'kind' || name === 'code' || typeof word !== 'string') return [];
    return name === 'key' ? ['192.0.2.10/32 on eth0'] : [word];
  });
}

function looksWhole(sentence: string): boolean {
  return (
    sentence.length > 12 && !/undefined|null|NaN|Infinity|\n| {2}|\[object/.test(sentence) && !sentence.endsWith('.')
  );
}

for (const reason of Object.values<Reason>(reasons)) {
  test(`reason ${reason.kind} is a sentence`, (t) => {
    const sentence = reasonSentence(reason);
    t.true(looksWhole(sentence), sentence);
    for (const word of wordsIn({ ...reason })) t.true(sentence.includes(word), `${sentence} should name ${word}`);
  });
}

for (const problem of Object.values<Problem>(problems)) {
  test(`problem ${problem.code} says what is wrong and what to do`, (t) => {
    const { what, advice } = problemWords(problem);
    t.true(looksWhole(what), what);
    t.true(looksWhole(advice), advice);
    t.is(problemSentence(problem), `${what}: ${advice}`);
    for (const word of wordsIn({ ...problem })) t.true(what.includes(word), `${what} should name ${word}`);
  });
}

test('no two reasons and no two problems read the same', (t) => {
  const sentences = [
    ...Object.values<Reason>(reasons).map(reasonSentence),
    ...Object.values<Problem>(problems).map(problemSentence),
  ];
  t.is(new Set(sentences).size, sentences.length);
});

test('numbers are words', (t) => {
  t.is(reasonSentence(reasons['holder-lost']), 'lb2 has been silent for 3012 ms');
  t.is(reasonSentence(reasons.listening), 'this node listens for 3 s before it claims anything');
  t.regex(reasonSentence(reasons['waiting-turn']), /2 better-ranked nodes/);
  t.regex(reasonSentence({ kind: 'waiting-turn', ahead: 0 }), /this node is the next/);
  t.regex(reasonSentence({ kind: 'waiting-turn', ahead: 1 }), /1 better-ranked node may/);
  t.regex(problemSentence(problems['address-removed']), /1 time so far/);
});

test('what others say cannot forge a line or speak to the terminal', (t) => {
  const sentence = reasonSentence({ kind: 'check-failed', check: 'c', outcome: 'exit 1\nweb: active\u001B[2J' });
  t.false(sentence.includes('\n') || sentence.includes('\u001B'), sentence);
});
