// The lease against the down time: what "auto" is, and what is said when a lease outlives it.

import test from 'ava';
import { describeSettings } from '#config/describe';
import { config, problemsOf, settingsOf, warningsOf } from './host.ts';

function timed(interval: string, downAfter: number, lease = 'auto'): string {
  return config({
    cluster: `interval = "${interval}"\ndown_after = ${downAfter}`,
    rest: `[safety]\nlease = "${lease}"`,
  });
}

function leaseMs(toml: string): number | null {
  const { lease } = settingsOf(toml);
  return lease.kind === 'address' ? lease.ms : null;
}

const automatic: readonly (readonly [interval: string, downAfter: number, ms: number])[] = [
  // Two seconds at least, because the kernel counts whole ones.
  ['10ms', 2, 2000],
  ['100ms', 3, 2000],
  ['1s', 3, 2000],
  // Down time 4.25 s and a probe window of 50 ms: 2.95 s of room. 50 ms more make it three.
  ['850ms', 5, 2000],
  ['860ms', 5, 3000],
  ['1s', 5, 3000],
  ['1s', 10, 8000],
  // One late advert must not end it: 1.25 intervals beat the room.
  ['1600ms', 2, 2000],
  ['1610ms', 2, 3000],
  ['2s', 2, 3000],
  ['10s', 2, 18_000],
  ['60s', 2, 118_000],
];

for (const [interval, downAfter, ms] of automatic) {
  test(`lease = "auto" at ${interval} and ${downAfter} adverts is ${ms} ms`, (t) => {
    t.is(leaseMs(timed(interval, downAfter)), ms);
    t.deepEqual(warningsOf(timed(interval, downAfter)), []);
  });
}

test('an explicit lease is taken in whole seconds from 2 s on', (t) => {
  t.is(leaseMs(timed('1s', 3, '2s')), 2000);
  t.is(leaseMs(timed('1s', 3, '2000ms')), 2000);
  t.is(leaseMs(timed('1s', 3, '1m')), 60_000);
  t.is(problemsOf(timed('1s', 3, '2001ms')).length, 1);
  t.is(problemsOf(timed('1s', 3, '1s')).length, 1);
  t.is(leaseMs(timed('1600ms', 3, '2s')), 2000);
  t.is(problemsOf(timed('1601ms', 3, '2s')).length, 1);
});

test('a lease that is worse than "auto" warns for how long two hosts could answer', (t) => {
  t.deepEqual(warningsOf(timed('1s', 3, '10s')), [
    'f.toml:12: safety.lease: after the daemon of a holder freezes or is killed, two hosts could answer for up to 8300ms. "auto" would be "2s".',
  ]);
  t.deepEqual(warningsOf(timed('1s', 10, '8s')), []);
  t.deepEqual(warningsOf(timed('1s', 10, '3s')), []);
});

test('without a lease it says so', (t) => {
  t.deepEqual(warningsOf(timed('1s', 3, 'off')), [
    'f.toml:12: safety.lease: without a lease the addresses of a daemon that was killed or hangs stay, while another host claims them.',
  ]);
  t.is(leaseMs(timed('1s', 3, 'off')), null);
});

test('the effective settings say what is left open, and what is not', (t) => {
  const line = (toml: string): string | undefined =>
    describeSettings(settingsOf(toml))
      .lines.find((each) => each.includes('lease:'))
      ?.trim();
  t.is(
    line(timed('1s', 3)),
    'lease: the kernel keeps an address 2s after the last advert; if the daemon of a holder freezes or is killed, two hosts could answer for up to 300ms',
  );
  t.is(
    line(timed('1s', 10)),
    'lease: the kernel keeps an address 8s after the last advert, and lets go before another host claims',
  );
  t.is(line(timed('1s', 3, 'off')), 'lease: off; addresses stay where a daemon was killed or hangs');
});
