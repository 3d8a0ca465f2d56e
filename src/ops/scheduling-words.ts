// What to say about how the main loop is scheduled: whether it may run when it has to, and who else would. Asking the
// kernel is absent on purpose.

/** As the kernel names it. */
export interface SchedulingFacts {
  readonly policy: string;
  readonly priority: number;
  readonly resetOnFork: boolean;
}

/** Below this an interval is shorter than what a busy host lets a process at normal priority wait for its turn. */
const shortMs = 100;

function isRealtime({ policy }: Pick<SchedulingFacts, 'policy'>): boolean {
  return policy === 'fifo' || policy === 'rr' || policy === 'deadline';
}

/** The problem of this node with it; null where there is none. */
export function schedulingProblem(facts: SchedulingFacts, intervalMs: number): string | null {
  if (!isRealtime(facts)) {
    if (intervalMs >= shortMs) return null;
    return `the main loop has no realtime priority, and adverts every ${intervalMs} ms can come too late on a busy host: the systemd unit gives it one (CPUSchedulingPolicy=), or "chrt --rr --reset-on-fork 10 locum run"`;
  }
  if (facts.resetOnFork) return null;
  return 'the main loop has a realtime priority, and check scripts and hooks inherit it: set CPUSchedulingResetOnFork=yes, or use "chrt --reset-on-fork"';
}

export function schedulingWords(facts: Pick<SchedulingFacts, 'policy' | 'priority'>): string {
  return isRealtime(facts) ? `realtime (${facts.policy} ${facts.priority})` : 'normal priority';
}
