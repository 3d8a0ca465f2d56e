// PROTOCOL section 2, the wire as witness: who is asked when, and which silence of the wire ends the wait.

import test from 'ava';
import { addressKey } from '#lib/ip';
import { instant } from '#lib/time';
import type { Effect } from '#model/effect';
import type { SenderFacts } from '#model/advert';
import type { Settings } from '#model/settings';
import { settingsFor, type Wish } from '../../world/settings.ts';
import { Bench, link, type Saying, standby } from './bench.ts';

const windowMs = 50;
const down = 3000;
const peerMac = '02:00:00:00:00:02';
const strangerMac = '02:00:00:00:00:99';
const thirdBoot = '0000000000000033';
const facts: SenderFacts = { gateway: 'none', macs: [peerMac] };

const asksIn = (effects: readonly Effect[]) => effects.flatMap((e) => (e.kind === 'ask' ? [e.addresses] : []));

/** A standby that asks the wire, and when it last heard its holder. */
function watcher(holdMs: number, wish: Partial<Wish> = {}, saying: Saying = {}): { bench: Bench; heard: number } {
  const advert = { holdMs, facts, ...saying.advert };
  const bench = standby({ probe: true, ...wish }, { ...saying, advert });
  return { bench, heard: bench.now };
}

/** Runs until then, or until the group is claimed; gives when the wire was asked. */
function run(bench: Bench, until: number, each: () => void = () => {}): number[] {
  const asked: number[] = [];
  while (!isActive(bench) && bench.wakeAt <= until) {
    if (asksIn(bench.runTo(bench.wakeAt)).length > 0) {
      asked.push(bench.now);
      each();
    }
  }
  if (!isActive(bench)) bench.runTo(until);
  return asked;
}

const isActive = (bench: Bench) => bench.group.role === 'active';
const see = (bench: Bench, mac: string) => bench.step({ kind: 'seen', key: bench.keys[0] ?? '', mac });
const codes = (bench: Bench) => [...bench.state.problems.values()].map(({ problem }) => problem.code);

test('behind a gate a silent wire costs no time: two questions before the down time, the claim at its end', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  const asked = run(bench, heard + 9000);
  t.deepEqual(asked, [heard + down - windowMs, heard + down - windowMs / 2]);
  t.is(bench.group.role, 'active');
  t.is(bench.now, heard + down);
});

test('nobody asks while the holder speaks, nor with probe = false', (t) => {
  const { bench } = watcher(down - windowMs);
  const saying = { entry: { role: 'active', priority: 200 }, advert: { facts, holdMs: down - windowMs } } as const;
  for (let beats = 0; beats < 20; beats += 1) {
    t.deepEqual(asksIn(bench.runTo(bench.now + 900)), []);
    bench.hearAndAnswer(saying);
  }
  const mute = watcher(down - windowMs, { probe: false });
  t.deepEqual(run(mute.bench, mute.heard + 9000), []);
  t.is(mute.bench.now, mute.heard + down);
});

test('a hold beyond the down time is waited for, and one window', (t) => {
  const { bench, heard } = watcher(3250);
  run(bench, heard + 9000);
  t.is(bench.now, heard + 3250 + windowMs);
  t.is(bench.group.role, 'active');
});

test('a hold without end leaves the silent questions: as many in a row as missed adverts, one an interval', (t) => {
  const { bench, heard } = watcher(Number.POSITIVE_INFINITY);
  const asked = run(bench, heard + 9000);
  const first = heard + down - windowMs;
  t.deepEqual(asked, [first, first + 25, first + 1000, first + 1025, first + 2000, first + 2025]);
  t.is(bench.now, heard + down + 2000);
});

test('a hold that is longer than so many silent questions is not waited for', (t) => {
  const { bench, heard } = watcher(20_000);
  run(bench, heard + 30_000);
  t.is(bench.now, heard + down + 2000);
});

test('answered by the hardware address of the silent holder: nobody claims, and it is said', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  const asked = run(bench, heard + 20_000, () => see(bench, peerMac));
  t.is(bench.group.role, 'standby');
  t.deepEqual(bench.group.reason, {
    kind: 'still-answering',
    holder: 'peer',
    address: '10.0.0.0',
    mac: peerMac,
  });
  t.true(codes(bench).includes('holder-silent-but-answers'));
  const gaps = asked.slice(2).map((at, i) => at - (asked[i] ?? 0));
  t.true(
    gaps.every((gap) => gap === 1000),
    'two questions an interval',
  );
});

test('the probe is the heartbeat then: so many silent ones in a row mean gone', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  run(bench, heard + 20_000, () => see(bench, peerMac));
  const last = bench.group.probe?.answer?.at ?? 0;
  const asked = run(bench, heard + 30_000);
  t.is(bench.group.role, 'active');
  t.is(asked.length, 6);
  t.is(bench.now, (asked[4] ?? 0) + windowMs);
  t.true(bench.now > last + 2000);
  t.deepEqual(
    codes(bench).filter((code) => code === 'holder-silent-but-answers'),
    [],
  );
});

