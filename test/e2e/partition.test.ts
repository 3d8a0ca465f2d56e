// Hosts that do not hear each other, both ways and one way. In availability mode a partition gives two holders and no
// protocol can help it; what must hold is that a heal leaves one within an interval, and that deafness moves nothing.

import test from 'ava';
import { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { lastAnswerMs, spanCount, untilAnswers, untilSilent } from '../lab/seen.ts';

const paces = [
  { interval: '1s', intervalMs: 1000 },
  { interval: '100ms', intervalMs: 100 },
];

for (const { interval, intervalMs } of paces) {
  test(`partition and heal at ${interval}: two holders meanwhile, one soon after`, async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval });
    const witness = await lab.answering();
    await lab.partition(['h1'], ['h2']);
    await untilAnswers(witness, 'h2', 10 * intervalMs + 3000);
    await lab.waitFor('h1', ({ peers }) => peers.some(({ state }) => state === 'lost'), 10 * intervalMs, 'lost peer');
    t.deepEqual(await lab.holders(), ['h1', 'h2']);
    await lab.heal('all');
    const atMs = monotonicMs();
    await untilSilent(witness, 'h2', 10 * intervalMs);
    await lab.waitForState('h2', 'standby', 3000);
    // The last word of two announcers has to be the holder's, or clients stay with the one that let go.
    const probe = await lab.probe();
    await lab.until(
      async () => ((await lab.clientBelieves()) === 'h1' ? true : null),
      2000,
      () => 'stale neighbour',
    );
    await probe.stop();
    const seen = await witness.stop();
    const oneMs = lastAnswerMs(seen, 'h2') - atMs;
    t.log(`one holder ${oneMs} ms after the heal`);
    t.true(oneMs < 2 * intervalMs + 500, `${oneMs} ms`);
    t.deepEqual(await lab.holders(), ['h1']);
    t.deepEqual(await lab.holders(lab.addresses[1]), ['h1']);
    t.is(seen.hosts.find(({ host }) => host === 'h1')?.any.length, 1, 'the better-ranked one never let go');
    // By its advert, or by an answer on the wire to the question of a claim that is in question still.
    t.regex(
      await lab.logs('h2'),
      /web: active -> (standby: h1 holds the group too and ranks better|starting: .* still answers)|holds web at the same time/,
    );
    const { problems } = (await lab.status('h1')) ?? { problems: [] };
    t.deepEqual(
      problems.filter(({ code }) => code === 'dual-holder'),
      [],
      'over',
    );
  });
}

for (const { interval, intervalMs } of paces) {
  test(`the holder is not heard (loss of what it sends) at ${interval}: it lets go for the one that took over`, async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval });
    await lab.oneWay('h1', 'out');
    await lab.waitForState('h2', 'active', 30 * intervalMs);
    const atMs = monotonicMs();
    await lab.waitForHolders(['h2'], 6000 + 30 * intervalMs);
    t.log(`h1 let go ${monotonicMs() - atMs} ms after h2 took over`);
    t.regex(await lab.logs('h1'), /web: active -> \w+: h2 holds the group too and does not hear this node/);
    const before = await lab.status('h1');
    t.is(before?.peers[0]?.state, 'one-way');
    t.true(
      before?.problems.some(
        ({ code, message }) => code === 'peer-one-way' && message.includes('h2 does not hear this node on eth0'),
      ),
    );
    await lab.heal('h1');
    await lab.waitForState('h1', 'active', 2000 + 30 * intervalMs);
    await lab.waitForHolders(['h1'], 3000);
    t.deepEqual(
      (await lab.status('h1'))?.problems.filter(({ code }) => code === 'peer-one-way'),
      [],
    );
  });

  test(`the holder is deaf (loss of what it should receive) at ${interval}: nothing moves, and it is reported`, async (t) => {
    const lab = await Lab.up(t, { hosts: 2, interval });
    await lab.oneWay('h1', 'in');
    const reported = await lab.waitFor(
      'h2',
      ({ problems }) => problems.some(({ code }) => code === 'peer-one-way'),
      100 * intervalMs,
    );
    t.is(reported.peers[0]?.state, 'one-way');
    await lab.waitFor('h1', ({ peers }) => peers[0]?.state === 'lost', 50 * intervalMs);
    const sent = reported.adverts.received;
    await lab.waitFor(
      'h2',
      ({ adverts }) => adverts.received > sent + 6,
      60 * intervalMs,
      'many adverts of the deaf holder',
    );
    t.deepEqual(await lab.holders(), ['h1']);
    t.is((await lab.status('h2'))?.groups[0]?.state, 'standby');
    const witness = await lab.answering({ unanswered: true });
    await lab.heal('h1');
    await lab.waitFor('h2', ({ peers }) => peers[0]?.state === 'two-way', 50 * intervalMs);
    await lab.waitFor('h1', ({ peers }) => peers[0]?.state === 'two-way', 50 * intervalMs);
    await untilAnswers(witness, 'h1', 2000);
    const seen = await witness.stop();
    t.is(spanCount(seen), 1);
    t.is((await lab.status('h1'))?.groups[0]?.state, 'active');
    t.notRegex(await lab.logs('h2'), /claiming/);
  });
}
