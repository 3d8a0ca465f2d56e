// What is measured: locum or keepalived on the hosts of a lab, with the few things that a case does to a daemon.
// A trial has a lab of its own, so that nothing of one reaches into the next.

import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, type Owner } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { Keepalived } from './keepalived.ts';

export type SubjectName = 'locum' | 'keepalived';

/** h1 holds the address and h2 stands by when a trial begins. */
export interface Trial {
  readonly lab: Lab;
  /** SIGTERM; does not wait. */
  stopHolder(): Promise<number>;
  freezeHolder(): Promise<number>;
  killHolder(): Promise<number>;
  /** Kill and start again at once, as a supervisor does. */
  restartHolder(): Promise<number>;
}

export async function beginTrial(subject: SubjectName, interval: string, owner: Owner): Promise<Trial> {
  const trial = subject === 'locum' ? await locumTrial(interval, owner) : await keepalivedTrial(interval, owner);
  await trial.lab.waitForHolders(['h1'], 15_000);
  // Announcements that follow a claim would blur what comes next.
  await sleep(500);
  return trial;
}

const hosts = 2;

async function locumTrial(interval: string, owner: Owner): Promise<Trial> {
  const lab = await Lab.up(owner, { hosts, interval, addresses: 1 });
  return {
    lab,
    stopHolder: () => lab.signal('h1', 'SIGTERM'),
    freezeHolder: () => lab.freeze('h1'),
    killHolder: () => lab.kill('h1'),
    restartHolder: async () => {
      const atMs = await lab.kill('h1');
      await lab.exitCode('h1');
      await lab.start('h1');
      return atMs;
    },
  };
}

async function keepalivedTrial(interval: string, owner: Owner): Promise<Trial> {
  const lab = await Lab.up(owner, { hosts, interval, addresses: 1, daemon: false });
  // The same priorities as the lab gives locum. keepalived's standby waits (256 - priority) / 256 of an interval.
  const first = await Keepalived.start(lab, 'h1', { priority: 200, interval });
  await lab.waitForHolders(['h1'], 15_000);
  const second = await Keepalived.start(lab, 'h2', { priority: 180, interval });
  await second.waitForLog('Entering BACKUP STATE', 5000);
  const signal = async (name: NodeJS.Signals): Promise<number> => {
    const atMs = monotonicMs();
    first.signal(name);
    return atMs;
  };
  return {
    lab,
    stopHolder: () => signal('SIGTERM'),
    freezeHolder: () => signal('SIGSTOP'),
    killHolder: () => signal('SIGKILL'),
    restartHolder: async () => {
      const atMs = await signal('SIGKILL');
      await Keepalived.start(lab, 'h1', { priority: 200, interval });
      return atMs;
    },
  };
}
