// The lease against the down time: what "auto" is, and what is said when a lease outlives it.

import test from 'ava';
import { describeSettings } from '#config/describe';
import { leaseWithoutGate } from '#config/lease';
import { config, problemsOf, settingsOf, warningsOf } from './host.ts';

function timed(interval: string, downAfter: number, lease = 'auto'): string {
  return config({
    cluster: `interval = "${interval}"\ndown_after = ${downAfter}`,
    rest: `[safety]\nlease = "${lease}"`,
  });
}

function leaseMs(toml: string): number | null {
  const { lease } = settingsOf(toml);
  return lease.kind === 'nftables' ? lease.ms : null;
}

const automatic: readonly (readonly [interval: string, downAfter: number, ms: number, withoutGate: number])[] = [
  // The down time less the probe window (a tenth of the interval, 2 to 50 ms) and a tick. Without a gate: two
  // seconds at least, because the kernel counts whole ones.
  ['10ms', 3, 24, 2000],
  ['100ms', 3, 286, 2000],
  ['1s', 3, 2946, 2000],
  ['1s', 5, 4946, 3000],
  ['1s', 10, 9946, 8000],
  // One late advert must not end it: 1.25 intervals beat the room.
  ['10ms', 2, 14, 2000],
  ['2s', 2, 3946, 3000],
  ['60s', 2, 119_946, 118_000],
];

for (const [interval, downAfter, ms, withoutGate] of automatic) {
  test(`lease = "auto" at ${interval} and ${downAfter} adverts is ${ms} ms`, (t) => {
    t.is(leaseMs(timed(interval, downAfter)), ms);
    t.deepEqual(warningsOf(timed(interval, downAfter)), []);
    t.deepEqual(leaseWithoutGate(settingsOf(timed(interval, downAfter))), { kind: 'address', ms: withoutGate });
  });
}

test('the addresses outlive the gate by four seconds at least, in whole seconds', (t) => {
  t.deepEqual(settingsOf(timed('1s', 3)).lease, { kind: 'nftables', ms: 2946, lateMs: 4, addressMs: 7000 });
  t.deepEqual(settingsOf(timed('100ms', 3)).lease, { kind: 'nftables', ms: 286, lateMs: 4, addressMs: 5000 });
});

test('an explicit lease is taken as it is', (t) => {
  t.is(leaseMs(timed('1s', 3, '2s')), 2000);
  t.is(leaseMs(timed('1s', 3, '2001ms')), 2001);
  t.is(leaseMs(timed('1s', 3, '1m')), 60_000);
  t.is(problemsOf(timed('1s', 3, '1s')).length, 1);
  t.is(leaseMs(timed('1600ms', 3, '2s')), 2000);
  t.is(problemsOf(timed('1601ms', 3, '2s')).length, 1);
});

test('a lease that is worse than "auto" warns for how long two hosts could answer', (t) => {
  t.deepEqual(warningsOf(timed('1s', 3, '10s')), [
    'f.toml:12: safety.lease: after the daemon of a holder freezes or is killed, two hosts could answer for up to 7054ms, where the wire does not show that the old one still does. "auto" would be "2946ms".',
  ]);
  t.deepEqual(warningsOf(`${timed('1s', 3, '10s')}probe = false`), [
    'f.toml:12: safety.lease: after the daemon of a holder freezes or is killed, two hosts could answer for up to 7054ms, since the wire is not asked. "auto" would be "2946ms".',
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
    'lease: the kernel lets this host answer for 2946ms after the last advert, and lets go before another host claims',
  );
  t.is(
    line(timed('1s', 3, '10s')),
    'lease: the kernel lets this host answer for 10s after the last advert; if the daemon of a holder freezes or is killed, two hosts could answer for up to 7054ms, where the wire does not show that the old one still does',
  );
  t.regex(
    line(`${timed('1s', 3, '10s')}probe = false`) ?? '',
    /could answer for up to 7054ms, since the wire is not asked$/,
  );
  t.is(line(timed('1s', 3, 'off')), 'lease: off; addresses stay where a daemon was killed or hangs');
});
