// A failover from end to end, told while it happens: two hosts, a client that asks every millisecond, the holder stops,
// comes back, dies. Called by scripts/demo. Owns the story; the lab owns the hosts and takes all of them away again.

import { setTimeout as sleep } from 'node:timers/promises';
import type { AnsweringSummary } from './instrument.ts';
import { Lab, type Owner } from './lab.ts';

const tty = process.stdout.isTTY && process.env['NO_COLOR'] === undefined;
const bold = (text: string): string => (tty ? `\u001B[1m${text}\u001B[0m` : text);
const ms = (value: number): string => `${value.toFixed(1)} ms`;
const tell = (text: string): void => console.log(text);
const chapter = (text: string): void => console.log(`\n${bold(`==> ${text}`)}`);

/** Runs one chapter under the eyes of the client and says what it saw. */
async function watched(lab: Lab, what: () => Promise<void>): Promise<void> {
  const probe = await lab.probe();
  await sleep(300);
  await what();
  await sleep(700);
  const seen = await probe.stop();
  tell(`    client: ${seen.sent} requests, ${seen.lost} lost, longest silence ${bold(ms(seen.longestMs))}`);
}

/** The same, and every host is asked by its MAC whether it answers. */
async function witnessed(lab: Lab, what: () => Promise<void>): Promise<AnsweringSummary> {
  const witness = await lab.answering();
  await watched(lab, what);
  const seen = await witness.stop();
  tell(`    both hosts answered for the address at the same time: ${bold(ms(seen.longestOverlapMs))}`);
  return seen;
}

/** The daemon's own word for it. */
async function reason(lab: Lab, host: string): Promise<void> {
  const status = await lab.waitForState(host, 'active', 10_000);
  tell(`    ${host}: "${status.groups[0]?.reason ?? ''}"`);
}

async function stopped(lab: Lab): Promise<void> {
  chapter('h1 is stopped, as for an upgrade: systemctl stop locum');
  tell('    It names h2 as its successor before it lets go, so nobody has to wait for a timeout.');
  await witnessed(lab, async () => {
    await lab.stop('h1');
    await lab.waitForHolders(['h2'], 10_000);
    await reason(lab, 'h2');
  });
}

async function cameBack(lab: Lab): Promise<void> {
  chapter('h1 comes back; its priority is higher, so it asks h2 for the address');
  await witnessed(lab, async () => {
    await lab.start('h1');
    await lab.waitForHolders(['h1'], 20_000);
    await reason(lab, 'h1');
  });
}

async function killed(lab: Lab): Promise<void> {
  chapter('the daemon of h1 is killed and stays dead: kill -9');
  tell('    h2 hears nothing for three adverts and takes over. Nobody is left on h1 to take the address away,');
  tell('    so its kernel silences it: the lease that nobody renews ends before h2 may answer.');
  let atMs = 0;
  const seen = await witnessed(lab, async () => {
    atMs = await lab.kill('h1');
    await lab.waitForHolders(['h2'], 15_000);
    await reason(lab, 'h2');
  });
  const last = seen.hosts.find(({ host }) => host === 'h1')?.any.at(-1)?.[1] ?? atMs;
  tell(
    `    h1 went on answering for ${bold(ms(last - atMs))} after its daemon was dead (keepalived: until somebody acts)`,
  );
}

async function died(lab: Lab): Promise<void> {
  chapter('h1 is gone altogether, as when the power fails: the link cut, and kill -9');
  tell('    Nothing can say goodbye. h2 misses three adverts of 200 ms and takes over.');
  await watched(lab, async () => {
    // The link first: with its daemon dead and the link up h1 would answer until its lease is over.
    await lab.cut('h1');
    await lab.kill('h1');
    await lab.until(
      async () => ((await lab.holders()).includes('h2') ? true : null),
      10_000,
      () => 'h2 did not take over within 10 s',
    );
    await reason(lab, 'h2');
  });
  tell('    Whether h1 still answers is not asked this time: the client cannot reach it.');
}

const ends: (() => Promise<void>)[] = [];
const owner: Owner = { passed: true, log: tell, teardown: (end) => ends.push(end) };
try {
  chapter('two hosts and a client, in network namespaces of their own');
  const lab = await Lab.up(owner, { hosts: 2, interval: '200ms' });
  tell(`    ${lab.addresses.join(' and ')} are on ${(await lab.holders()).join()}; an advert every 200 ms`);
  await stopped(lab);
  await cameBack(lab);
  await killed(lab);
  await cameBack(lab);
  await died(lab);
} finally {
  for (const end of ends) await end();
}
chapter('done; nothing is left behind');
tell('    Try it yourself: scripts/lab up 3, then scripts/lab watch');
