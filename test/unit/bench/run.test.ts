import test from 'ava';
import { unsoundArrival } from '../../bench/arrival.ts';
import { type Cell, unsoundInstrument } from '../../bench/cell.ts';
import { type Fault, faults, unsoundFault } from '../../bench/faults.ts';
import { unsoundLoad } from '../../bench/load.ts';
import type { Sample } from '../../bench/results.ts';
import { run } from '../../bench/run.ts';
import { unsoundStart } from '../../bench/start.ts';
import { type SubjectName, subjectNames } from '../../bench/subject.ts';

/** A cell that yields what is listed for it, and writes down what was asked of it. */
function scripted(id: string, yields: (() => Sample)[], log: string[], rounds: Cell['rounds'] = 'each'): Cell {
  return {
    id,
    subjects: subjectNames,
    rounds,
    share: 1,
    steady: rounds === 'each',
    together: false,
    prepare: async (subject, owner) => {
      owner.teardown(async () => void log.push(`${id} ${subject} ended`));
      log.push(`${id} ${subject} begun`);
      return async () => {
        log.push(`${id} ${subject}`);
        return (yields.shift() ?? (() => ({ ms: 1 })))();
      };
    },
    unsound: ({ ms }) => (ms === 0 ? 'nothing was seen' : null),
  };
}

const choice = (cells: readonly Cell[], runs = 1, subjects: readonly SubjectName[] = subjectNames) => ({
  cells,
  runs,
  subjects,
  tell: () => {},
});

test('subjects take turns in every round, and every lab is gone before the next begins', async (t) => {
  const log: string[] = [];
  const { rows } = await run(choice([scripted('a', [], log), scripted('b', [], log, 'beside')], 2));
  const once = ['locum', 'keepalived'].flatMap((name) => [`a ${name} begun`, `a ${name}`, `a ${name} ended`]);
  t.deepEqual(log.slice(0, 12), [...once, ...once]);
  t.deepEqual(log.slice(12), [
    'b locum begun',
    'b keepalived begun',
    'b locum',
    'b keepalived',
    'b locum',
    'b keepalived',
    'b locum ended',
    'b keepalived ended',
  ]);
  t.deepEqual(
    rows.map(({ cell, subject, samples }) => [cell, subject, samples.length]),
    [
      ['a', 'locum', 2],
      ['a', 'keepalived', 2],
      ['b', 'locum', 2],
      ['b', 'keepalived', 2],
    ],
  );
});

test('a sample in which the instrument stood still is taken again, and kept if it stays so', async (t) => {
  const still = () => ({ ms: 5, stallMs: 40 });
  const once = await run(choice([scripted('a', [still], [])], 1, ['locum']));
  t.deepEqual([once.repeated, once.longestStallMs, once.rows[0]?.samples], [1, 0, [{ ms: 1 }]]);
  const always = await run(choice([scripted('a', [still, still, still], [])], 1, ['locum']));
  t.deepEqual([always.repeated, always.longestStallMs, always.broken], [2, 40, []]);
  const why = 'the instrument stood still for 40 ms';
  t.deepEqual(once.discarded, [{ cell: 'a', subject: 'locum', why, samples: [still()] }]);
  t.is(always.discarded.length, 2);
});

test('what says nothing three times is broken and not kept, whether it was seen or thrown', async (t) => {
  const nothing = () => ({ ms: 0 });
  const throws = () => {
    throw new Error('keepalived did not start');
  };
  const seen = await run(choice([scripted('a', [nothing, nothing, nothing], [])], 1, ['locum']));
  t.deepEqual([seen.rows, seen.broken], [[], ['a locum: nothing was seen']]);
  const log: string[] = [];
  const thrown = await run(choice([scripted('a', [throws, throws, throws], log)], 1, ['locum']));
  t.deepEqual([thrown.rows, thrown.broken], [[], ['a locum: keepalived did not start']]);
  t.is(log.filter((line) => line.endsWith('ended')).length, 3);
});

test('of subjects side by side one that fails is measured again with the other, and what fails three times is alone in it', async (t) => {
  const throws = () => {
    throw new Error('gone');
  };
  const fine = () => ({ ms: 2 });
  const once = await run(choice([scripted('a', [throws, fine], [], 'beside')]));
  t.deepEqual(
    once.discarded.map(({ subject, why }) => [subject, why]),
    [
      ['locum', 'gone'],
      ['keepalived', 'with the other subject: gone'],
    ],
  );
  t.deepEqual([once.rows.map(({ samples }) => samples), once.broken], [[[{ ms: 1 }], [{ ms: 1 }]], []]);
  const always = await run(choice([scripted('a', [throws, fine, throws, fine, throws, fine], [], 'beside')]));
  t.deepEqual(always.broken, ['a locum: gone']);
  t.deepEqual(
    always.rows.map(({ subject, samples }) => [subject, samples]),
    [['keepalived', [{ ms: 2 }]]],
  );
});

const fault = (id: string): Fault => {
  const found = faults.find((one) => one.id === id);
  if (found === undefined) throw new Error(`there is no fault ${id}`);
  return found;
};
const client = { sent: 1000, answers: 900, stallMs: 2 };

test('an instrument that asked nothing, heard nothing or stood still measures nothing', (t) => {
  t.is(unsoundInstrument(client), null);
  t.regex(unsoundInstrument({ ...client, sent: 0 }) ?? '', /sent nothing/);
  t.regex(unsoundInstrument({ ...client, answers: 0 }) ?? '', /no answer/);
  t.regex(unsoundInstrument({ ...client, stallMs: 1001 }) ?? '', /stood still/);
});

test('a gap is missed only where there must be one, however long it is', (t) => {
  t.regex(unsoundFault({ ...client, gapMs: 0 }, fault('gone'), '100ms') ?? '', /a gap of 0 ms/);
  t.is(unsoundFault({ ...client, gapMs: 60_000 }, fault('gone'), '100ms'), null);
  t.is(unsoundFault({ ...client, gapMs: 0 }, fault('stop'), '100ms'), null);
});

test('every address has to arrive, every daemon costs something, and every start is heard', (t) => {
  t.regex(unsoundArrival({ ...client, gapMs: 9, arrived: 254 }, fault('gone'), 255) ?? '', /254 of 255/);
  t.is(unsoundArrival({ ...client, gapMs: 9, arrived: 255 }, fault('gone'), 255), null);
  t.regex(unsoundLoad({ holderCpu: 0, holderMb: 3 }) ?? '', /holderCpu is 0/);
  t.is(unsoundLoad({ holderCpu: 0.01, holderMb: 3 }), null);
  t.regex(unsoundStart({ startMs: Number.NaN, stallMs: 1 }) ?? '', /no advert/);
  t.is(unsoundStart({ startMs: 9000, stallMs: 1 }), null);
});
