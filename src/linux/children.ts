// How the programs end that spawn.ts started: told by SIGCHLD, asked for by process id, so that nobody else's child is
// taken. Bounded: as many as run. What an end means is the caller's business.

import { constants } from 'node:os';
import koffi from 'koffi';

/** As a shell sees it: by itself, or by a signal. */
export type ChildEnd =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string };

type Call = (...args: readonly unknown[]) => number;

const waitpid = koffi.load(null).func('int waitpid(int pid, _Out_ int *status, int options)') as Call;
const withoutWaiting = 1;

const running = new Map<number, (end: ChildEnd) => void>();
let listening = false;

/** Before the first is started: where SIGCHLD is ignored, as a daemon may inherit it, ends are not kept. */
export function watchChildren(): void {
  if (!listening) process.on('SIGCHLD', reap);
  listening = true;
}

/** Calls back once, at once if it has ended already. */
export function whenEnded(pid: number, ended: (end: ChildEnd) => void): void {
  running.set(pid, ended);
  reapOne(pid, ended);
}

/** Signals of many children may come as one: so all are asked. */
export function reap(): void {
  for (const [pid, ended] of running) reapOne(pid, ended);
}

function reapOne(pid: number, ended: (end: ChildEnd) => void): void {
  const status = [0];
  const found = waitpid(pid, status, withoutWaiting);
  if (found === 0) return;
  running.delete(pid);
  // Less than nothing: no such child. Somebody took its end, and nobody can say how it was.
  ended(found < 0 ? { kind: 'signal', signal: 'an unknown end' } : endOf(status[0] ?? 0));
}

function endOf(status: number): ChildEnd {
  const signal = status & 0x7f;
  if (signal === 0) return { kind: 'exit', code: (status >> 8) & 0xff };
  return { kind: 'signal', signal: nameOf(signal) };
}

/** Those for real-time use have numbers only. */
function nameOf(signal: number): string {
  return Object.entries(constants.signals).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}
