// The voter: to whom it promises, for how long, and what ends a promise before its time.

import test from 'ava';
import { instant } from '#lib/time';
import { lastEpoch } from '#model/advert';
import { Bench } from './bench.ts';
import { bootOf, holdMs, ownBoot, silenceMs, VotingBench, voters } from './voting-bench.ts';

const claiming = { role: 'claiming', priority: 200, epoch: 5000 } as const;
const active = { ...claiming, role: 'active' } as const;

test('a claim is voted for at once, and the vote names the number that it was heard with', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.runTo(bench.now + 10);
  const effects = bench.say('peer', { ...claiming, epoch: 6000 }, null, { sequence: 777 });
  const vote = bench.voteFor('peer', effects);
  t.like(vote, { sequence: 777, tableVersion: 777, except: [] });
  t.is(bench.promisedUntil, bench.now + 1.03 * holdMs);
});

test('while a promise stands nobody else is promised the group', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  t.is(bench.promisedTo, bootOf.peer);
  const effects = bench.say('third', { ...claiming, epoch: 9000 });
  t.is(bench.promisedTo, bootOf.peer);
  bench.runTo(bench.now + 1000);
  t.deepEqual(bench.voteFor('third', [...effects, ...bench.runTo(bench.now + 1000)])?.except, [
    { group: 'web', epoch: 0 },
  ]);
});

test('a promise ends after 1.03 times the hold that was asked for, and the claim that waits is voted for then', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  const until = bench.promisedUntil;
  t.is(until, bench.now + 1.03 * holdMs);
  for (let i = 0; i < 6; i += 1) {
    bench.runTo(bench.now + 500);
    bench.say('third', { ...claiming, epoch: 9000 });
  }
  t.is(bench.promisedTo, bootOf.peer);
  const effects = bench.runTo(until);
  t.is(bench.promisedTo, bootOf.third);
  t.deepEqual(bench.voteFor('third', effects)?.except, []);
});

test('a promise is prolonged by each later number, at the cost of one candidate', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  const { promises } = bench.state.quorum ?? {};
  bench.runTo(bench.now + 900);
  bench.say('peer', null);
  t.is(bench.promisedUntil, bench.now + 1.03 * holdMs);
  t.is(bench.state.quorum?.promises, promises, 'nothing was written for the group itself');
});

test('what a node promised to another stands, whatever it claims or lets go of itself', (t) => {
  const bench = new VotingBench({ groups: 2 }).almostReady();
  bench.say('peer', active);
  bench.runTo(silenceMs);
  t.is(bench.state.groups[1]?.role, 'claiming');
  t.is(bench.promisedTo, bootOf.peer);
  bench.say('third', { role: 'standby' }, bench.vote);
  t.is(bench.state.groups[1]?.role, 'active');
  t.is(bench.promisedTo, bootOf.peer);
  bench.step({ kind: 'lapsed' });
  t.is(bench.promisedTo, bootOf.peer);
});

test('a promise that ended with its time is given anew or not at all: no vote is said without one', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  // So short that the candidate is not lost before it is over.
  const short = { advert: { holdMs: 1000 } };
  bench.say('peer', active, null, short);
  bench.runTo(bench.promisedUntil);
  t.is(bench.promisedTo, null);
  // Its next word shows nothing new, and asks all the same.
  bench.say('peer', null, null, short);
  t.is(bench.promisedTo, bootOf.peer);
  t.is(bench.promisedUntil, bench.now + 1.03 * 1000);
});

test('the word of the holder that it let go frees the group', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  bench.say('third', { ...claiming, epoch: 9000 });
  t.is(bench.promisedTo, bootOf.peer);
  bench.say('peer', { ...active, role: 'resigning', successor: 'third' });
  t.is(bench.promisedTo, bootOf.third);
});

test('timeline: an old resigning read from a slow path after a newer claim', (t) => {
  const bench = new VotingBench({ priority: 1, paths: ['eth0', 'eth1'] }).ready();
  bench.say('peer', active, null, { sequence: 500 });
  bench.say('peer', { ...active, epoch: 5001 }, null, { sequence: 510 });
  // Sent between the two, on the other path.
  bench.say('peer', { ...active, role: 'resigning' }, null, { sequence: 505, path: 'eth1' });
  t.is(bench.promisedTo, bootOf.peer);
  bench.say('third', { ...claiming, epoch: 9000 });
  t.is(bench.promisedTo, bootOf.peer);
});

test('a successor that names the claim it goes on from needs no word of the predecessor', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  const heir = { ...claiming, epoch: 9000 };
  bench.say('third', { ...heir, inherits: { boot: bootOf.peer, epoch: active.epoch - 1 } });
  t.is(bench.promisedTo, bootOf.peer, 'an older claim of that boot is not this one');
  bench.say('third', { ...heir, inherits: { boot: ownBoot, epoch: 9999 } });
  t.is(bench.promisedTo, bootOf.peer, 'nor is the claim of another boot');
  bench.say('third', { ...heir, inherits: { boot: bootOf.peer, epoch: active.epoch } });
  t.is(bench.promisedTo, bootOf.third);
});

