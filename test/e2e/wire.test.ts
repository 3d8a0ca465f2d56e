// Two live hosts whose adverts a firewall drops, while the segment between them works: the wire is asked before a
// claim, so there is one holder for as long as it answers, and another soon after it is gone.

import test from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../lab/lab.ts';
import { untilAnswers } from '../lab/seen.ts';

const dropAdverts = `add table inet filtered
add chain inet filtered in { type filter hook prerouting priority -300 ; }
add rule inet filtered in udp dport 10112 drop`;

test('adverts are filtered, the segment is not: one holder while it answers, the other once it is dead', async (t) => {
  const lab = await Lab.up(t, { hosts: 2, interval: '100ms' });
  for (const host of ['h1', 'h2']) for (const rule of dropAdverts.split('\n')) await lab.exec(host, 'nft', rule);
  await lab.waitFor(
    'h2',
    ({ problems }) => problems.some(({ code }) => code === 'holder-silent-but-answers'),
    3000,
    'what the wire says',
  );
  await sleep(1500);
  for (const address of lab.addresses) t.deepEqual(await lab.holders(address), ['h1'], address);
  const witness = await lab.answering();
  await untilAnswers(witness, 'h1', 2000);
  await lab.kill('h1');
  await lab.waitForState('h2', 'active', 5000);
  await untilAnswers(witness, 'h2', 2000);
  t.is((await witness.stop()).longestOverlapMs, 0, 'the kernel of the dead one was silent before');
});
