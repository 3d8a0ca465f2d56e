// From the start of a program to its first advert on the wire, as the client hears it. keepalived is an address owner
// here (priority 255): any other waits for its down time first, since a backup of VRRP says nothing.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { micro } from '../lab/description.ts';
import { type ArrivalsSummary, Instrument } from '../lab/instrument.ts';
import type { Lab, Owner } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { unsoundInstrument } from './cell.ts';
import { Keepalived } from './keepalived.ts';
import type { Sample } from './results.ts';
import { type Shape, type SubjectName, upHosts, upLocum } from './subject.ts';

interface Started {
  readonly atMs: number;
  stop(): Promise<void>;
}

const shape: Shape = { interval: '1s', groups: 1, nodes: 1, paths: 1 };
const limitMs = 10_000;

export async function prepareStart(subject: SubjectName, owner: Owner): Promise<() => Promise<Sample>> {
  const lab = subject === 'locum' ? await upLocum(shape, owner, false) : await upHosts(shape, owner);
  const start = subject === 'locum' ? startLocum : startKeepalived;
  return async () => {
    const arrivals = await Instrument.start<ArrivalsSummary>('arrivals', lab.description, {});
    const started = await start(lab);
    await arrivals.until((line) => line.kind === 'speaks' && line.host === 'h1', limitMs);
    const { hosts, stallMs } = await arrivals.stop();
    await started.stop();
    await sleep(100);
    return { startMs: micro((hosts[0]?.firstAdvertMs ?? Number.NaN) - started.atMs), stallMs };
  };
}

async function startLocum(lab: Lab): Promise<Started> {
  const { dir, namespace } = lab.host('h1');
  const atMs = monotonicMs();
  const child = spawn('ip', ['netns', 'exec', namespace, `${dir}/bin/locum`, 'run'], { stdio: 'ignore' });
  return { atMs, stop: () => ended(child) };
}

async function ended(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGTERM');
  await exit;
}

async function startKeepalived(lab: Lab): Promise<Started> {
  const started = await Keepalived.start(lab, 'h1', { priority: 255, interval: shape.interval });
  return { atMs: started.spawnedAtMs, stop: () => started.stop() };
}

export function unsoundStart(sample: Sample): string | null {
  return (sample['startMs'] ?? 0) > 0 ? unsoundInstrument(sample) : 'no advert was heard after the start';
}
