// What may wait for what clients wait for.

import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { Afterwards } from '#cli/afterwards';

test('in order, after the turn in which it was asked for', async (t) => {
  const done: number[] = [];
  const afterwards = new Afterwards(() => false);
  afterwards.do(() => done.push(1));
  afterwards.do(() => done.push(2));
  t.deepEqual(done, []);
  await sleep(20);
  t.deepEqual(done, [1, 2]);
});

test('not while something is urgent, and all of it then', async (t) => {
  let urgent = true;
  const done: number[] = [];
  const afterwards = new Afterwards(() => urgent);
  afterwards.do(() => done.push(1));
  await sleep(30);
  afterwards.do(() => done.push(2));
  t.deepEqual(done, []);
  urgent = false;
  await sleep(30);
  t.deepEqual(done, [1, 2]);
});

test('whatever is urgent, it is done some time; and at once when the process ends', async (t) => {
  const done: number[] = [];
  const afterwards = new Afterwards(() => true);
  afterwards.do(() => done.push(1));
  await sleep(1000);
  t.deepEqual(done, [], 'a thousand addresses take a third of that on a slow host');
  while (done.length === 0) await sleep(100);
  t.deepEqual(done, [1]);
  afterwards.do(() => done.push(2));
  afterwards.flush();
  t.deepEqual(done, [1, 2]);
});
