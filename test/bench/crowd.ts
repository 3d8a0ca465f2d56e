// More addresses than an interval has room for: whether the host that takes over serves its clients from then on, or lets
// go again because its lease lapsed meanwhile. A client looks at one address, since what the kernel lists a gate may hide;
// the kernel's list says at the end whether all are there.

import { setTimeout as sleep } from 'node:timers/promises';
import { micro } from '../lab/description.ts';
import { monotonicMs } from '../lab/raw.ts';
import { unsoundInstrument } from './cell.ts';
import type { Fault } from './faults.ts';
import { someMoment } from './moment.ts';
import type { Sample } from './results.ts';
import type { Trial } from './subject.ts';

/** Nobody who keeps letting go is done by then. */
const watchMs = 3000;

export async function measureCrowd(trial: Trial, fault: Fault): Promise<Sample> {
  const { lab } = trial;
  const probe = await lab.probe({ gapBeats: 1, to: lab.addresses.at(-1) ?? '' });
  await sleep(300);
  await someMoment(fault, trial);
  const before = { ...(await trial.moves()), lapses: await lapsesOf(trial) };
  const orderedMs = monotonicMs();
  await fault.harm(trial);
  await sleep(watchMs);
  const { gaps, sent, answers, stallMs } = await probe.stop();
  const after = await trial.moves();
  const lost = gaps.filter(({ endMs }) => endMs > orderedMs);
  const virtual = new Set<string | undefined>(lab.addresses);
  return {
    gapMs: Math.max(0, ...lost.map(({ ms }) => ms)),
    unrestMs: micro((lost.at(-1)?.endMs ?? 0) - (lost[0]?.startMs ?? 0)),
    claims: after.claims - before.claims,
    letGo: after.letGo - before.letGo,
    ...(trial.subject === 'locum' ? { lapses: (await lapsesOf(trial)) - before.lapses } : {}),
    held: (await lab.kernelAddresses('h2')).filter((address) => virtual.has(address)).length,
    sent,
    answers,
    stallMs,
  };
}

const lapsesOf = async ({ lab }: Trial): Promise<number> =>
  (await lab.logs('h2')).split(' [problem lease-lapsed]\n').length - 1;

export const unsoundCrowd = (sample: Sample): string | null => unsoundInstrument(sample);
