// What is done to a holder of one address, and what a client and a witness see of it. The client asks every
// millisecond; the witness asks each host by its MAC, so it sees two that answer, unless one of them cannot be reached
// by anybody: then it would only take the processor from those who are measured. Owns no setting up.

import { setTimeout as sleep } from 'node:timers/promises';
import { micro } from '../lab/description.ts';
import type { AnsweringSummary } from '../lab/instrument.ts';
import { monotonicMs } from '../lab/raw.ts';
import { unsoundInstrument } from './cell.ts';
import { someMoment } from './moment.ts';
import type { Sample } from './results.ts';
import { stepsOf } from './steps.ts';
import { milliseconds, type Trial } from './subject.ts';

export interface Fault {
  readonly id: string;
  readonly title: string;
  readonly paths: number;
  /** Another host has to answer afterwards. Without it nothing needs to move, and we watch for longer than it might. */
  readonly moves: boolean;
  /** Nobody can know of it sooner than a missed advert: a client that saw no gap was not looking. */
  readonly gap: boolean;
  /** Nobody reaches the holder any more, whatever it answers. */
  readonly cutOff: boolean;
  /** It ends: then one of two holders has to let go. */
  readonly heals: boolean;
  harm(trial: Trial): Promise<unknown>;
}

const usual = { paths: 1, moves: true, gap: false, cutOff: false, heals: false } as const;

/** The link first: nothing that the daemons still do gets out. */
const hostGone = async (trial: Trial): Promise<void> => {
  await trial.lab.cut('h1');
  await trial.freezeHolder();
};

export const faults: readonly Fault[] = [
  { ...usual, id: 'stop', title: 'clean stop', harm: (trial) => trial.stopHolder() },
  { ...usual, id: 'kill', title: '`kill -9` of all its processes', harm: (trial) => trial.killHolder() },
  { ...usual, id: 'freeze', title: 'SIGSTOP of all its processes', harm: (trial) => trial.freezeHolder() },
  { ...usual, id: 'gone', title: 'host gone', gap: true, cutOff: true, harm: hostGone },
  {
    ...usual,
    id: 'link',
    title: 'link down, the only path',
    gap: true,
    cutOff: true,
    harm: (trial) => trial.lab.cut('h1'),
  },
  {
    ...usual,
    id: 'link2',
    title: 'link down, a second path is left',
    paths: 2,
    harm: (trial) => trial.lab.cut('h1', { path: 1 }),
  },
  {
    ...usual,
    id: 'partition',
    title: 'partition of the two, then healed',
    heals: true,
    harm: (trial) => trial.lab.partition(['h1'], ['h2']),
  },
  {
    ...usual,
    id: 'restart',
    title: '`kill -9`, started again at once',
    moves: false,
    harm: (trial) => trial.restartHolder(),
  },
];

const limitMs = 15_000;

export async function measureFault(trial: Trial, fault: Fault): Promise<Sample> {
  const { lab } = trial;
  const [probe, witness] = await Promise.all([lab.probe({ gapBeats: 1 }), fault.cutOff ? null : lab.answering()]);
  await sleep(300);
  await someMoment(fault, trial);
  const fromMs = monotonicMs();
  await fault.harm(trial);
  const intervalMs = milliseconds(trial.shape.interval);
  if (fault.moves) {
    if (witness === null) await probe.until((line) => line.kind === 'gap' && line.endMs > fromMs, limitMs);
    else await witness.until((line) => line.kind === 'begins' && line.host === 'h2' && line.atMs > fromMs, limitMs);
    // Two that answer after so long will do so for ever: what could end it comes with an advert.
    await sleep(400 + intervalMs);
  } else {
    await sleep(500 + 4 * intervalMs);
  }
  const healedMs = fault.heals ? await healed(trial) : null;
  const [client, seen] = await Promise.all([probe.stop(), witness?.stop()]);
  const gaps = client.gaps.filter(({ endMs }) => endMs > fromMs);
  return {
    gapMs: Math.max(0, ...gaps.map(({ ms }) => ms)),
    ...(seen === undefined ? {} : both(seen, fromMs, healedMs)),
    ...(fault.id === 'stop' && trial.subject === 'locum' ? await stepsOf(lab, 'h2') : {}),
    sent: client.sent,
    answers: client.answers,
    stallMs: Math.max(client.stallMs, seen?.stallMs ?? 0),
  };
}

function both(seen: AnsweringSummary, fromMs: number, healedMs: number | null): Sample {
  const since = (ms: number): number | null => (stillBoth(seen) ? null : bothAfter(seen, ms));
  return { bothMs: since(fromMs), ...(healedMs === null ? {} : { bothAfterHealMs: since(healedMs) }) };
}

/** Returns the instant; a while later at most one host may be left. */
async function healed({ lab, shape }: Trial): Promise<number> {
  const healedMs = monotonicMs();
  await lab.heal('all');
  await sleep(500 + 2 * milliseconds(shape.interval));
  return healedMs;
}

const spansOf = (seen: AnsweringSummary, host: string) => seen.hosts.find((one) => one.host === host)?.any ?? [];

function bothAfter(seen: AnsweringSummary, fromMs: number): number {
  let total = 0;
  for (const [aFrom, aTo] of spansOf(seen, 'h1')) {
    for (const [bFrom, bTo] of spansOf(seen, 'h2')) {
      total += Math.max(0, Math.min(aTo, bTo) - Math.max(aFrom, bFrom, fromMs));
    }
  }
  return micro(total);
}

const stillBoth = (seen: AnsweringSummary): boolean =>
  ['h1', 'h2'].every((host) => (spansOf(seen, host).at(-1)?.[1] ?? 0) > seen.endMs - 50);

export function unsoundFault(sample: Sample, fault: Fault, interval: string): string | null {
  const gapMs = sample['gapMs'] ?? 0;
  if (fault.gap && gapMs < milliseconds(interval))
    return `the client saw a gap of ${gapMs} ms, and nobody can know of this fault within an interval`;
  return unsoundInstrument(sample);
}
