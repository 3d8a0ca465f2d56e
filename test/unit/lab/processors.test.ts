import test from 'ava';
import { processorsIn } from '../../lab/processors.ts';

test('a list of processors as the kernel writes it', (t) => {
  t.deepEqual(processorsIn('0'), [0]);
  t.deepEqual(processorsIn('0-1'), [0, 1]);
  t.deepEqual(processorsIn('1,4-6,9'), [1, 4, 5, 6, 9]);
  t.throws(() => processorsIn(''), { message: /expected numbers/ });
});
