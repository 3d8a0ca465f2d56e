import test from 'ava';
import { schedulingProblem, schedulingWords } from '#ops/scheduling-words';

const normal = { policy: 'other', priority: 0, resetOnFork: false };
const realtime = { policy: 'rr', priority: 10, resetOnFork: true };

test('a normal priority is a problem below 100 ms, and none from there on', (t) => {
  t.regex(
    schedulingProblem(normal, 99) ?? '',
    /no realtime priority, and adverts every 99 ms .*\(CPUSchedulingPolicy=\)/,
  );
  t.is(schedulingProblem(normal, 100), null);
  t.regex(schedulingProblem({ ...normal, policy: 'batch' }, 10) ?? '', /no realtime/);
});

test('a realtime priority is good at any interval, unless what the daemon starts inherits it', (t) => {
  for (const policy of ['rr', 'fifo', 'deadline']) t.is(schedulingProblem({ ...realtime, policy }, 10), null);
  t.regex(schedulingProblem({ ...realtime, resetOnFork: false }, 1000) ?? '', /scripts and hooks inherit it/);
});

test('in a word', (t) => {
  t.is(schedulingWords(normal), 'normal priority');
  t.is(schedulingWords(realtime), 'realtime (rr 10)');
});
