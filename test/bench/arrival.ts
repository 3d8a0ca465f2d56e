// Many addresses that move at once: when the client hears the first and the last of them announced by the new holder,
// counted from the fault, and the longest gap at the address that is listed last.

import { setTimeout as sleep } from 'node:timers/promises';
import { micro } from '../lab/description.ts';
import { type ArrivalsSummary, Instrument } from '../lab/instrument.ts';
import { monotonicMs } from '../lab/raw.ts';
import { unsoundInstrument } from './cell.ts';
import type { Fault } from './faults.ts';
import { someMoment } from './moment.ts';
import type { Sample } from './results.ts';
import { stepsOf } from './steps.ts';
import type { Trial } from './subject.ts';

const limitMs = 30_000;

export async function measureArrival(trial: Trial, fault: Fault): Promise<Sample> {
  const { lab } = trial;
  const [probe, arrivals] = await Promise.all([
    lab.probe({ gapBeats: 1, to: lab.addresses.at(-1) ?? '' }),
    Instrument.start<ArrivalsSummary>('arrivals', lab.description, {}),
  ]);
  await sleep(300);
  await someMoment(fault, trial);
  const orderedMs = monotonicMs();
  await fault.harm(trial);
  await arrivals.until((line) => line.kind === 'arrived' && line.host === 'h2', limitMs);
  await sleep(300);
  const [client, heard] = await Promise.all([probe.stop(), arrivals.stop()]);
  const longest = client.gaps.filter(({ endMs }) => endMs > orderedMs).toSorted((a, b) => b.ms - a.ms)[0];
  // A command that cuts a link takes a while to do it. The client knows when: it is the last that it heard.
  const fromMs = fault.gap ? (longest?.startMs ?? orderedMs) : orderedMs;
  const times = heard.hosts.find(({ host }) => host === 'h2')?.arrivedMs ?? [];
  const [first, last] = [times[0] ?? Number.NaN, times.at(-1) ?? Number.NaN];
  return {
    firstMs: micro(first - fromMs),
    lastMs: micro(last - fromMs),
    spreadMs: micro(last - first),
    gapMs: longest?.ms ?? 0,
    ...(trial.subject === 'locum' ? await stepsOf(lab, 'h2') : {}),
    arrived: times.filter((atMs) => atMs > orderedMs).length,
    sent: client.sent,
    answers: client.answers,
    stallMs: Math.max(client.stallMs, heard.stallMs),
  };
}

export function unsoundArrival(sample: Sample, fault: Fault, count: number): string | null {
  if (sample['arrived'] !== count) return `${sample['arrived']} of ${count} addresses arrived after the fault`;
  if (fault.gap && !((sample['gapMs'] ?? 0) > 0)) return 'the client saw no gap, and there was one';
  return unsoundInstrument(sample);
}