test('one answer among silent questions begins the count anew', (t) => {
  const { bench, heard } = watcher(Number.POSITIVE_INFINITY);
  run(bench, heard + down + 1500);
  see(bench, peerMac);
  run(bench, heard + 20_000);
  t.is(bench.now, heard + down + 2000 + 2000);
});

test('an answer from before the end of the hold is no answer after it', (t) => {
  const { bench, heard } = watcher(3250);
  run(bench, heard + down, () => see(bench, peerMac));
  t.is(bench.group.role, 'standby');
  run(bench, heard + 9000);
  t.is(bench.now, heard + 3250 + windowMs);
});

test('silence of the wire counts only after a full poll begun after the window', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  bench.runTo(heard + down - 1);
  bench.now = heard + down + 2;
  bench.step({ kind: 'wake' });
  bench.step({ kind: 'polled', begun: instant(heard + down - 0.5) });
  t.is(bench.group.role, 'standby');
  see(bench, peerMac);
  bench.step({ kind: 'polled', begun: instant(bench.now) });
  t.is(bench.group.role, 'standby', 'the answer waited in the socket');
});

test('a second question that leaves late has half a window for its answer all the same', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  bench.runTo(heard + down - windowMs);
  bench.now = heard + down + 3;
  t.is(asksIn(bench.step({ kind: 'wake' })).length, 1);
  bench.step({ kind: 'polled', begun: instant(bench.now) });
  t.is(bench.group.role, 'standby');
  run(bench, heard + 9000);
  // It ran late, which adds to its patience with the holder, but the wire was asked in time.
  t.true(bench.now >= heard + down + 3 + windowMs / 2);
  t.true(bench.now < heard + down + 200, String(bench.now - heard));
});

test('answered by a stranger: not claimed, asked again every interval, reported', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  run(bench, heard + 10_000, () => see(bench, strangerMac));
  t.deepEqual(bench.group.reason, { kind: 'address-answered', address: '10.0.0.0', mac: strangerMac, by: null });
  t.true(codes(bench).includes('address-answered'));
  run(bench, heard + 20_000);
  t.is(bench.group.role, 'active');
  t.false(codes(bench).includes('address-answered'));
});

test('answered by a live node that says it does not hold the group: its kernel has the address', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  const third = {
    node: 'third',
    boot: thirdBoot,
    entry: { role: 'faulted' },
    advert: { facts: { ...facts, macs: [strangerMac] } },
  } as const;
  bench.hearAndAnswer({ ...third, sequence: 5000 });
  run(bench, heard + 6000, () => {
    bench.hearAndAnswer(third);
    see(bench, strangerMac);
  });
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'address-answered', by: 'third' });
});

test('what this host itself says is no answer', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  run(bench, heard + 9000, () => see(bench, link.mac));
  t.is(bench.now, heard + down);
});

