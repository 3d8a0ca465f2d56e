// What a quiet cluster costs: processor time and memory of the holder and of the first standby, and what all hosts
// together send. Windows of one lab, after the programs had time to warm up; an hour is such a time too, which shows
// memory that grows slowly.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Lab } from '../lab/lab.ts';
import { monotonicMs } from '../lab/raw.ts';
import { costOf } from './processes.ts';
import type { Sample } from './results.ts';
import { milliseconds, type Trial } from './subject.ts';

export interface Windows {
  readonly warmMs: number;
  readonly leastMs: number;
}

interface Reading {
  readonly atMs: number;
  readonly holder: ReturnType<typeof costOf>;
  readonly standby: ReturnType<typeof costOf>;
  readonly frames: number;
  readonly bytes: number;
}

interface Port {
  readonly ifname: string;
  readonly stats64: { readonly rx: { readonly packets: number; readonly bytes: number } };
}

/** What came in at the hosts' ports of the first bridge, as the kernel counts it. */
async function wire(lab: Lab): Promise<{ readonly frames: number; readonly bytes: number }> {
  const ports = JSON.parse(await lab.exec('bridge', 'ip', '-j', '-s', 'link', 'show', 'type', 'veth')) as Port[];
  const hosts = ports.filter(({ ifname }) => /^h\d+-p1$/.test(ifname));
  const total = (of: (port: Port) => number): number => hosts.reduce((sum, port) => sum + of(port), 0);
  return { frames: total(({ stats64 }) => stats64.rx.packets), bytes: total(({ stats64 }) => stats64.rx.bytes) };
}

/** The time to warm up counts from now: labs that stand side by side have theirs together. */
export async function prepareLoad(trial: Trial, windows: Windows): Promise<() => Promise<Sample>> {
  const dueMs = performance.now() + windows.warmMs;
  const [holder, standby] = await Promise.all([trial.process('h1'), trial.process('h2')]);
  const read = async (): Promise<Reading> => {
    const { frames, bytes } = await wire(trial.lab);
    return { atMs: monotonicMs(), holder: costOf(holder), standby: costOf(standby), frames, bytes };
  };
  return async () => {
    await sleep(Math.max(0, dueMs - performance.now()));
    const before = await read();
    await sleep(Math.max(windows.leastMs, 3 * milliseconds(trial.shape.interval)));
    return between(before, await read());
  };
}

function between(before: Reading, after: Reading): Sample {
  const ms = after.atMs - before.atMs;
  const cpu = (who: 'holder' | 'standby'): number => three(((after[who].cpuMs - before[who].cpuMs) / ms) * 100);
  return {
    holderCpu: cpu('holder'),
    standbyCpu: cpu('standby'),
    holderMb: three(after.holder.residentMb),
    standbyMb: three(after.standby.residentMb),
    holderProcesses: after.holder.processes,
    framesPerS: three(((after.frames - before.frames) / ms) * 1000),
    bytesPerS: three(((after.bytes - before.bytes) / ms) * 1000),
  };
}

const three = (value: number): number => Math.round(value * 1000) / 1000;

export function unsoundLoad(sample: Sample): string | null {
  const zero = Object.entries(sample).find(([, value]) => !(value !== null && value > 0));
  return zero === undefined ? null : `${zero[0]} is ${zero[1]}, and a daemon that runs costs something`;
}
