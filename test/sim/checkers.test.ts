// A checker that never fires is a defect. Each is shown a cluster in which somebody cheats: the world is changed
// behind the backs of its daemons, as a bug of theirs would change it.

import { boundsChecker } from './checkers/bounds.ts';
import { fenceChecker } from './checkers/fences.ts';
import { kernelChecker } from './checkers/kernel.ts';
import { leaseChecker } from './checkers/lease.ts';
import { MoveChecker } from './checkers/moves.ts';
import { OverlapChecker } from './checkers/overlap.ts';
import { QuorumChecker } from './checkers/quorum.ts';
import { RestChecker } from './checkers/rest.ts';
import { VacancyChecker } from './checkers/vacancy.ts';
import { addresses, fires, holderOf, restMs } from './watched.ts';
import type { Cluster } from './cluster.ts';

fires(
  'holders: one that claims though it hears the other',
  (cluster) => new OverlapChecker(cluster),
  (cluster) => {
    const { other } = holderOf(cluster);
    const holding = cluster.holding(0, cluster.indexOf(other));
    holding.claimedAt = cluster.events.now;
    holding.ears = (cluster.ears[cluster.indexOf(other)] ?? []).map((ear) => ({ ...ear }));
    other.kernel.hold(addresses(cluster), other.clock.now() + 1000, Infinity);
    cluster.run(10);
  },
  /heard it .* before it claimed/,
);

fires(
  'lease: an address that is renewed without an advert',
  leaseChecker,
  (cluster) => {
    const { holder } = holderOf(cluster);
    holder.freeze();
    holder.kernel.renew(holder.clock.now() + 60_000);
    cluster.run(30_000);
  },
  /ms after its last advert/,
);

fires(
  'vacancy: nobody takes the group',
  (cluster) => new VacancyChecker(cluster, restMs),
  (cluster) => {
    for (const host of cluster.list) host.answerMs = () => 1e9;
    const { holder } = holderOf(cluster);
    holder.kernel.powerCut();
    cluster.run(60_000);
  },
  /nobody answers for group 0/,
);

fires(
  'kernel: an address that no daemon asked for',
  kernelChecker,
  (cluster) => {
    const { other } = holderOf(cluster);
    other.kernel.hold(addresses(cluster), other.clock.now() + 60_000, Infinity);
    cluster.run(10_000);
  },
  /the kernel still has/,
);

fires(
  'kernel: an address that ended before its time, without a word',
  kernelChecker,
  (cluster) => {
    holderOf(cluster).holder.kernel.lateMs = -60_000;
    cluster.run(10_000);
  },
  /the kernel has lost/,
);

fires(
  'moves: a move for no cause, while something is wrong for long',
  (cluster) => new MoveChecker(cluster, restMs),
  (cluster) => {
    const { holder } = holderOf(cluster);
    cluster.run(60_000);
    holder.stop();
    cluster.run(1000);
  },
  /ms after anything changed/,
);

fires(
  'rest: a move for no cause',
  (cluster) => new RestChecker(cluster, restMs),
  (cluster) => {
    holderOf(cluster).holder.stop();
    cluster.run(1000);
  },
  /though nothing happened/,
);

fires(
  'bounds: more problems than there can be',
  boundsChecker,
  (cluster) => {
    const state = cluster.hostAt(0).daemon?.state;
    const problems = state?.problems as Map<string, unknown> | undefined;
    for (let i = 0; i < 1000; i += 1) problems?.set(`no-peer-heard ${i}`, { problem: { code: 'lease-off' }, since: 0 });
    cluster.hostAt(0).freeze();
    cluster.run(60_000);
  },
  /has .* problems, at most/,
);

fires(
  'bounds: a collection for which no bound is named',
  boundsChecker,
  (cluster) => {
    Object.assign(cluster.hostAt(0).daemon?.state ?? {}, { whatever: { heard: new Set() } });
    cluster.hostAt(0).freeze();
    cluster.run(60_000);
  },
  /no bound is named for whatever.heard/,
);

const quorumFires = (name: string, cheat: (cluster: Cluster) => void, words: RegExp): void =>
  fires(`quorum: ${name}`, (cluster) => new QuorumChecker(cluster), cheat, words, 'quorum');

quorumFires(
  'a second one answers',
  (cluster) => {
    const { other } = holderOf(cluster);
    other.kernel.hold(addresses(cluster), other.clock.now() + 1000, Infinity);
    cluster.run(10);
  },
  /answer for group 0/,
);

quorumFires(
  'a lease that is longer than what a majority promised',
  (cluster) => {
    const { holder } = holderOf(cluster);
    holder.kernel.renew(holder.clock.now() + 60_000);
    cluster.run(100);
  },
  /promises end so much later/,
);

quorumFires(
  'a promise to another one while the first stands',
  (cluster) => {
    const { holder, other } = holderOf(cluster);
    const state = other.daemon?.state;
    const [candidate] = [...(state?.quorum?.candidates.values() ?? [])];
    if (state?.quorum == null || candidate === undefined) return;
    const candidates = new Map(state.quorum.candidates).set('another', { ...candidate, node: other.name });
    const promises = new Map([['web', { boot: 'another', epoch: 1, standing: true }]]);
    Object.assign(state, { quorum: { ...state.quorum, candidates, promises } });
    holder.freeze();
    cluster.run(10);
  },
  /has promised it to/,
);

quorumFires(
  'an epoch that does not rise',
  (cluster) => {
    const { holder } = holderOf(cluster);
    cluster.told(holder, {
      code: 'group',
      group: 'web',
      from: 'claiming',
      to: 'active',
      reason: { kind: 'no-holder' },
    });
  },
  /under epoch .* was held before/,
);

fires(
  'fences: a fenced host that answers',
  fenceChecker,
  (cluster) => {
    const { other } = holderOf(cluster);
    other.fence('a test');
    cluster.run(1000);
    other.kernel.hold(addresses(cluster), other.clock.now() + 1000, Infinity);
    cluster.run(100);
  },
  /is fenced and answers/,
);

fires(
  'fences: two that have each other turned off',
  fenceChecker,
  (cluster) => {
    const { holder, other } = holderOf(cluster);
    holder.fencer.orders.push({
      at: cluster.events.now,
      target: other.name,
      saysOff: true,
      lies: false,
      endsAt: cluster.events.now + 100,
    });
    cluster.told(other, { code: 'fence-peer', peer: holder.name, silentMs: 3000 });
  },
  /have each other turned off/,
);

fires(
  'fences: a claim without the fence that is required',
  fenceChecker,
  (cluster) => {
    const { holder, other } = holderOf(cluster);
    holder.freeze();
    cluster.run(30_000);
    const reason = { kind: 'holder-lost', holder: holder.name, silentMs: 30_000 } as const;
    cluster.told(other, { code: 'group', group: 'web', from: 'claiming', to: 'active', reason });
  },
  /has not turned off/,
);
