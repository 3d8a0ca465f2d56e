// PROTOCOL section 2, isolation: who alone reaches no gateway hands over and does not claim; where nobody reaches
// one nothing moves; who reaches neither gateway nor node lets go.

import test from 'ava';
import type { GatewayWord } from '#model/advert';
import { Bench, holder, kinds, type Saying, standby } from './bench.ts';

const gateway = '192.0.2.254';
const wish = { gateways: [gateway] };
const codes = (bench: Bench) => [...bench.state.problems.values()].map(({ problem }) => problem.code);
const answer = (bench: Bench) => bench.step({ kind: 'gateway-answered', gateway });
const told = (bench: Bench) => bench.state.gateway.word;

/** Half an interval at a time: the peer speaks, and the gateway answers this node or not. */
function live(bench: Bench, ms: number, word: GatewayWord | null, answers: boolean, saying: Saying = {}): void {
  for (const end = bench.now + ms; bench.now < end; ) {
    bench.runTo(bench.now + 500);
    if (answers) answer(bench);
    if (word !== null) bench.hearAndAnswer({ ...saying, advert: { facts: { gateway: word, macs: [] } } });
  }
}

function holderWithGateway(): Bench {
  const bench = new Bench(wish);
  live(bench, 4000, 'reached', true);
  return bench;
}

test('gateways are asked after each regular advert, and not while stopping', (t) => {
  const bench = new Bench(wish);
  t.deepEqual(
    kinds(bench.effects).filter((kind) => kind === 'ask-gateways' || kind === 'advert'),
    ['advert', 'ask-gateways'],
  );
  const count = bench.runTo(4900).filter(({ kind }) => kind === 'ask-gateways').length;
  t.is(count, 4);
  bench.step({ kind: 'stop' });
  t.false(kinds(bench.runTo(5400)).includes('ask-gateways'));
  t.false(kinds(holder().runTo(9000)).includes('ask-gateways'), 'nor where none is configured');
});

test('the word: unreached until one answers, reached for a down time after each answer', (t) => {
  const bench = new Bench(wish);
  const advertised = () =>
    bench.effects.flatMap((effect) => (effect.kind === 'advert' ? [effect.facts.gateway] : [])).at(-1);
  t.is(told(bench), 'unknown');
  t.is(advertised(), 'unreached');
  bench.now = 100;
  answer(bench);
  t.is(told(bench), 'reached');
  t.is(advertised(), 'reached', 'said at once');
  bench.hearAndAnswer();
  bench.runTo(3099);
  t.is(told(bench), 'reached');
  bench.runTo(3100);
  t.is(told(bench), 'unreached');
  t.is(holder().state.gateway.word, 'unknown', 'without gateways nothing is ever lost');
});

test('an answer that waits in a socket is none that never came', (t) => {
  const bench = new Bench(wish);
  answer(bench);
  bench.runTo(2999);
  bench.now = 3000;
  bench.step({ kind: 'wake' });
  t.is(told(bench), 'reached', 'no poll has shown that nothing waits');
  answer(bench);
  bench.poll();
  t.is(told(bench), 'reached');
});

test('own lateness is no silence of a gateway', (t) => {
  const bench = holderWithGateway();
  bench.now += 10_000;
  bench.step({ kind: 'wake' });
  bench.poll();
  t.is(told(bench), 'reached');
});

test('the holder alone reaches none: it hands over to the one that does, once that is settled', (t) => {
  const bench = holderWithGateway();
  t.is(bench.group.role, 'active');
  const since = bench.now;
  live(bench, 6500, 'reached', false);
  t.is(bench.group.role, 'active', 'a down time to lose it, a down time and an interval to settle');
  live(bench, 500, 'reached', false);
  t.is(bench.group.role, 'resigning');
  t.is(bench.now, since + 7000);
  t.like(bench.group.resignation, { successor: 'peer' });
  t.deepEqual(bench.group.reason, { kind: 'gateway-unreached', peer: 'peer' });
  bench.hearAndAnswer({ entry: { role: 'active' }, advert: { facts: { gateway: 'reached', macs: [] } } });
  t.is(bench.group.role, 'faulted');
  t.true(codes(bench).includes('gateway-unreached'));
  answer(bench);
  t.is(bench.group.role, 'standby');
  t.false(codes(bench).includes('gateway-unreached'));
});

