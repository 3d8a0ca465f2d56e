// Two that cannot hear each other's adverts claimed in the same moment: what they say on the wire parts them.

import test from 'ava';
import { later } from '#lib/time';
import { settingsFor, type Wish } from '../../world/settings.ts';
import { Bench, kinds, link, standby } from './bench.ts';

const lower = '02:00:00:00:00:00';
const higher = '02:00:00:00:00:99';
const down = 3000;
const facts = (mac: string) => ({ gateway: 'none', macs: [mac] }) as const;

const see = (bench: Bench, mac: string) => bench.step({ kind: 'seen', key: bench.keys[0] ?? '', mac });
const role = (bench: Bench) => bench.group.role;
const hasConflict = (bench: Bench) =>
  [...bench.state.problems.values()].some(({ problem }) => problem.code === 'address-conflict');

/** Nobody was ever heard, and the wire was silent. */
function claimant(wish: Partial<Wish> = {}): Bench {
  const bench = new Bench({ probe: true, ...wish });
  while (role(bench) !== 'active') bench.runTo(bench.wakeAt);
  return bench;
}

test('the one with the higher hardware address lets go and listens', (t) => {
  const bench = claimant();
  const effects = kinds(see(bench, lower));
  t.is(effects[0], 'release', 'silence before any word');
  t.is(role(bench), 'starting');
  t.like(bench.group.reason, { kind: 'address-answered', address: '10.0.0.0', mac: lower, by: null });
  t.is(bench.group.listenUntil, later(bench.group.since, down));
});

test('the one with the lower one stands, and says so at once to whoever missed it', (t) => {
  const bench = claimant();
  t.true(kinds(see(bench, higher)).includes('announce'));
  t.is(role(bench), 'active');
  t.true(hasConflict(bench));
});

test('who speaks on had the address before: whoever claimed beside it lets go, whatever the hardware addresses', (t) => {
  const bench = claimant();
  bench.runTo(bench.group.since + 199);
  see(bench, higher);
  t.is(role(bench), 'active');
  bench.runTo(bench.group.since + 200);
  see(bench, higher);
  t.is(role(bench), 'starting');
});

test('who has held it for two seconds lets go for nobody', (t) => {
  for (const mac of [lower, higher]) {
    const bench = claimant();
    bench.runTo(bench.group.since + 2000);
    see(bench, mac);
    t.is(role(bench), 'active');
    t.true(hasConflict(bench));
  }
});

test('a claim that waits for the kernel gives way to whoever speaks', (t) => {
  const bench = new Bench({ probe: true });
  while (role(bench) !== 'claiming') {
    bench.now = bench.wakeAt;
    for (const effect of bench.step({ kind: 'wake' })) {
      const answer = effect.kind === 'hold' ? null : bench.answerTo(effect);
      if (answer !== null) bench.step(answer);
    }
  }
  t.not(bench.group.holdId, null);
  const effects = kinds(see(bench, higher));
  t.is(effects[0], 'release', 'silence before any word');
  t.is(role(bench), 'starting');
});

test('the last words of the lost holder are none', (t) => {
  const bench = standby({ probe: true }, { advert: { facts: facts(lower), holdMs: down - 50 } });
  while (role(bench) !== 'active') bench.runTo(bench.wakeAt);
  see(bench, lower);
  t.is(role(bench), 'active');
  bench.runTo(bench.group.since + 200);
  see(bench, lower);
  t.is(role(bench), 'starting', 'it is not lost at all');
  t.like(bench.group.reason, { kind: 'still-answering', holder: 'peer' });
});

test('of nodes that hear each other the rank decides, and nothing does where only one hears the other', (t) => {
  for (const echo of [{}, null]) {
    const bench = claimant();
    bench.hear({ echo, entry: { role: 'standby', priority: 10 }, advert: { facts: facts(lower) } });
    see(bench, lower);
    t.is(role(bench), echo === null ? 'starting' : 'active');
  }
});

test('a holder that is heard and does not hear this node is not called silent', (t) => {
  const bench = claimant();
  bench.runTo(bench.group.since + 200);
  bench.hear({ echo: null, entry: { role: 'active', priority: 10 }, advert: { facts: facts(lower) } });
  t.is(role(bench), 'active', 'its advert alone: not for a down time');
  see(bench, lower);
  t.is(role(bench), 'starting');
  t.deepEqual(bench.group.reason, { kind: 'unheard', by: 'peer' });
});

