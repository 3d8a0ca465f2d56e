import test from 'ava';
import type { View } from '#model/view';
import { statusSentence } from '#ops/status-sentence';
import { view } from './fixture.ts';

test('what it holds, what is faulted, who is there, what is wrong', (t) => {
  t.is(statusSentence(view), 'holds web2 of 3 groups; web10 faulted; 1 of 2 peers live; problems: peer-one-way');
});

test('nothing held and nothing wrong is said shortly', (t) => {
  t.is(statusSentence({ ...view, groups: [], peers: [], problems: [] }), 'holds none of 0 groups; 0 of 0 peers live');
});

test('many groups are a number', (t) => {
  const groups = Array.from({ length: 300 }, (_, i) => ({ ...view.groups[1], name: `g${i}` })) as View['groups'];
  t.true(statusSentence({ ...view, groups }).startsWith('holds 300 of 300 groups;'));
});
