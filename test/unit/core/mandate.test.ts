// The candidate: which votes count, for how long they let a node hold, and what happens when they end.

import test from 'ava';
import { instant } from '#lib/time';
import { sentAt } from '#core/mandate';
import type { SentAdvert } from '#core/quorum-state';
import type { Effect } from '#model/effect';
import { kinds } from './bench.ts';
import { bootOf, holdMs, ownBoot, untilOf, VotingBench } from './voting-bench.ts';

const leaseMs = 3000;

test('a claim waits for a majority before it asks the kernel for anything', (t) => {
  const bench = new VotingBench().ready();
  t.is(bench.group.role, 'claiming');
  t.is(bench.group.holdId, null);
  const effects = bench.say('peer', { role: 'standby' }, bench.vote);
  t.is(bench.group.role, 'active');
  t.deepEqual(untilOf(effects, 'hold'), [bench.now + leaseMs]);
});

test('timeline: a vote counted from a receipt echo', (t) => {
  const bench = new VotingBench().ready();
  const seen: string[] = [];
  // Both others hear every number and say so, and neither votes.
  for (let i = 0; i < 5; i += 1) {
    bench.runTo(bench.now + 500);
    for (const node of ['peer', 'third'] as const) {
      const echo = { sequence: bench.lastNumber, tableVersion: bench.state.tableVersion };
      seen.push(...kinds(bench.say(node, { role: 'standby' }, null, { echo })));
    }
  }
  t.is(bench.group.role, 'claiming');
  t.false(seen.includes('hold'));
  bench.runTo(bench.now + 600);
  t.is(bench.group.role, 'standby');
  t.is(bench.group.reason.kind, 'no-majority');
});

test('timeline: votes from before its own release', (t) => {
  const bench = new VotingBench().ready().win();
  const before = { sequence: bench.lastNumber + 50, tableVersion: bench.state.tableVersion };
  t.is(bench.group.role, 'active');
  bench.step({ kind: 'lapsed' });
  t.is(bench.group.role, 'starting');
  for (let i = 0; i < 8; i += 1) {
    bench.runTo(bench.now + 500);
    bench.poll();
    for (const node of ['peer', 'third'] as const) bench.say(node, { role: 'standby' });
  }
  t.is(bench.group.role, 'claiming', 'it claims anew');
  // However high the number: the vote is for what this node held under an older version of its table.
  bench.say('peer', { role: 'standby' }, before);
  t.is(bench.group.role, 'claiming');
  bench.say('peer', { role: 'standby' }, bench.vote);
  t.is(bench.group.role, 'active');
});

test('a vote is worth a lease from when its number left, however late it comes', (t) => {
  const bench = new VotingBench().ready().win();
  const { vote } = bench;
  const sent = bench.now;
  bench.say('peer', null, vote);
  bench.runTo(sent + 1000);
  const { vote: second } = bench;
  bench.runTo(sent + 1900);
  t.deepEqual(untilOf(bench.say('peer', null, vote), 'renew'), [], 'nothing new');
  t.deepEqual(untilOf(bench.say('peer', null, second), 'renew').length, 1);
  const until = bench.group.mandate;
  t.true(until > sent + leaseMs && until <= sent + 1000 + leaseMs, `${until - sent}`);
});

test('timeline: a renewal that reaches the kernel late', (t) => {
  const bench = new VotingBench().ready().win();
  bench.runTo(bench.now + 1000);
  const { vote } = bench;
  t.is(untilOf(bench.say('peer', null, vote), 'renew').length, 1);
  t.true(bench.group.mandate > bench.now + 1000, 'by its votes it might hold on');
  // The lease ended before that renewal was there: for the kernel, and so for the claim, all is over.
  const effects = bench.step({ kind: 'lapsed' });
  const order = kinds(effects).filter((kind) => ['silence', 'advert', 'release'].includes(kind));
  t.deepEqual(order, ['silence', 'advert', 'release']);
  t.is(bench.group.role, 'starting');
  t.deepEqual(bench.group.reason, { kind: 'lease-lapsed' });
  const after = [...bench.say('peer', { role: 'standby' }, vote), ...bench.runTo(bench.now + 2900)];
  t.deepEqual([...untilOf(after, 'renew'), ...untilOf(after, 'hold')], []);
  t.not(bench.group.role, 'active');
});

test('without new votes everything is let go of a little before the lease ends, and votes that come then come too late', (t) => {
  const bench = new VotingBench().ready().win();
  const { mandate } = bench.group;
  const number = bench.vote;
  // No vote comes: a little before the end everything is let go of, and said.
  const effects = bench.runTo(mandate - 40);
  t.deepEqual(untilOf(effects, 'renew'), []);
  t.true(kinds(effects).includes('silence'));
  t.is(bench.group.role, 'starting');
  t.deepEqual(bench.group.reason, { kind: 'too-few-votes', votes: 1, voters: 3, needed: 2 });
  // What comes now came too late, whatever it names.
  t.deepEqual(untilOf(bench.say('peer', { role: 'standby' }, number), 'renew'), []);
  t.not(bench.group.role, 'active');
});

