// Adoption in the last moment of a lease: whatever is taken on and let go of in one step must stay shut.

import test from 'ava';
import { instant } from '#lib/time';
import type { Effect } from '#model/effect';
import { Bench, kinds } from './bench.ts';
import { VotingBench, voters } from './voting-bench.ts';

const hook = { command: ['/bin/true'], timeoutMs: 1000, user: 'root' };

test('a lease that is as good as over is not adopted, and nothing is opened', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-2960), epochFloor: 4000 };
  const bench = new VotingBench({}, { ...facts, lastUntil: instant(40) });
  t.is(bench.group.role, 'starting');
  t.deepEqual(
    bench.effects.filter(({ kind }) => kind === 'hold'),
    [],
  );
});

test('a lease that runs longer than promises to this life would last is not adopted', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-100), epochFloor: 4000 };
  const longer = new VotingBench({ leaseMs: 3000 }, { ...facts, lastUntil: instant(8900) });
  t.is(longer.group.role, 'starting');
  t.true(longer.effects.some(({ kind }) => kind === 'release'));
  t.is(new VotingBench({ leaseMs: 9000 }, { ...facts, lastUntil: instant(8900) }).group.role, 'active');
});

test('a lease of another kind than this life has, which may end later, is not adopted', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-100), epochFloor: 4000 };
  for (const lease of ['gate', 'address'] as const) {
    const wish = { lease, leaseMs: 3000 };
    const own = new VotingBench(wish).settings.lease.kind;
    const other = own === 'address' ? 'nftables' : 'address';
    t.is(new VotingBench(wish, { ...facts, lastUntil: instant(2900), lastLease: own }).group.role, 'active');
    t.is(new VotingBench(wish, { ...facts, lastUntil: instant(2900), lastLease: other }).group.role, 'starting');
  }
});

test('a voter whose list changed by more than one name adopts nothing: others may count without its promise', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-1000), lastUntil: instant(2000) };
  const rolesWith = (before: readonly string[]) =>
    new VotingBench({}, { ...facts, remembered: { voters: before, longestHoldMs: 10_000 } });
  t.is(rolesWith(voters).group.role, 'active');
  const muted = rolesWith(['me', 'fourth', 'fifth']);
  t.is(muted.group.role, 'starting');
  t.true(kinds(muted.effects).includes('release'));
  t.false(kinds(muted.effects).includes('hold'));
});

test('adoption: no hook hears of its epoch before a majority has granted it', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-1000), epochFloor: 4000 };
  const bench = new VotingBench({}, { ...facts, lastUntil: instant(2000) }, { hook });
  t.is(bench.group.role, 'active');
  t.deepEqual(hooksOf(bench.effects), []);
  t.deepEqual(hooksOf(bench.runTo(1000)), [], 'its own vote is not enough');
  t.deepEqual(hooksOf(bench.say('peer', { role: 'standby' })), [], 'nor is an echo');
  t.deepEqual(hooksOf(bench.say('peer', { role: 'standby' }, bench.vote)), ['starting active 4001']);
  bench.runTo(1500);
  t.deepEqual(hooksOf(bench.say('peer', { role: 'standby' }, bench.vote)), [], 'once');
});

test('adoption: in availability mode the hook is told at once', (t) => {
  const key = new Bench().keys[0] ?? '';
  const bench = new Bench({}, { left: [key], lastAdvertAt: instant(-100), lastUntil: instant(1000) }, { hook });
  t.deepEqual(hooksOf(bench.effects), ['starting active 0']);
});

function hooksOf(effects: readonly Effect[]): string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'hook' ? [`${effect.previous} ${effect.state} ${effect.epoch}`] : [],
  );
}
