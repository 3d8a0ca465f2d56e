import test from 'ava';
import type { Cell } from '../../bench/cell.ts';
import { schedule } from '../../bench/schedule.ts';
import { subjectNames } from '../../bench/subject.ts';

const cell = (id: string, more: Partial<Cell> = {}): Cell => ({
  id,
  subjects: subjectNames,
  rounds: 'each',
  often: true,
  together: false,
  prepare: () => Promise.reject(new Error('nothing is measured here')),
  unsound: () => null,
  ...more,
});
const shown = (cells: readonly Cell[], runs: number, subjects = subjectNames.slice()) =>
  schedule(cells, subjects, runs).map(({ label, runs: each, tasks }) =>
    [label, each, ...tasks.map((task) => `${task.cell.id}.${task.subject}`)].join(' '),
  );

test('every round has every cell, the subjects of one after another; what comes from one lab is last', (t) => {
  t.deepEqual(shown([cell('load', { rounds: 'once' }), cell('stop'), cell('gone', { subjects: ['locum'] })], 2), [
    '1/2 1 stop.locum stop.keepalived',
    '1/2 1 gone.locum',
    '2/2 1 stop.locum stop.keepalived',
    '2/2 1 gone.locum',
    'all 2 load.locum load.keepalived',
  ]);
});

test('what is not measured often takes part in three rounds of five, and in the only one', (t) => {
  const rare = [cell('rare', { often: false })];
  t.is(shown(rare, 5).length, 3);
  t.is(shown(rare, 3).length, 2);
  t.is(shown(rare, 1).length, 1);
});

test('slow cells are made ready four at once, and not with others', (t) => {
  const slow = ['a', 'b', 'c', 'd', 'e'].map((id) => cell(id, { together: true }));
  t.deepEqual(shown([...slow, cell('f')], 1, ['locum']), [
    '1/1 1 a.locum b.locum c.locum d.locum',
    '1/1 1 e.locum',
    '1/1 1 f.locum',
  ]);
});

test('a subject that is not wanted is left out, and so is what nothing is left of', (t) => {
  t.deepEqual(shown([cell('a'), cell('b', { subjects: ['locum'] })], 1, ['keepalived']), ['1/1 1 a.keepalived']);
});
