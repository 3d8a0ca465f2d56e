// What a daemon costs its host, as /proc has it: processor time of every thread of a process and of all its children,
// to the nanosecond, and the memory that is resident (VmRSS of each of them, added up). A process that is not there is an error, never a zero.

import { readdirSync, readFileSync } from 'node:fs';

export interface Cost {
  /** User and system time so far. */
  readonly cpuMs: number;
  readonly residentMb: number;
  /** The process and what descends from it. */
  readonly processes: number;
}

/** The process and what descends from it. Children that ended within a reading are in their parents' times. */
function family(pid: number): number[] {
  const threads = readdirSync(`/proc/${pid}/task`);
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(family)];
}

/** `schedstat` begins with nanoseconds on a processor; `stat` rounds the same number to hundredths of a second. */
function cpuMs(pid: number): number {
  const own = readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const nanos = Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    return sum + nanos / 1e6;
  }, 0);
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/.*\) /s, '').split(' ');
  const tickMs = 10;
  return own + (Number(fields[13]) + Number(fields[14])) * tickMs;
}

function residentMb(pid: number): number {
  const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  if (kb === undefined) throw new Error(`/proc/${pid}/status says no VmRSS: the process has ended`);
  return Number(kb) / 1024;
}

export function costOf(pid: number): Cost {
  const all = family(pid);
  const total = (of: (one: number) => number): number => all.reduce((sum, one) => sum + of(one), 0);
  return { cpuMs: total(cpuMs), residentMb: total(residentMb), processes: all.length };
}