test('what an unproven sender says frees nobody, and gets no vote', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  const stranger = { boot: '00000000000000ee', echo: null };
  bench.say('third', { ...claiming, epoch: 9000, inherits: { boot: bootOf.peer, epoch: 9999 } }, null, stranger);
  t.is(bench.promisedTo, bootOf.peer);
  bench.runTo(bench.promisedUntil);
  t.not(bench.promisedTo, stranger.boot);
});

test('timeline: a node counting its own vote while promised to another', (t) => {
  const bench = new VotingBench({ priority: 250 });
  const { id } = bench.claimUnsent();
  // Meanwhile another one, which ranks lower, gets its promise.
  bench.say('peer', { ...claiming, priority: 10, epoch: 9000 });
  t.is(bench.promisedTo, bootOf.peer);
  bench.step({
    kind: 'sent',
    id,
    at: instant(bench.now),
    last: 9999,
    paths: [{ path: 'eth0', error: null }],
  });
  t.is(bench.promisedTo, bootOf.peer);
  bench.say('third', { role: 'standby' }, { sequence: 9999, tableVersion: bench.state.tableVersion });
  t.is(bench.group.role, 'claiming', 'one vote of three');
  t.is(bench.group.holdId, null);
});

test('while promised to another a node does not even claim', (t) => {
  const bench = new VotingBench({ priority: 49 }).ready();
  const at = bench.now;
  bench.say('peer', active, null, {
    advert: { holdMs: 8000, votes: { voters: bench.hash, silent: false, epoch: 0, given: [] } },
  });
  const wait = (until: number) => {
    while (bench.now < until) {
      bench.runTo(Math.min(until, bench.now + 400));
      bench.say('third', { role: 'standby', priority: 1 });
    }
  };
  wait(at + 4000);
  t.is(bench.group.role, 'standby');
  t.deepEqual(bench.group.reason, { kind: 'promised', to: 'peer' });
  wait(at + 1.03 * 8000 + 100);
  t.is(bench.group.role, 'claiming');
});

test('timeline: two claimants that each hold their own vote', (t) => {
  const bench = new VotingBench({ priority: 60 }).ready();
  t.is(bench.group.role, 'claiming');
  t.is(bench.promisedTo, ownBoot);
  // The better-ranked one is heard: this node gives way, says so, and votes for it, all in one step.
  const effects = bench.say('peer', { ...claiming, epoch: bench.group.epoch + 1 });
  t.is(bench.group.role, 'standby');
  t.is(bench.promisedTo, bootOf.peer);
  t.deepEqual(bench.voteFor('peer', effects)?.except, []);
});

test('after a start nobody is promised anything, not even the node itself', (t) => {
  const bench = new VotingBench({ priority: 1 });
  for (let at = 500; at < silenceMs; at += 500) {
    bench.runTo(at);
    bench.say('peer', active);
    bench.say('third', { role: 'standby' });
    t.is(bench.promisedTo, null);
  }
  const effects = bench.runTo(silenceMs);
  t.is(bench.promisedTo, bootOf.peer);
  t.deepEqual(bench.voteFor('peer', effects)?.except, [], 'said at once');
});

test('a silent node does not claim', (t) => {
  const bench = new VotingBench();
  for (let at = 500; at < silenceMs; at += 500) {
    bench.runTo(at);
    for (const node of ['peer', 'third'] as const) bench.say(node, { role: 'standby' });
  }
  t.is(bench.group.role, 'standby');
  t.deepEqual(bench.group.reason, { kind: 'silent-voter', forMs: silenceMs });
});

test('a silent node says for how long it is silent, which a longer longest_hold of its last start decides too', (t) => {
  const bench = new VotingBench({}, { remembered: { voters, longestHoldMs: 60_000 } });
  for (let at = 500; at < 2 * silenceMs; at += 500) {
    bench.runTo(at);
    for (const node of ['peer', 'third'] as const) bench.say(node, { role: 'standby' });
  }
  t.deepEqual(bench.group.reason, { kind: 'silent-voter', forMs: 1.03 * 60_000 });
});

