// More addresses than an interval has room for: whether the host that takes over has all of them at once and keeps them, or
// lets go again because its lease lapsed meanwhile. Looks at the kernel's list, since an announcement proves no stay.

import { setTimeout as sleep } from 'node:timers/promises';
import { micro } from '../lab/description.ts';
import { monotonicMs } from '../lab/raw.ts';
import { unsoundInstrument } from './cell.ts';
import type { Fault } from './faults.ts';
import type { Sample } from './results.ts';
import type { Trial } from './subject.ts';

/** It has them when it had all of them for so long. */
const staysMs = 2000;
const limitMs = 10_000;
const everyMs = 20;

export async function measureCrowd(trial: Trial, fault: Fault): Promise<Sample> {
  const { lab } = trial;
  const probe = await lab.probe({ gapBeats: 1, to: lab.addresses.at(-1) ?? '' });
  await sleep(300);
  const fromMs = monotonicMs();
  await fault.harm(trial);
  // Unrest under the old holder is not the takeover's.
  const before = { letGo: await trial.letGo(), lapses: await lapsesOf(trial) };
  const virtual = new Set<string | undefined>(lab.addresses);
  let sinceMs: number | null = null;
  for (let nowMs = fromMs; nowMs - (sinceMs ?? nowMs) < staysMs && nowMs - fromMs < limitMs; nowMs = monotonicMs()) {
    const count = (await lab.kernelAddresses('h2')).filter((address) => virtual.has(address)).length;
    if (count < virtual.size) sinceMs = null;
    else sinceMs ??= monotonicMs();
    await sleep(everyMs);
  }
  const { gaps, sent, answers, stallMs } = await probe.stop();
  const stays = sinceMs !== null && monotonicMs() - sinceMs >= staysMs;
  return {
    wholeMs: stays && sinceMs !== null ? micro(sinceMs - fromMs) : null,
    gapMs: Math.max(0, ...gaps.filter(({ endMs }) => endMs > fromMs).map(({ ms }) => ms)),
    letGo: (await trial.letGo()) - before.letGo,
    ...(trial.subject === 'locum' ? { lapses: (await lapsesOf(trial)) - before.lapses } : {}),
    sent,
    answers,
    stallMs,
  };
}

const lapsesOf = async ({ lab }: Trial): Promise<number> =>
  (await lab.logs('h2')).split(' [problem lease-lapsed]\n').length - 1;

export const unsoundCrowd = (sample: Sample): string | null => unsoundInstrument(sample);
