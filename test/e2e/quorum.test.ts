// Quorum mode with real daemons: whatever falls apart, freezes or starts anew, the kernels of two hosts never answer for
// one address at the same time; and whoever still has a majority answers within the time that `locum check` prints.

import test, { type ExecutionContext } from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import { Lab } from '../lab/lab.ts';
import { untilAnswers, untilSilent } from '../lab/seen.ts';
import type { Status } from '../lab/status.ts';
import { Scratch } from './scratch.ts';

const intervalMs = 100;
/** More than any lease can last here, with nf_tables or without. */
const longestHoldMs = 5000;
const silenceMs = 1.03 * longestHoldMs;

interface Cluster {
  readonly hosts: number;
  /** Host names that are witnesses. */
  readonly witnesses?: readonly string[];
  /** Shorter where a lab has nf_tables for certain: nobody holds for so long after the start of all. */
  readonly holdMs?: number;
  readonly toml?: string;
}

async function cluster(t: ExecutionContext, choice: Cluster): Promise<Lab> {
  const { hosts, witnesses = [], holdMs = longestHoldMs, toml } = choice;
  const names = Array.from({ length: hosts }, (_, i) => `h${i + 1}`);
  const list = names.map((name) => `"${name}"`).join(', ');
  const set = [
    `cluster.nodes=[${list}]`,
    'safety.mode=quorum',
    `safety.longest_hold=${holdMs}ms`,
    ...witnesses.map((name) => `${name}:node.witness=true`),
  ];
  return Lab.up(t, { hosts, interval: `${intervalMs}ms`, addresses: 1, set, ...(toml === undefined ? {} : { toml }) });
}

/** What a failover may take: the promise, one turn of rank or two, and the daemons of a busy machine. */
async function failoverMs(lab: Lab): Promise<number> {
  const { lease } = (await lab.status('h1')) ?? { lease: { ms: 3000 } };
  return 1.03 * (lease.ms + 1250) + 5 * intervalMs + 2000;
}

async function atMostOne(
  t: ExecutionContext,
  lab: Lab,
  happens: (witness: Awaited<ReturnType<Lab['answering']>>) => Promise<void>,
): Promise<void> {
  const witness = await lab.answering();
  await happens(witness);
  const seen = await witness.stop();
  t.is(seen.longestOverlapMs, 0, JSON.stringify(seen.overlaps));
}

test('quorum: three nodes in every partition, and healed', async (t) => {
  const lab = await cluster(t, { hosts: 3 });
  const bound = await failoverMs(lab);
  await atMostOne(t, lab, async (witness) => {
    // The holder has a majority with either of the others: nothing moves.
    for (const alone of ['h3', 'h2']) {
      await lab.partition(
        [alone],
        ['h1', 'h2', 'h3'].filter((name) => name !== alone),
      );
      await lab.waitFor(alone, ({ peers }) => peers.every(({ state }) => state === 'lost'), 5000);
      t.deepEqual(await lab.holders(), ['h1']);
      await lab.heal('all');
      await lab.waitFor(alone, ({ peers }) => peers.every(({ state }) => state === 'two-way'), 5000);
    }
    // Alone it lets go, and the two others take over.
    await lab.partition(['h1'], ['h2', 'h3']);
    await untilSilent(witness, 'h1', bound);
    await untilAnswers(witness, 'h2', bound);
    await lab.heal('all');
    await lab.waitForState('h1', 'active', 5000);
    // Everybody alone: nobody.
    await lab.partition(['h1'], ['h2', 'h3']);
    await lab.partition(['h2'], ['h3']);
    await lab.waitForHolders([], bound);
    const says = ({ groups }: Status) => /1 voter .* needs 2/.test(groups[0]?.reason ?? '');
    await lab.waitFor('h1', says, 5000, 'reason');
    await lab.heal('all');
    await lab.waitForHolders(['h1'], bound);
  });
});

test('quorum: a frozen holder is silent before another one answers', async (t) => {
  const lab = await cluster(t, { hosts: 3 });
  const bound = await failoverMs(lab);
  await atMostOne(t, lab, async (witness) => {
    await lab.freeze('h1');
    await untilSilent(witness, 'h1', bound);
    await untilAnswers(witness, 'h2', bound);
    await lab.thaw('h1');
    await lab.waitForState('h1', 'active', bound + 5000);
    await lab.waitForHolders(['h1'], 2000);
  });
});

test('quorum: a witness without a group decides, and when it dies the holder goes on; alone it lets go', async (t) => {
  const lab = await cluster(t, { hosts: 3, witnesses: ['h3'] });
  const bound = await failoverMs(lab);
  t.deepEqual((await lab.status('h3'))?.groups, []);
  await atMostOne(t, lab, async (witness) => {
    // With the witness one of two is enough.
    await lab.partition(['h1'], ['h2', 'h3']);
    await untilSilent(witness, 'h1', bound);
    await untilAnswers(witness, 'h2', bound);
    await lab.heal('all');
    await lab.waitForState('h1', 'active', 5000);
    await lab.kill('h3');
    await lab.waitFor('h1', ({ peers }) => peers.some(({ state }) => state === 'lost'), 3000);
    t.deepEqual(await lab.holders(), ['h1']);
    await lab.kill('h2');
    await lab.waitForHolders([], bound);
    // A witness that was started again is silent for a while; then it is enough.
    await lab.start('h3');
    await lab.waitForHolders(['h1'], silenceMs + bound);
  });
});