test('a holder that resigned is not asked about: the claim comes at once', (t) => {
  const { bench } = watcher(down - windowMs);
  const at = bench.now;
  const effects = bench.hearAndAnswer({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(bench.group.role, 'active');
  t.is(bench.now, at);
  t.deepEqual(asksIn(effects), []);
});

test('start: also where nobody was heard, the last window of the wait asks, and an answer keeps it', (t) => {
  const quiet = new Bench({ probe: true });
  t.deepEqual(run(quiet, 9000), [down - windowMs, down - windowMs / 2]);
  t.is(quiet.now, down);
  const bench = new Bench({ probe: true });
  run(bench, 9000, () => see(bench, strangerMac));
  t.is(bench.group.role, 'standby');
  t.like(bench.group.reason, { kind: 'address-answered', by: null });
});

test('each further rank waits an interval and a window more than the wire', (t) => {
  const { bench, heard } = watcher(3250);
  const third = { node: 'third', boot: thirdBoot, entry: { role: 'standby', priority: 150 } } as const;
  bench.hearAndAnswer({ ...third, sequence: 5000 });
  for (let at = heard + 500; at < heard + 6000 && !isActive(bench); at += 500) {
    run(bench, at);
    if (!isActive(bench)) bench.hearAndAnswer(third);
  }
  t.is(bench.now, heard + 3250 + windowMs + 1050 + windowMs, 'and a window more for who waited for a turn');
});

test('a holder that starts anew took away what it left: one silent window, whatever it held before', (t) => {
  const { bench, heard } = watcher(Number.POSITIVE_INFINITY);
  run(bench, heard + down + 500, () => see(bench, peerMac));
  t.is(bench.group.reason.kind, 'still-answering');
  const at = bench.now;
  bench.hearAndAnswer({ boot: thirdBoot, sequence: 9000, entry: { role: 'starting' }, advert: { facts } });
  run(bench, heard + 20_000);
  t.is(bench.now, at + windowMs);
});

test('proxy ARP: blind only where every node is named, heard, and holds nothing', (t) => {
  const answered = (nodes?: readonly string[]) => {
    const bench = new Bench({ probe: true, ...(nodes === undefined ? {} : { nodes }) });
    const saying = { entry: { role: 'faulted' }, advert: { facts } } as const;
    for (let at = 500; at <= 8000 && !isActive(bench); at += 500) {
      run(bench, at, () => see(bench, strangerMac));
      bench.hearAndAnswer(saying);
    }
    return bench;
  };
  t.is(answered().group.role, 'standby', 'nobody named the nodes');
  t.is(answered(['me', 'peer', 'gone']).group.role, 'standby', 'one is not heard');
  const blind = answered(['me', 'peer']);
  t.is(blind.group.role, 'active');
  t.true(codes(blind).includes('probe-blind'));
  t.false(codes(blind).includes('address-answered'));
});

test('proxy ARP: the hardware address of a node is a witness whatever it seemed', (t) => {
  const bench = new Bench({ probe: true, nodes: ['me', 'peer'] });
  const saying = { entry: { role: 'faulted' }, advert: { facts: { ...facts, macs: [] } } } as const;
  for (let at = 500; at <= 8000 && !isActive(bench); at += 500) {
    run(bench, at, () => see(bench, strangerMac));
    bench.hearAndAnswer(saying);
  }
  t.is(bench.state.blind.size, 1);
  bench.hearAndAnswer({ ...saying, advert: { facts: { ...facts, macs: [strangerMac] } } });
  see(bench, strangerMac);
  t.is(bench.state.blind.size, 0);
  t.false(codes(bench).includes('probe-blind'));
});

test('many addresses: one of each family and interface stands for its group', (t) => {
  const usual = settingsFor({ node: 'me', probe: true });
  const addresses = (count: number): Settings['groups'] =>
    usual.groups.map((group) => ({
      ...group,
      addresses: Array.from({ length: count }, (_, i) => ({
        address: i % 2 === 0 ? `10.0.1.${i}` : `fd00::${i}`,
        family: i % 2 === 0 ? 4 : 6,
        prefix: 32,
        interface: 'eth0',
        label: null,
      })),
    }));
  const askedFor = (count: number) => {
    const bench = new Bench({ probe: true }, {}, { groups: addresses(count) });
    return asksIn(bench.runTo(down - windowMs))[0]?.map(addressKey);
  };
  t.is(askedFor(16)?.length, 16);
  t.deepEqual(askedFor(17), ['eth0/10.0.1.0/32', 'eth0/fd00::1/32']);
});

test('a daemon that stops asks nothing any more', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  bench.step({ kind: 'stop' });
  t.deepEqual(asksIn(bench.runTo(heard + 400)), []);
  t.is(bench.group.role, 'draining');
});

test('who probes at the same time, is not heard otherwise and has the lower hardware address goes first', (t) => {
  const probed = (bench: Bench, mac: string) => bench.step({ kind: 'probed', key: bench.keys[0] ?? '', mac });
  const lower = watcher(down - windowMs);
  run(lower.bench, lower.heard + down, () => probed(lower.bench, '02:00:00:00:00:00'));
  t.is(lower.bench.group.role, 'standby');
  run(lower.bench, lower.heard + 9000);
  t.is(lower.bench.now, lower.heard + down + 1000, 'one round without a rival is enough');

  const higher = watcher(down - windowMs);
  run(higher.bench, higher.heard + down, () => probed(higher.bench, strangerMac));
  t.is(higher.bench.now, higher.heard + down);

  const live = watcher(down - windowMs);
  const third = { node: 'third', boot: thirdBoot, entry: { role: 'standby', priority: 1 } } as const;
  const advert = { facts: { ...facts, macs: ['02:00:00:00:00:00'] } };
  run(live.bench, live.heard + down, () => {
    live.bench.hearAndAnswer({ ...third, advert });
    probed(live.bench, '02:00:00:00:00:00');
  });
  t.is(live.bench.now, live.heard + down, 'rank settles it between nodes that hear each other');
});

test('who began to ask before this node did goes first, whatever the hardware addresses', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  bench.runTo(heard + down - windowMs - 20);
  bench.step({ kind: 'probed', key: bench.keys[0] ?? '', mac: strangerMac });
  run(bench, heard + 9000);
  t.is(bench.now, heard + down + 1000, 'a round later it would have been answered');

  const long = watcher(down - windowMs);
  long.bench.runTo(long.heard + 500);
  long.bench.step({ kind: 'probed', key: long.bench.keys[0] ?? '', mac: strangerMac });
  run(long.bench, long.heard + 9000);
  t.is(long.bench.now, long.heard + down, 'who asked long ago has it by now, and answers, or never took it');
});

test('a rival that probes for ever and never takes the address is not waited for any longer than a down time', (t) => {
  const { bench, heard } = watcher(down - windowMs);
  run(bench, heard + 9000, () => bench.step({ kind: 'probed', key: bench.keys[0] ?? '', mac: '02:00:00:00:00:00' }));
  t.is(bench.now, heard + down + 2000);
});