test('with address lifetimes nothing is asked of the kernel that is worth less than its shortest, a second', (t) => {
  const bench = new VotingBench({}, {}, { lease: { kind: 'address', ms: 3000 } }).ready();
  const { vote } = bench;
  bench.runTo(bench.now + 2100);
  t.deepEqual(untilOf(bench.say('peer', { role: 'standby' }, vote), 'hold'), [], 'it would end after its mandate');
  t.is(bench.group.role, 'claiming');
  const { vote: second } = bench;
  t.is(untilOf(bench.say('peer', { role: 'standby' }, second), 'hold').length, 1);
});

test('a step that comes after the end of the lease lets go before it looks at what came', (t) => {
  const bench = new VotingBench().ready().win();
  bench.runTo(bench.now + 1000);
  const fresh = bench.vote;
  // Frozen from here on: the vote waits in the socket until the lease is over.
  bench.now = bench.group.mandate + 1;
  const effects = bench.say('peer', { role: 'standby' }, fresh);
  t.is(bench.group.role, 'starting');
  t.deepEqual(untilOf(effects, 'renew'), []);
  t.true(kinds(effects).includes('release'));
});

test('its own vote has to be among the majority', (t) => {
  const bench = new VotingBench();
  // Its number is not known yet: this node has not voted for it.
  const { id } = bench.claimUnsent();
  const votes = { voters: bench.hash, silent: false, epoch: 0 };
  const vote = { boot: '00000000000000aa', sequence: 999, tableVersion: bench.state.tableVersion, except: [] };
  for (const node of ['peer', 'third']) {
    bench.hear({ node, entry: null, advert: { holdMs, votes: { ...votes, given: [vote] } } });
  }
  t.is(bench.group.role, 'claiming');
  t.is(bench.group.holdId, null);
  // The votes came before this node knew that the number had left: they are not lost.
  const paths = [{ path: 'eth0', error: null }];
  const effects = bench.step({ kind: 'sent', id, at: instant(bench.now), last: 999, paths });
  t.deepEqual(untilOf(effects, 'hold'), [bench.now + leaseMs]);
});

test('votes under another list of voters count for nothing', (t) => {
  const bench = new VotingBench().ready();
  const given = [
    { boot: '00000000000000aa', sequence: bench.lastNumber, tableVersion: bench.state.tableVersion, except: [] },
  ];
  bench.hearAndAnswer({
    node: 'peer',
    entry: { role: 'standby' },
    advert: { holdMs, votes: { voters: 'f'.repeat(16), silent: false, epoch: 0, given } },
  });
  t.is(bench.group.role, 'claiming');
  bench.runTo(bench.now + 500);
  t.true([...bench.state.problems.values()].some(({ problem }) => problem.code === 'voters-differ'));
});

test('a vote of an unproven sender counts for nothing', (t) => {
  const bench = new VotingBench().ready();
  const stranger = { boot: '00000000000000ee', echo: null };
  bench.say('peer', { role: 'standby' }, bench.vote, stranger);
  t.is(bench.group.role, 'claiming', 'it may be a recording');
  bench.say('peer', { role: 'standby' }, bench.vote, { boot: stranger.boot });
  t.is(bench.group.role, 'active');
});

test('of two daemons under one name neither votes', (t) => {
  const bench = new VotingBench().ready();
  const twin = { boot: '00000000000000ee' };
  bench.say('peer', { role: 'standby' }, null, twin);
  bench.runTo(bench.now + 300);
  // The earlier one goes on speaking, so it was no restart.
  bench.say('peer', { role: 'standby' });
  bench.say('peer', { role: 'standby' }, bench.vote, twin);
  bench.say('peer', { role: 'standby' }, bench.vote);
  t.is(bench.group.role, 'claiming');
  bench.say('third', { role: 'standby' }, bench.vote);
  t.is(bench.group.role, 'active');
});

test('two lives of one node are one voter', (t) => {
  const bench = new VotingBench({ voters: ['me', 'peer', 'third', 'fourth', 'fifth'] }).ready();
  t.is(bench.group.role, 'claiming');
  bench.say('peer', { role: 'standby' }, bench.vote);
  bench.say('peer', { role: 'standby' }, bench.vote, { boot: '00000000000000ee' });
  t.is(bench.group.role, 'claiming', 'two voters of five');
  bench.say('third', { role: 'standby' }, bench.vote);
  t.is(bench.group.role, 'active');
});

