// How the kernel schedules the main loop: asked of it, and never set. The unit sets it (CPUSchedulingPolicy=), or chrt(1);
// what they asked for may not be in force, in a container say, and only the kernel knows.

import koffi from 'koffi';

export type Policy = 'other' | 'fifo' | 'rr' | 'batch' | 'idle' | 'deadline' | 'unknown';

export interface Scheduling {
  readonly policy: Policy;
  /** 1 to 99 for `fifo` and `rr`, 0 otherwise. */
  readonly priority: number;
  /** What this process starts, threads included, is back at a normal priority. */
  readonly resetOnFork: boolean;
}

type Call = (...args: readonly unknown[]) => number;

const libc = koffi.load(null);
const getScheduler = libc.func('int sched_getscheduler(int pid)') as Call;
const getParameter = libc.func('int sched_getparam(int pid, _Out_ int *priority)') as Call;

const policies: ReadonlyMap<number, Policy> = new Map([
  [0, 'other'],
  [1, 'fifo'],
  [2, 'rr'],
  [3, 'batch'],
  [5, 'idle'],
  [6, 'deadline'],
]);
const resetBit = 0x4000_0000;

/** Of the thread that asks. */
export function currentScheduling(): Scheduling {
  const found = getScheduler(0);
  const priority = [0];
  getParameter(0, priority);
  if (found < 0) return { policy: 'unknown', priority: 0, resetOnFork: false };
  return {
    policy: policies.get(found & ~resetBit) ?? 'unknown',
    priority: priority[0] ?? 0,
    resetOnFork: (found & resetBit) !== 0,
  };
}
