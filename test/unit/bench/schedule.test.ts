import test from 'ava';
import type { Cell } from '../../bench/cell.ts';
import { schedule } from '../../bench/schedule.ts';
import { subjectNames } from '../../bench/subject.ts';

const cell = (id: string, more: Partial<Cell> = {}): Cell => ({
  id,
  subjects: subjectNames,
  rounds: 'each',
  share: 1,
  steady: true,
  together: false,
  prepare: () => Promise.reject(new Error('nothing is measured here')),
  unsound: () => null,
  ...more,
});
const shown = (cells: readonly Cell[], runs: number, subjects = subjectNames.slice()) =>
  schedule(cells, subjects, runs).map(({ label, beside, tasks }) =>
    [label, beside ?? 'each', ...tasks.map((task) => `${task.cell.id}.${task.subject}`)].join(' '),
  );

test('every round has every cell, the subjects of one after another; what stands side by side is last', (t) => {
  t.deepEqual(shown([cell('load', { rounds: 'beside' }), cell('stop'), cell('gone', { subjects: ['locum'] })], 2), [
    '1/2 each stop.locum stop.keepalived',
    '1/2 each gone.locum',
    '2/2 each stop.locum stop.keepalived',
    '2/2 each gone.locum',
    'all 2 load.locum load.keepalived',
  ]);
});

test('a share of less than one leaves rounds out, and a greater one comes again in a round', (t) => {
  const rare = [cell('rare', { share: 0.6 })];
  t.is(shown(rare, 5).length, 3);
  t.is(shown(rare, 3).length, 2);
  t.is(shown(rare, 1).length, 1);
  t.deepEqual(shown([cell('often', { share: 2 }), cell('a')], 1, ['locum']), [
    '1/1 each often.locum',
    '1/1 each a.locum',
    '1/1 each often.locum',
  ]);
  t.deepEqual(shown([cell('start', { share: 2, rounds: 'beside' })], 5, ['locum']), ['all 10 start.locum']);
});

test('slow cells are made ready four at once, and not with others', (t) => {
  const slow = ['a', 'b', 'c', 'd', 'e'].map((id) => cell(id, { together: true }));
  t.deepEqual(shown([...slow, cell('f')], 1, ['locum']), [
    '1/1 each a.locum b.locum c.locum d.locum',
    '1/1 each e.locum',
    '1/1 each f.locum',
  ]);
});

test('a subject that is not wanted is left out, and so is what nothing is left of', (t) => {
  t.deepEqual(shown([cell('a'), cell('b', { subjects: ['locum'] })], 1, ['keepalived']), ['1/1 each a.keepalived']);
});