test('timeline: a voter restarted with another lease', (t) => {
  // Its own lease is short; the candidate asks for a longer one, and that is what the promise covers.
  const bench = new VotingBench({ priority: 1, leaseMs: 3000 }).ready();
  const votes = { voters: bench.hash, silent: false, epoch: 0, given: [] };
  bench.say('peer', active, null, { advert: { holdMs: 9000, votes } });
  t.is(bench.promisedUntil, bench.now + 1.03 * 9000);
  // A shorter one asked for later does not shorten it.
  const { promisedUntil } = bench;
  bench.runTo(bench.now + 100);
  bench.say('peer', null, null, { advert: { holdMs: 100, votes } });
  t.is(bench.promisedUntil, promisedUntil);
  // Restarted with a shorter longest_hold it is silent for as long as it may have promised before.
  const restarted = new VotingBench({ longestHoldMs: 4000 }, { remembered: { voters, longestHoldMs: 20_000 } });
  t.is(restarted.state.quorum?.silentUntil, instant(1.03 * 20_000));
});

test('a hold longer than the longest is refused and reported', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  const votes = { voters: bench.hash, silent: false, epoch: 0, given: [] };
  bench.say('peer', active, null, { advert: { holdMs: 10_001, votes } });
  t.is(bench.promisedTo, null);
  t.true([...bench.state.problems.values()].some(({ problem }) => problem.code === 'hold-too-long'));
  bench.say('peer', active, null, { advert: { holdMs: 10_000, votes } });
  t.is(bench.promisedTo, bootOf.peer);
});

test('a claim whose epoch is not above the one granted is refused, and told which', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.say('peer', active);
  bench.say('peer', { ...active, role: 'standby' });
  const effects = bench.say('third', { ...claiming, epoch: active.epoch });
  t.is(bench.promisedTo, null);
  t.deepEqual(bench.voteFor('third', effects)?.except, [{ group: 'web', epoch: active.epoch }]);
  bench.say('third', { ...claiming, epoch: active.epoch + 1 });
  t.is(bench.promisedTo, bootOf.third);
});

test('a claim below what a forgotten promise may have granted is refused, a holder is not', (t) => {
  const bench = new VotingBench({ priority: 1 }, { epochFloor: 7000 }).ready();
  bench.say('peer', { ...claiming, epoch: 6999 });
  t.is(bench.promisedTo, null);
  bench.say('peer', { ...active, epoch: 6999 });
  t.is(bench.promisedTo, bootOf.peer);
});

test('timeline: a voter list changed from three to five', (t) => {
  const five = [...voters, 'fourth', 'fifth'];
  const changed = new VotingBench(
    { voters: five, priority: 1 },
    { remembered: { voters, longestHoldMs: 10_000 } },
  ).ready();
  changed.say('peer', active);
  t.is(changed.promisedTo, null, 'it votes for nobody');
  t.true([...changed.state.problems.values()].some(({ problem }) => problem.code === 'voters-changed'));
  const claimant = new VotingBench({ voters: five }, { remembered: { voters, longestHoldMs: 10_000 } }).ready();
  t.deepEqual(claimant.group.reason, { kind: 'voters-changed' });
  // One name more, and it votes; what it remembers changes once a majority of the new list counts the same.
  const four = [...voters, 'fourth'];
  const slow = new VotingBench({ voters: four, priority: 1 }, { remembered: { voters, longestHoldMs: 10_000 } });
  t.false(slow.effects.some(({ kind }) => kind === 'remember'));
  const told: unknown[] = [];
  for (let at = 500; at <= silenceMs + 1400; at += 500) {
    told.push(...slow.runTo(at), ...slow.say('peer', { role: 'standby' }), ...slow.say('third', { role: 'standby' }));
  }
  t.deepEqual(
    told.filter((effect) => (effect as { kind: string }).kind === 'remember'),
    [{ kind: 'remember', voters: four.toSorted(), longestHoldMs: 10_000 }],
  );
  slow.say('peer', active);
  t.is(slow.promisedTo, bootOf.peer);
});

test('a replaced name is two changes', (t) => {
  const other = ['me', 'peer', 'new'];
  const bench = new VotingBench({ voters: other }, { remembered: { voters, longestHoldMs: 10_000 } });
  t.true(bench.state.quorum?.muted);
});

test('a node under whose name another one speaks promises nothing', (t) => {
  const bench = new VotingBench({ priority: 1 }).ready();
  bench.hearAndAnswer({ node: 'me', boot: '00000000000000bb', entry: { role: 'standby' } });
  bench.say('peer', active);
  t.is(bench.promisedTo, null);
});

test('adoption: its own lease is proof of its own vote, and names the boot that it goes on from', (t) => {
  const key = new Bench().keys[0] ?? '';
  const lastBoot = '00000000000000a9';
  const facts = { left: [key], lastBoot, lastUntil: instant(2000), lastAdvertAt: instant(-1000), epochFloor: 4000 };
  const bench = new VotingBench({}, facts);
  t.is(bench.group.role, 'active');
  t.is(bench.promisedTo, ownBoot);
  t.is(bench.group.epoch, 4001);
  t.deepEqual(bench.group.entry.inherits, { boot: lastBoot, epoch: Number.MAX_SAFE_INTEGER });
  const hold = bench.effects.find(({ kind }) => kind === 'hold');
  t.like(hold, { until: 2000 });
  // Without a vote it ends with the old lease; with one it goes on, silent as it is towards others.
  bench.runTo(1000);
  bench.say('peer', { role: 'standby' });
  bench.say('peer', { role: 'standby' }, bench.vote);
  t.true(bench.group.mandate > 2000);
  const lost = new VotingBench({}, facts);
  lost.runTo(1960);
  t.is(lost.group.role, 'starting');
});