test('quorum: a restart of all has no holder until no promise can stand, and then one', async (t) => {
  const lab = await cluster(t, { hosts: 3 });
  const epoch = async () => Number(/epoch (\d+)/.exec(await lab.locum('h1', 'status', '--json').then(epochIn))?.[1]);
  const before = await epoch();
  await atMostOne(t, lab, async () => {
    for (const host of ['h1', 'h2', 'h3']) await lab.kill(host);
    await lab.waitForHolders([], 6000);
    const at = performance.now();
    await Promise.all(['h1', 'h2', 'h3'].map((host) => lab.start(host)));
    await lab.waitForState('h1', 'active', silenceMs + 6000);
    t.true(performance.now() - at > silenceMs - 500, 'somebody voted while it may have forgotten a promise');
    await lab.waitForHolders(['h1'], 2000);
  });
  t.true((await epoch()) > before, 'epochs only rise');
});

const five = ['h1', 'h2', 'h3', 'h4', 'h5'] as const;

/** Every way to part five nodes: each is on a side where somebody is already, or begins the next one. */
function partitionsOfFive(): string[][][] {
  let all: string[][][] = [[]];
  for (const name of five) {
    all = all.flatMap((sides) => [
      ...sides.map((_, at) => sides.map((side, i) => (i === at ? [...side, name] : side))),
      [...sides, [name]],
    ]);
  }
  return all.filter((sides) => sides.length > 1);
}

/** Each host hears those of its own side, and nobody else. */
async function heardApart(lab: Lab, sides: readonly (readonly string[])[], withinMs: number): Promise<void> {
  const apart = async (name: string, side: readonly string[]): Promise<unknown> =>
    lab.waitFor(
      name,
      ({ peers }) =>
        peers.every((peer) => (side.includes(peer.name) ? peer.state === 'two-way' : peer.state === 'lost')),
      withinMs,
      `peers: ${sides.map((one) => one.join(' ')).join(' | ')}`,
    );
  await Promise.all(sides.flatMap((side) => side.map((name) => apart(name, side))));
}

test('quorum: five nodes in every partition: the majority holds, nobody where there is none, and never two', async (t) => {
  t.timeout(300_000);
  const lab = await cluster(t, { hosts: five.length, holdMs: 1000 });
  const bound = await failoverMs(lab);
  const begunMs = performance.now();
  await atMostOne(t, lab, async () => {
    for (const sides of partitionsOfFive()) {
      await lab.partitionInstead(...sides);
      await heardApart(lab, sides, 8000);
      // Of a majority the best-ranked one: it takes over, or is handed the group.
      const majority = sides.find((side) => side.length > five.length / 2) ?? [];
      await lab.waitForHolders(majority.slice(0, 1), bound);
      if (majority.length > 0) continue;
      await sleep(8 * intervalMs);
      t.deepEqual(await lab.holders(), [], sides.map((side) => side.join(' ')).join(' | '));
    }
    await lab.heal('all');
    await lab.waitForHolders(['h1'], bound);
  });
  t.is(partitionsOfFive().length, 51);
  t.log(`51 partitions in ${((performance.now() - begunMs) / 1000).toFixed(1)} s`);
});

test('quorum: a clean stop hands over within milliseconds, and hooks are told an epoch that rises with each holder', async (t) => {
  const scratch = await Scratch.make(t);
  const hook = await scratch.script(
    'hook',
    `echo "$LOCUM_NODE $LOCUM_STATE \${LOCUM_EPOCH-none}" >>${scratch.dir}/told`,
  );
  const lab = await cluster(t, { hosts: 3, holdMs: 1000, toml: `[hooks]\nchange = ["${hook}"]\n` });
  const told = async (): Promise<readonly (readonly [node: string, epoch: number])[]> =>
    (await scratch.lines('told'))
      .map((line) => line.split(' '))
      .flatMap(([node = '', state, epoch]) => (state === 'active' ? [[node, Number(epoch)] as const] : []));
  /** The last epoch of a holder that came after this one. */
  const newEpoch = (node: string, after: number): Promise<number> =>
    lab.until(
      async () => (await told()).findLast(([name, epoch]) => name === node && epoch > after)?.[1] ?? null,
      5000,
      () => `no hook of ${node} was told an epoch above ${after}`,
    );
  const first = await newEpoch('h1', 0);
  const probe = await lab.probe();
  t.is(await lab.stop('h1'), 0);
  await lab.waitForState('h2', 'active', 2000);
  const { longestMs } = await probe.stop();
  t.log(`outage ${longestMs} ms`);
  t.true(longestMs < 100, `${longestMs} ms without an answer`);
  const second = await newEpoch('h2', first);
  await lab.start('h1');
  await lab.waitForState('h1', 'active', 10_000);
  await newEpoch('h1', second);
  const all = await told();
  t.log(all.map((one) => one.join(' ')).join(', '));
  // A busy machine moves more often; no two holders have one epoch all the same.
  t.is(new Set(all.map(([, epoch]) => epoch)).size, all.length);
});

function epochIn(json: string): string {
  const { groups } = JSON.parse(json) as { readonly groups: readonly { readonly epoch: number }[] };
  return `epoch ${groups[0]?.epoch ?? ''}`;
}