test('a claim goes on from nothing that an unproven sender says', (t) => {
  const inherited = (echo: null | undefined) => {
    const bench = new VotingBench().almostReady();
    const recording = echo === null ? { boot: '00000000000000ee', echo } : {};
    bench.say('peer', { role: 'standby', epoch: 7000 }, null, recording);
    bench.runTo(bench.now + 1);
    t.is(bench.group.role, 'claiming');
    return bench.group.inherits;
  };
  t.deepEqual(inherited(undefined), { boot: bootOf.peer, epoch: 7000 });
  t.is(inherited(null), null);
});

test('nothing is handed over to a voter that is silent, for it gives no vote to itself', (t) => {
  const bench = new VotingBench().ready().win();
  const votes = { voters: bench.hash, silent: true, epoch: 0, given: [] };
  bench.say('peer', { role: 'standby', priority: 90 }, null, { advert: { votes } });
  bench.say('third', { role: 'standby', priority: 10 });
  bench.step({ kind: 'stop' });
  t.is(bench.group.resignation?.successor, 'third');
});

test('an excepted group is not covered by the vote', (t) => {
  const bench = new VotingBench().ready();
  bench.say('peer', { role: 'standby' }, { ...bench.vote, except: [{ group: 'web', epoch: 0 }] });
  t.is(bench.group.role, 'claiming');
  bench.say('peer', { role: 'standby' }, { ...bench.vote, except: [{ group: 'other', epoch: 0 }] });
  t.is(bench.group.role, 'active');
});

test('a claim that a later epoch stands above is made anew, above that', (t) => {
  const bench = new VotingBench().ready();
  const { epoch } = bench.group;
  const effects = bench.say(
    'peer',
    { role: 'standby' },
    { ...bench.vote, except: [{ group: 'web', epoch: epoch + 70 }] },
    {
      advert: {
        holdMs,
        votes: {
          voters: bench.hash,
          silent: false,
          epoch: epoch + 70,
          given: [
            {
              boot: '00000000000000aa',
              sequence: bench.lastNumber,
              tableVersion: bench.state.tableVersion,
              except: [{ group: 'web', epoch: epoch + 70 }],
            },
          ],
        },
      },
    },
  );
  t.is(bench.group.epoch, epoch + 71);
  t.true(kinds(effects).includes('advert'));
});

test('a later epoch that stands above another group, or above an earlier claim, is no reason to claim anew', (t) => {
  const bench = new VotingBench({ groups: 2 }).ready();
  const epochs = () => bench.state.groups.map(({ epoch }) => epoch);
  const [web = 0, other = 0] = epochs();
  const above = (group: string) => [{ group, epoch: web + 70 }];
  bench.say('peer', { role: 'standby' }, { sequence: 1, tableVersion: 0, except: above('web') });
  t.deepEqual(epochs(), [web, other], 'a vote under an older table is for an older claim');
  bench.say('peer', { role: 'standby' }, { ...bench.vote, except: above('g1') });
  t.is(epochs()[0], web);
  t.true((epochs()[1] ?? 0) > other);
});

test('a vote that names a lower number than before takes nothing back', (t) => {
  const bench = new VotingBench().ready().win();
  const { vote } = bench;
  bench.runTo(bench.now + 1000);
  bench.say('peer', null, bench.vote);
  const { mandate } = bench.group;
  bench.say('peer', null, vote);
  t.is(bench.group.mandate, mandate);
});

test('with address lifetimes a renewal that is worth less than a second is none', (t) => {
  const bench = new VotingBench({}, {}, { lease: { kind: 'address', ms: 3000 } }).ready().win();
  const granted = bench.group.mandate;
  bench.runTo(bench.now + 1000);
  const { vote } = bench;
  bench.runTo(granted - 200);
  const effects = bench.say('peer', null, vote);
  t.true(bench.group.mandate > granted, 'the vote counts');
  t.true(bench.group.mandate < bench.now + 1000);
  t.deepEqual(untilOf(effects, 'renew'), []);
});

test('words about two adverts may come in another order: the own vote is for the later one', (t) => {
  const bench = new VotingBench();
  const { id } = bench.claimUnsent();
  const before = bench.lastNumber;
  // Whoever is met is answered.
  const answered = bench.hear({ node: 'peer', boot: '00000000000000ee', echo: null });
  const later = answered.find(({ kind }) => kind === 'advert');
  const paths = [{ path: 'eth0', error: null }];
  const tell = (of: number, last: number) => bench.step({ kind: 'sent', id: of, at: instant(bench.now), last, paths });
  tell(later?.kind === 'advert' ? later.id : 0, before + 2);
  tell(id, before + 1);
  t.is(bench.state.quorum?.candidates.get(ownBoot)?.sequence ?? 0, before + 2);
});