test('a word that waited in a socket counts by when it was said', (t) => {
  const bench = claimant();
  const after = later(bench.group.since, 100);
  bench.runTo(bench.group.since + 2500);
  bench.step({ kind: 'seen', key: bench.keys[0] ?? '', mac: lower, after });
  t.is(role(bench), 'starting');
});

test('whoever stands announces once more when a holder of long standing may answer that again', (t) => {
  const bench = claimant();
  const { since } = bench.group;
  bench.runTo(since + 50);
  see(bench, higher);
  const later1 = kinds(bench.runTo(since + 1249));
  const later2 = kinds(bench.runTo(since + 1250));
  t.deepEqual(
    [later1, later2].map((effects) => effects.includes('announce')),
    [false, true],
  );
  see(bench, higher);
  t.is(role(bench), 'starting', 'it answered that');
});

test('a claim of what somebody else let go of for nobody by name is in question too', (t) => {
  const bench = standby({ probe: true });
  bench.hearAndAnswer({ entry: { role: 'standby', priority: 200 } });
  while (role(bench) !== 'active') bench.runTo(bench.wakeAt);
  t.is(bench.group.reason.kind, 'resigned');
  see(bench, lower);
  t.is(role(bench), 'starting');
});

test('a second interface has an order of its own, which does not count', (t) => {
  const settings = settingsFor({ node: 'me', probe: true });
  const [group] = settings.groups;
  const [address] = group?.addresses ?? [];
  if (group === undefined || address === undefined) return t.fail();
  const addresses = [address, { ...address, interface: 'eth1', address: '10.0.1.0' }];
  const bench = new Bench(
    { probe: true },
    { links: [link, { ...link, name: 'eth1', index: 3 }] },
    { groups: [{ ...group, addresses }] },
  );
  while (role(bench) !== 'active') bench.runTo(bench.wakeAt);
  const seen = (key = '') => bench.step({ kind: 'seen', key, mac: lower });
  seen(bench.keys[1]);
  t.is(role(bench), 'active');
  seen(bench.keys[0]);
  t.is(role(bench), 'starting');
});

test('nodes that turn each other off leave it to that', (t) => {
  const bench = claimant({ fence: { peer: ['/sbin/agent'] } });
  see(bench, lower);
  t.is(role(bench), 'active');
});

test('what was given to this node is not in question, nor anything without the probe', (t) => {
  const given = standby({ probe: true });
  given.hearAndAnswer({ entry: { role: 'resigning', priority: 200, successor: 'me' } });
  t.is(role(given), 'active');
  see(given, lower);
  t.is(role(given), 'active');

  const blind = claimant({ probe: false });
  see(blind, lower);
  t.is(role(blind), 'active');
});

test('who speaks and answers no question is given way to three times in a row, and is no holder after that', (t) => {
  const bench = claimant();
  for (let times = 1; times <= 3; times += 1) {
    see(bench, lower);
    t.is(role(bench), 'starting', `${times} times`);
    while (role(bench) !== 'active') bench.runTo(bench.wakeAt);
  }
  for (const atMs of [0, 200]) {
    bench.runTo(bench.group.since + atMs);
    see(bench, lower);
    t.is(role(bench), 'active');
  }
  t.true(hasConflict(bench));
});

test('once it answers it may hold the address after all, and so it may some time later', (t) => {
  const links = (up: boolean) => ({ kind: 'links', links: [{ ...link, up }] }) as const;
  const between: Record<string, (bench: Bench) => void> = {
    nothing: () => {},
    'an answer': (bench) => {
      while (bench.group.probe === null) bench.runTo(bench.wakeAt);
      see(bench, lower);
    },
    'a minute': (bench) => {
      bench.step(links(false));
      bench.runTo(bench.now + 60_000);
      bench.step(links(true));
    },
    'a minute and three down times': (bench) => {
      bench.step(links(false));
      bench.runTo(bench.now + 70_000);
      bench.step(links(true));
    },
  };
  for (const [what, happens] of Object.entries(between)) {
    const bench = claimant();
    for (let times = 1; times <= 3; times += 1) {
      see(bench, lower);
      if (times === 3) happens(bench);
      while (role(bench) !== 'active') bench.runTo(bench.wakeAt);
    }
    see(bench, lower);
    t.is(role(bench), what === 'an answer' || what === 'a minute and three down times' ? 'starting' : 'active', what);
  }
});
