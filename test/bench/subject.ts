// What is measured: locum or keepalived on the hosts of a lab, with the few things that a measurement does to a daemon.
// A trial has a lab of its own, so that nothing of one reaches into the next.

import { setTimeout as sleep } from 'node:timers/promises';
import { Lab, type Owner } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { Keepalived } from './keepalived.ts';

export const subjectNames = ['locum', 'keepalived'] as const;
export type SubjectName = (typeof subjectNames)[number];

export interface Shape {
  readonly interval: string;
  /** Groups, or virtual routers, of one IPv4 address each. */
  readonly groups: number;
  readonly nodes: number;
  readonly paths: number;
}

interface Moves {
  readonly claims: number;
  readonly letGo: number;
}

/** h1 holds the addresses and h2 stands by, before any other host, when a trial begins. */
export interface Trial {
  readonly subject: SubjectName;
  readonly shape: Shape;
  readonly lab: Lab;
  /** SIGTERM; does not wait. */
  stopHolder(): Promise<number>;
  freezeHolder(): Promise<number>;
  killHolder(): Promise<number>;
  /** Kill and start again at once, as a supervisor does. */
  restartHolder(): Promise<number>;
  /** How many addresses h2 claimed and let go of so far, each time counted, as its daemon logs it. */
  moves(): Promise<Moves>;
  /** The first process of a host's daemon; the others are its children. */
  process(host: 'h1' | 'h2'): Promise<number>;
}

/** The holder's is higher, the first standby has keepalived's default, the others follow. */
const priorityOf = (number: number): number => (number === 1 ? 150 : 102 - number);

export async function beginTrial(subject: SubjectName, shape: Shape, owner: Owner): Promise<Trial> {
  const trial = subject === 'locum' ? await locumTrial(shape, owner) : await keepalivedTrial(shape, owner);
  await settled(trial.lab);
  // Announcements that follow a claim would blur what comes next.
  await sleep(300 + 2 * shape.groups);
  return trial;
}

/** As it is installed: with the unit's realtime priority. */
export function upLocum(shape: Shape, owner: Owner, daemon = true): Promise<Lab> {
  const set = Array.from({ length: shape.nodes }, (_, i) => `h${i + 1}:node.priority=${priorityOf(i + 1)}`);
  const { interval, groups, nodes: hosts, paths } = shape;
  return Lab.up(owner, { hosts, interval, groups, addresses: 1, paths, set, daemon, realtime: true });
}

export function upHosts({ groups, nodes: hosts, paths }: Shape, owner: Owner): Promise<Lab> {
  return Lab.up(owner, { hosts, groups, addresses: 1, paths, daemon: false });
}

/** h1's kernel has every address, and no other host has any. */
async function settled(lab: Lab): Promise<void> {
  const virtual = new Set(lab.addresses);
  const count = async (host: string) =>
    (await lab.kernelAddresses(host)).filter((address) => address !== undefined && virtual.has(address)).length;
  let last: readonly number[] = [];
  const ask = async (): Promise<true | null> => {
    last = await Promise.all(lab.description.hosts.map(({ name }) => count(name)));
    return last.every((found, i) => found === (i === 0 ? virtual.size : 0)) ? true : null;
  };
  await lab.until(
    ask,
    20_000,
    () => `expected ${virtual.size} addresses on h1 and none elsewhere, found ${last.join()}`,
  );
}

async function locumTrial(shape: Shape, owner: Owner): Promise<Trial> {
  const lab = await upLocum(shape, owner);
  return {
    subject: 'locum',
    shape,
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
    moves: async () => moves(await lab.logs('h2'), / -> claiming.*\[group\]$/gm, / active -> .*\[group\]$/gm),
    process: (host) => lab.pid(host),
  };
}

async function keepalivedTrial(shape: Shape, owner: Owner): Promise<Trial> {
  const lab = await upHosts(shape, owner);
  const { interval, groups } = shape;
  const start = (number: number) => Keepalived.start(lab, `h${number}`, { priority: priorityOf(number), interval });
  // The holder comes first: where it is to preempt at once, nobody has measured anything yet.
  const first = await start(1);
  const second = await start(2);
  for (let number = 3; number <= shape.nodes; number += 1) await start(number);
  await second.waitForLog('Entering BACKUP STATE', groups, 15_000);
  const signal = async (name: NodeJS.Signals): Promise<number> => {
    const atMs = monotonicMs();
    first.signal(name);
    return atMs;
  };
  return {
    subject: 'keepalived',
    shape,
    lab,
    stopHolder: () => signal('SIGTERM'),
    freezeHolder: () => signal('SIGSTOP'),
    killHolder: () => signal('SIGKILL'),
    restartHolder: async () => {
      const atMs = await signal('SIGKILL');
      await start(1);
      return atMs;
    },
    moves: async () => moves(await second.words(), /Entering MASTER STATE$/gm, /Entering (?:BACKUP|FAULT) STATE$/gm),
    process: async (host) => (host === 'h1' ? first : second).parent,
  };
}

const moves = (log: string, claims: RegExp, letGo: RegExp): Moves => ({
  claims: log.match(claims)?.length ?? 0,
  letGo: log.match(letGo)?.length ?? 0,
});

/** Of an interval as the configuration has it. */
export const milliseconds = (interval: string): number =>
  interval.endsWith('ms') ? Number(interval.slice(0, -2)) : Number(interval.slice(0, -1)) * 1000;