test('two groups: the lease that both live on is that of the one with the shorter mandate', (t) => {
  const bench = new VotingBench({ groups: 2 }).ready();
  const both = bench.vote;
  bench.say('peer', null, both);
  const roles = () => bench.state.groups.map(({ role }) => role);
  t.deepEqual(roles(), ['active', 'active']);
  const first = bench.state.quorum?.grantedUntil ?? 0;
  bench.runTo(bench.now + 1000);
  // Renewed for one group only: nothing is renewed, since one lease carries both.
  const except = [{ group: 'g1', epoch: 0 }];
  t.deepEqual(untilOf(bench.say('peer', null, { ...bench.vote, except }), 'renew'), []);
  t.is(bench.state.quorum?.grantedUntil, first as never);
  // The one that lags is let go when it must be, and the other lives on.
  const effects = bench.runTo(first - 30);
  t.deepEqual(roles(), ['active', 'starting']);
  t.true(untilOf(effects, 'renew').some((until) => until > first));
});

test('a newly won group is not opened under a lease that runs longer than its own mandate', (t) => {
  const bench = new VotingBench({ groups: 2 }).ready();
  const early = { ...bench.vote };
  const late = bench.state.groups[1]?.name ?? '';
  bench.say('peer', null, { ...early, except: [{ group: late, epoch: 0 }] });
  bench.runTo(bench.now + 1000);
  bench.say('peer', null, { ...bench.vote, except: [{ group: late, epoch: 0 }] });
  t.is(bench.state.groups[0]?.role, 'active');
  // A vote for the first number now covers the second group too: worth less than what the first was granted.
  bench.say('peer', null, null);
  bench.say('peer', null, early);
  t.is(bench.state.groups[1]?.role, 'claiming');
  bench.say('peer', null, bench.vote);
  t.is(bench.state.groups[1]?.role, 'active');
});

test('a number left with its advert, or is taken to have left before', (t) => {
  const advert = (id: number, at: number | null, last = 0): SentAdvert => ({
    id,
    tableVersion: 1,
    left: at === null ? null : { at: instant(at), last },
  });
  const sent = [advert(1, 10, 2), advert(2, 20, 4), advert(3, null), advert(4, 40, 8), advert(5, 50, 9)];
  t.is(sentAt(sent, 3), instant(20));
  t.is(sentAt(sent, 4), instant(20));
  // Of the third advert or of the fourth: not later than the second, for sure.
  t.is(sentAt(sent, 5), instant(20));
  t.is(sentAt(sent, 9), instant(50));
  // A number that nobody sent yet.
  t.is(sentAt(sent, 99), instant(50));
  // What stood before the first that is remembered, nobody knows.
  t.is(sentAt(sent, 1), null);
});

test('an active of a later epoch deposes, one of an earlier epoch does not, whatever the rank', (t) => {
  const bench = new VotingBench({ priority: 200 }).ready().win();
  bench.say('third', { role: 'active', epoch: bench.group.epoch - 1, priority: 254 });
  t.is(bench.group.role, 'active');
  bench.say('third', { role: 'active', epoch: bench.group.epoch + 1, priority: 1 });
  t.not(bench.group.role, 'active');
  t.deepEqual(bench.group.reason, { kind: 'deposed', by: 'third' });
});

test('a claim without a majority ends after three intervals, and rests', (t) => {
  const bench = new VotingBench().ready();
  const since = bench.now;
  const keepTalking = (until: number) => {
    const effects: Effect[] = [];
    while (bench.now < until) {
      effects.push(...bench.runTo(Math.min(until, bench.now + 400)));
      for (const node of ['peer', 'third'] as const) effects.push(...bench.say(node, { role: 'standby' }));
    }
    return effects;
  };
  const told = JSON.stringify(keepTalking(since + 3100));
  t.is(bench.group.role, 'standby');
  // Both others hear it and could vote: they did not, and it says that.
  t.true(told.includes('"reason":{"kind":"too-few-votes","votes":1,"voters":3,"needed":2}'), told);
  t.deepEqual(bench.group.reason, { kind: 'claim-rests', forMs: 2000 });
  keepTalking(since + 4800);
  t.is(bench.group.role, 'standby');
  keepTalking(since + 5800);
  t.is(bench.group.role, 'claiming');
});

test('a claim whose votes end before the kernel answers is given up, and nobody is woken for it again and again', (t) => {
  const bench = new VotingBench().ready();
  const answerTo = bench.answerTo.bind(bench);
  bench.answerTo = (effect) => (effect.kind === 'hold' ? null : answerTo(effect));
  bench.say('peer', { role: 'standby' }, bench.vote);
  t.is(bench.group.role, 'claiming');
  t.not(bench.group.holdId, null);
  const effects = bench.runTo(bench.group.mandate);
  t.true(JSON.stringify(effects).includes('claim-late'));
  t.is(bench.group.role, 'standby');
  t.true(kinds(effects).includes('silence'));
});