test('to one that reaches a gateway, not to a better-ranked one that does not', (t) => {
  const bench = new Bench(wish);
  const third = { node: 'third', boot: '0000000000000033', entry: { priority: 90 } } as const;
  for (let i = 0; i < 30 && bench.group.role !== 'resigning'; i += 1) {
    live(bench, 500, 'reached', i < 10);
    bench.hearAndAnswer({ ...third, sequence: 5000 + i, advert: { facts: { gateway: 'unreached', macs: [] } } });
  }
  t.like(bench.group.resignation, { successor: 'peer' });
});

test('nobody reaches it: the gateway died, nothing moves', (t) => {
  for (const word of ['unreached', 'none'] as const) {
    const bench = holderWithGateway();
    live(bench, 20_000, word, false);
    t.is(bench.group.role, 'active');
    t.true(codes(bench).includes('gateway-lost'));
  }
});

test('a peer that reaches one but cannot take the group changes nothing', (t) => {
  const bench = holderWithGateway();
  live(bench, 20_000, 'reached', false, { entry: { role: 'faulted' } });
  t.is(bench.group.role, 'active');
});

test('neither gateway nor peer: it lets go, and listens before it claims again', (t) => {
  const bench = holderWithGateway();
  const since = bench.now;
  live(bench, 2500, null, false);
  t.is(bench.group.role, 'active');
  const effects = bench.runTo(since + 3000);
  t.is(bench.group.role, 'faulted');
  t.deepEqual(bench.group.reason, { kind: 'isolated' });
  t.true(kinds(effects).includes('release'));
  t.true(codes(bench).includes('isolated'));
  answer(bench);
  t.is(bench.group.role, 'starting');
  t.false(codes(bench).includes('isolated'));
});

test('alone with its gateway, a holder goes on', (t) => {
  const bench = holderWithGateway();
  live(bench, 20_000, null, true);
  t.is(bench.group.role, 'active');
});

test('alone without an answer from the start, a node never claims', (t) => {
  const bench = new Bench(wish);
  bench.runTo(20_000);
  t.is(bench.group.role, 'faulted');
  t.deepEqual(bench.group.reason, { kind: 'isolated' });
});

test('who reaches none neither claims nor asks for the group beside one that does, from the first moment on', (t) => {
  const bench = standby({ ...wish, priority: 250 }, { advert: { facts: { gateway: 'reached', macs: [] } } });
  t.is(told(bench), 'unreached');
  t.not(bench.group.wants, 'preempt');
  bench.hearAndAnswer({
    entry: { role: 'resigning', priority: 200, successor: 'me' },
    advert: { facts: { gateway: 'reached', macs: [] } },
  });
  t.is(bench.group.role, 'standby');
  t.deepEqual(bench.group.reason, { kind: 'gateway-unreached', peer: 'peer' });
});

test('a standby that reaches none ranks nowhere once that is settled', (t) => {
  const bench = new Bench(wish);
  live(bench, 4000, 'reached', true, { entry: { role: 'active', priority: 200 } });
  live(bench, 8000, 'reached', false, { entry: { role: 'active', priority: 200 } });
  t.is(bench.group.role, 'faulted');
  t.is(bench.group.entry.role, 'faulted');
});

test('an answer of somebody who is no gateway counts for nothing', (t) => {
  const bench = new Bench(wish);
  bench.step({ kind: 'gateway-answered', gateway: '192.0.2.7' });
  t.is(told(bench), 'unknown');
});