test('adoption: nothing is adopted when the end of the old lease is not known, or is past', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-1000) };
  t.is(new VotingBench({}, { ...facts, lastUntil: null }).group.role, 'starting');
  t.is(new VotingBench({}, { ...facts, lastUntil: instant(-1) }).group.role, 'starting');
  t.is(new VotingBench({}, { ...facts, lastUntil: instant(2000), lastBoot: null }).group.role, 'starting');
});

test('adoption: nothing is adopted so late that it would be let go of at once', (t) => {
  const key = new Bench().keys[0] ?? '';
  const facts = { left: [key], lastBoot: '00000000000000a9', lastAdvertAt: instant(-2960) };
  const bench = new VotingBench({}, { ...facts, lastUntil: instant(40) });
  t.is(bench.group.role, 'starting');
  t.false(bench.effects.some(({ kind }) => kind === 'hold'));
  t.false(bench.effects.some((effect) => effect.kind === 'event' && effect.event.code === 'group'));
  t.true(bench.effects.some(({ kind }) => kind === 'release'));
});

test('epochs that other nodes have come to are set aside for the next start too, rarely', (t) => {
  const bench = new VotingBench({ priority: 1 }, { epochFloor: 4000 }).ready();
  const reserved = (effects: readonly unknown[]) =>
    effects.filter((effect) => (effect as { kind: string }).kind === 'reserve');
  t.deepEqual(reserved(bench.say('peer', { ...active, epoch: 3_000_007 })), [
    { kind: 'reserve', epochsBelow: 4_000_000 },
  ]);
  t.deepEqual(reserved(bench.say('peer', { ...active, epoch: 3_000_008 })), []);
});

test('where epochs have come to the last number, a claim takes that, nothing is beyond it, and nobody else is granted it', (t) => {
  const bench = new VotingBench({}, { epochFloor: 4000 }).almostReady();
  const votes = { voters: bench.hash, silent: false, epoch: Number.MAX_SAFE_INTEGER, given: [] };
  const effects = bench.say('peer', { role: 'standby' }, null, { advert: { votes } });
  t.true(effects.some((effect) => effect.kind === 'reserve' && effect.epochsBelow === lastEpoch));
  bench.runTo(silenceMs);
  t.is(bench.group.role, 'claiming');
  t.is(bench.group.epoch, lastEpoch);
  t.is(bench.state.quorum?.highestEpoch, lastEpoch);
  bench.win();
  t.is(bench.group.role, 'active');
  const voter = new VotingBench({ priority: 1 }, { epochFloor: 4000 }).ready();
  voter.say('peer', { ...active, epoch: lastEpoch });
  voter.say('peer', { ...active, epoch: lastEpoch, role: 'standby' });
  voter.say('third', { ...claiming, epoch: lastEpoch });
  t.is(voter.promisedTo, null);
  voter.say('peer', { ...claiming, epoch: lastEpoch });
  t.is(voter.promisedTo, bootOf.peer);
});

test('a voter without any group votes on all of them', (t) => {
  const bench = new VotingBench({ witness: true });
  for (let at = 500; at <= silenceMs + 400; at += 500) {
    bench.runTo(at);
    bench.say('peer', { role: 'standby' });
  }
  const effects = bench.say('peer', { ...claiming, epoch: 90_000 });
  t.is(bench.promisedTo, bootOf.peer);
  t.deepEqual(bench.voteFor('peer', effects)?.except, []);
});

test('who is faulted, latched or about to stop votes as well', (t) => {
  const states: Record<string, (bench: VotingBench) => void> = {
    faulted: (bench) => bench.step({ kind: 'foreign', keys: bench.keys }),
    fenced: (bench) => {
      for (const effect of bench.step({ kind: 'fence', request: 1, text: 'a test' })) {
        const answer = bench.answerTo(effect);
        if (answer !== null) bench.step(answer);
      }
    },
    draining: (bench) => bench.step({ kind: 'stop' }),
  };
  for (const [role, enter] of Object.entries(states)) {
    const bench = new VotingBench({ priority: 1 }).ready();
    enter(bench);
    t.is<string, string>(bench.group.role, role);
    const effects = bench.say('peer', claiming);
    t.is(bench.promisedTo, bootOf.peer, role);
    t.like(bench.voteFor('peer', effects), { except: [] }, role);
  }
});
