// What is done to a holder, and the one number that each case yields. Numbers are milliseconds, except where a case
// counts answers. `null` is "it never ended while we watched".

import { setTimeout as sleep } from 'node:timers/promises';
import { micro } from '../lab/description.ts';
import type { SubjectName, Trial } from './subject.ts';

export interface Case {
  readonly id: string;
  readonly title: string;
  readonly unit: 'ms' | 'answers lost';
  readonly interval: string;
  readonly subjects: readonly SubjectName[];
  measure(trial: Trial): Promise<Measured>;
}

export interface Measured {
  readonly value: number | null;
  /** How long the instrument itself stood still: a value below this says nothing. */
  readonly stallMs: number;
  /** How long two hosts answered at once, where the case looked at it. */
  readonly bothMs?: number;
}

const both: readonly SubjectName[] = ['locum', 'keepalived'];
/** How long a dead daemon's host is watched before "never" is said. */
const watchMs = 10_000;

/** The client's longest gap around what is done to the holder. */
async function outage(trial: Trial, harm: () => Promise<unknown>, settleMs: number): Promise<Measured> {
  const probe = await trial.lab.probe();
  await sleep(200);
  await harm();
  await trial.lab.until(
    async () => ((await trial.lab.holders()).includes('h2') ? true : null),
    15_000,
    () => 'h2 did not take the address over within 15 s',
  );
  await sleep(settleMs);
  const { longestMs, stallMs } = await probe.stop();
  return { value: longestMs, stallMs };
}

/** Host gone: nothing on it runs and its link is cut. */
async function hostGone(trial: Trial): Promise<Measured> {
  return outage(trial, async () => Promise.all([trial.freezeHolder(), trial.lab.cut('h1')]), 1000);
}

/** How long the holder's kernel answers for the address after its daemon can do nothing any more. */
async function letsGo(trial: Trial, harm: () => Promise<number>): Promise<Measured> {
  const answering = await trial.lab.answering();
  await sleep(200);
  const atMs = await harm();
  const end = performance.now() + watchMs;
  const ended = () => answering.lines.some((line) => line.kind === 'ends' && line.host === 'h1');
  while (!ended() && performance.now() < end) await sleep(20);
  await sleep(300);
  const summary = await answering.stop();
  const last = summary.hosts.find(({ host }) => host === 'h1')?.any.at(-1)?.[1] ?? atMs;
  return {
    value: ended() ? micro(Math.max(0, last - atMs)) : null,
    stallMs: summary.stallMs,
    bothMs: summary.longestOverlapMs,
  };
}

/** Killed and started again within the down time: what the client missed. */
async function restarted(trial: Trial): Promise<Measured> {
  const probe = await trial.lab.probe();
  await sleep(200);
  await trial.restartHolder();
  // Longer than any takeover at this interval: requests after the last answer are not counted as lost.
  await sleep(6000);
  const { lost, stallMs } = await probe.stop();
  return { value: lost, stallMs };
}

const stop = { title: 'graceful stop: longest gap at the client', unit: 'ms', subjects: both } as const;
const gone = { title: 'host gone: longest gap at the client', unit: 'ms', subjects: both } as const;
const stopped = { title: 'SIGSTOP of the daemon: its host answers for another', unit: 'ms', subjects: both } as const;
const killed = { title: 'kill -9 of the daemon: its host answers for another', unit: 'ms', subjects: both } as const;

export const cases: readonly Case[] = [
  { ...stop, id: 'stop', interval: '1s', measure: (trial) => outage(trial, () => trial.stopHolder(), 1500) },
  { ...gone, id: 'gone', interval: '1s', measure: hostGone },
  { ...gone, id: 'gone-fast', interval: '100ms', measure: hostGone },
  { ...stopped, id: 'freeze', interval: '1s', measure: (trial) => letsGo(trial, () => trial.freezeHolder()) },
  { ...killed, id: 'kill', interval: '1s', measure: (trial) => letsGo(trial, () => trial.killHolder()) },
  {
    id: 'restart',
    title: 'kill -9 and restart at once: the client',
    unit: 'answers lost',
    interval: '1s',
    subjects: both,
    measure: restarted,
  },
];
