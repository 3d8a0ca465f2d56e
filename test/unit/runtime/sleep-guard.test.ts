// Until when a holder may stand still before it is told of a suspend.

import test from 'ava';
import { type Instant, instant, never } from '#lib/time';
import type { KernelPort } from '#ports/kernel';
import { guardSleep } from '#runtime/sleep-guard';

function play() {
  const did: string[] = [];
  const set: Instant[] = [];
  const note = (what: string) => (): void => {
    did.push(what);
  };
  const port: KernelPort = {
    hold: note('hold'),
    renew: note('renew'),
    silence: note('silence'),
    release: note('release'),
  };
  const alarm = { set: (at: Instant) => set.push(at) };
  return { did, set, kernel: guardSleep(port, { authorityMs: 300, now: () => instant(1000), alarm }) };
}

test('a renewal sets the alarm to the end of what its advert is worth, or to that of the lease if it comes first', (t) => {
  const { set, kernel } = play();
  kernel.renew(1, instant(900), instant(2000), 0);
  kernel.renew(2, instant(900), instant(1150), 0);
  kernel.renew(3, instant(900), null, 0);
  t.deepEqual(set, [instant(1200), instant(1150), instant(1200)]);
});

test('so does what is asked for, reckoned from now', (t) => {
  const { set, kernel } = play();
  kernel.hold(1, [], instant(1100), never);
  kernel.hold(2, [], null, never);
  t.deepEqual(set, [instant(1100), instant(1300)]);
});

test('everything is passed on, and what is let go of needs no alarm', (t) => {
  const { did, set, kernel } = play();
  kernel.silence([]);
  kernel.release(1, []);
  t.deepEqual(set, []);
  kernel.hold(2, [], null, never);
  kernel.renew(3, instant(0), null, 0);
  t.deepEqual(did, ['silence', 'release', 'hold', 'renew']);
});
